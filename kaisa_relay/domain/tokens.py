"""The short token in a link's prefilled sentence, which binds a form to whoever writes.

Rule 1: a token is lower case inside; what people send is matched whatever its case.
Rule 2: a found token is only a candidate until the directory knows it.
"""

import re
from functools import cache
from typing import Final, Protocol

from kaisa_relay.domain.texts import LANGUAGES, Overrides, TextKey, render

ALPHABET: Final = "23456789cdfhjkmnpqrtvwx"
"""No vowels, so no words; nothing that is mistaken for something else in print."""
LENGTH: Final = 10
"""Characters; 23 to the power of 10 is a little more than 45 bits."""
MOST_CANDIDATES: Final = 4
"""A text with more of them than this is not a link's sentence; each costs a look-up."""

_BODY: Final = rf"[{ALPHABET}]{{{LENGTH}}}"
_ALONE: Final = re.compile(rf"(?<![^\W_]){_BODY}(?![^\W_])", re.IGNORECASE)
_GLUED: Final = re.compile(rf"(?<![^\W_])({_BODY})", re.IGNORECASE)
_FRINGE: Final = "\\s\"'*_~`()\\[\\]<>.,:;!–-"


class Chance(Protocol):
    """What a token needs of `random.Random` or `random.SystemRandom`."""

    def choice(self, characters: str, /) -> str:
        """Return one of the characters."""
        ...


def new_token(rng: Chance) -> str:
    """Return a fresh token; unguessable if `rng` is the system's. It holds letters and digits."""
    while True:
        token = "".join(rng.choice(ALPHABET) for _ in range(LENGTH))
        if _mixed(token):
            return token


def _mixed(token: str) -> bool:
    return not token.isdigit() and not token.isalpha()


def find_tokens(text: str) -> tuple[str, ...]:
    """Return what may be tokens in a text: those that stand alone, then those that run on.

    A person who goes on typing where the prefilled sentence ends glues words to its token.
    """
    found = [*_ALONE.findall(text), *_GLUED.findall(text)]
    tokens = dict.fromkeys(each.lower() for each in found)
    return tuple(token for token in tokens if _mixed(token))[:MOST_CANDIDATES]


def strip_token(text: str, token: str) -> str:
    """Return the text without the token, the words that introduce it, and what is left of them."""
    mark = re.escape(token)
    for label in _labels():
        text = re.sub(rf"{label}[{_FRINGE}]*{mark}", " ", text, flags=re.IGNORECASE)
    text = re.sub(rf"[\"'*_~`(\[<]*{mark}[\"'*_~`)\]>]*", " ", text, flags=re.IGNORECASE)
    lines = (re.sub(r"[ \t]{2,}", " ", line).strip(" \t") for line in text.split("\n"))
    stripped = "\n".join(lines).strip()
    return "" if re.fullmatch(rf"[{_FRINGE}]*", stripped) else stripped


@cache
def _labels() -> tuple[str, ...]:
    """The end of each language's sentence, which introduces the token, as patterns."""
    sentences = (render(TextKey.PREFILLED_LINK, each, {"token": ""}) for each in LANGUAGES)
    return tuple(re.escape(re.split(r"[.!?]\s+", each)[-1].rstrip(":")) for each in sentences)


def is_untouched(text: str, token: str, language: str, overrides: Overrides | None = None) -> bool:
    """Say whether a text is the prefilled sentence as it was, in whatever language it was made."""
    own = overrides or {}
    tags = [tag for key, tag in own if key == TextKey.PREFILLED_LINK.value]
    bare = _bare(text)
    return any(
        _bare(sentence) == bare
        for tag in (language, *LANGUAGES, *tags)
        for sentence in (
            render(TextKey.PREFILLED_LINK, tag, {"token": token}, own),
            render(TextKey.PREFILLED_LINK, tag, {"token": token}),  # from before it was reworded
        )
    )


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
