"""Words that a trigger's author wrote, with places for facts; one text, or one per language.

Rule 1: a language that is missing falls back to its parent (`pt` for `pt-BR`), then to the first.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import frozen

from kaisa_relay.domain.engagement.definition import BadDefinition, Faults, Json, join, words

LONGEST: Final = 10_000
"""Characters of one text."""
MOST_LANGUAGES: Final = 20
LANGUAGE: Final = re.compile(r"[a-z]{2,3}([_-][A-Za-z]{2,4})?", re.ASCII)

Fault = Callable[[str], str | None]
"""Says what is wrong with a text's places for facts, or None."""


@frozen
class Wording:
    """Texts by language, the author's order kept; a text for everybody has the language ''."""

    texts: tuple[tuple[str, str], ...]

    def of(self, language: str | None) -> str:
        """Return the text for somebody who speaks this language."""
        known = {_plain(name): text for name, text in self.texts}
        wanted = _plain(language or "")
        return known.get(wanted) or known.get(wanted.partition("-")[0]) or self.texts[0][1]

    def write(self) -> Json:
        """Write it as its author would."""
        if self.texts[0][0] == "":
            return self.texts[0][1]
        return dict(self.texts)


def read_wording(value: Json, path: str, fault: Fault) -> Wording:
    """Read a text, or an object of texts by language. Raises `BadDefinition`."""
    if not isinstance(value, dict):
        return Wording((("", _text(value, path, fault)),))
    if not 1 <= len(value) <= MOST_LANGUAGES:
        raise BadDefinition(path, f"must have 1 to {MOST_LANGUAGES} languages")
    faults, texts = Faults(), []
    for name, each in value.items():
        where = join(path, name)
        if not LANGUAGE.fullmatch(name):
            faults.note(where, "must be a language such as sv or pt-BR")
        texts.append((name, faults.read(partial(_text, each, where, fault), "")))
    faults.check()
    return Wording(tuple(texts))


def _text(value: Json, path: str, fault: Fault) -> str:
    text = words(value, path, LONGEST)
    wrong = fault(text)
    if wrong is not None:
        raise BadDefinition(path, wrong)
    return text


def _plain(language: str) -> str:
    return language.lower().replace("_", "-")
