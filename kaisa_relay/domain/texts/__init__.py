"""The automatic texts that visitors and agents read, per language.

Rule 1: a value is text and nothing but text; braces in it mean nothing.
Rule 2: every text reads well when a value is empty.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from attrs import frozen

from kaisa_relay.domain.texts import en, es, sv
from kaisa_relay.domain.texts.keys import BUTTONS, MARKS, PLACEHOLDERS, TextKey, Texts
from kaisa_relay.domain.texts.nouns import KINDS, WEEKDAYS

__all__ = [
    "LANGUAGES",
    "BadText",
    "Overrides",
    "TextKey",
    "check_override",
    "kind_name",
    "language_of",
    "moment",
    "render",
]

FALLBACK: Final = "en"
LONGEST_BUTTON: Final = 20
LONGEST_MARK: Final = 60
LONGEST_PREFILLED: Final = 100
"""Characters of the sentence without its token, so that the QR code stays small."""
LONGEST_TEXT: Final = 900
"""Characters before the values go in; a text with buttons may have 1,024 (Cloud API)."""

Overrides = Mapping[tuple[str, str], str]
"""A workspace's own texts, by key and language."""

_TEXTS: Final[Mapping[str, Texts]] = {"en": en.TEXTS, "sv": sv.TEXTS, "es": es.TEXTS}
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_NONE: Final[Overrides] = MappingProxyType({})

LANGUAGES: Final = tuple(_TEXTS)


@frozen
class BadText:
    """An override that cannot be used; `reason` tells its author why."""

    reason: str


def render(
    key: TextKey, language: str, values: Mapping[str, str], overrides: Overrides = _NONE
) -> str:
    """Return the text in this language, else in its base language, else in English.

    A value that is missing or blank leaves no trace, nor does the white space before it.
    """
    entry = _find(key, language, overrides)
    if isinstance(entry, str):
        return _fill(entry, values)
    full, anonymous = entry
    first = _PLACEHOLDER.search(full)
    blank = first is not None and not values.get(first[1], "").strip()
    return _fill(anonymous if blank else full, values)


def _find(key: TextKey, language: str, overrides: Overrides) -> str | tuple[str, str]:
    tag = language.strip().replace("_", "-").lower()
    base = tag.partition("-")[0]
    for candidate in (language, tag, base):
        own = overrides.get((key.value, candidate))
        if own is not None:
            return own
    if base in _TEXTS:
        return _TEXTS[base][key]
    return overrides.get((key.value, FALLBACK)) or _TEXTS[FALLBACK][key]


def _fill(template: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        text = values.get(match[2], "").strip()
        return match[1] + text if text else ""

    return _SPACED.sub(value, template).strip()


_SPACED: Final = re.compile(r"(\s*)\{([a-z_]+)\}")


def check_override(key: TextKey, text: str) -> BadText | None:
    """Say what is wrong with a workspace's own wording of a text, or return None."""
    if not text.strip():
        return BadText("the text is empty")
    allowed = PLACEHOLDERS.get(key, frozenset())
    for name in _PLACEHOLDER.findall(text):
        if name not in allowed:
            known = ", ".join(f"{{{each}}}" for each in sorted(allowed)) or "none"
            return BadText(f"{{{name}}} is not known here; this text may use: {known}")
    if key is TextKey.PREFILLED_LINK and not text.endswith("{token}"):
        return BadText("the text must end with {token}, which finds the conversation")
    limit = _limit(key)
    if len(text) > limit:
        return BadText(f"the text has {len(text)} characters; at most {limit} are possible")
    return None


def _limit(key: TextKey) -> int:
    if key is TextKey.PREFILLED_LINK:
        return LONGEST_PREFILLED
    if key in MARKS:
        return LONGEST_MARK
    return LONGEST_BUTTON if key in BUTTONS else LONGEST_TEXT


def kind_name(kind: str, language: str) -> str:
    """Name a kind of content to the person who sent it: `image` is "your picture"."""
    names, other = KINDS[language_of(language)]
    return names.get(kind, other)


def moment(local: datetime, today: date, language: str) -> str:
    """Name a local time to come: the weekday and the hour, with the date if that is weeks away."""
    weekday = WEEKDAYS[language_of(language)][local.weekday()]
    date_too = f" {local:%Y-%m-%d}" if (local.date() - today).days > 6 else ""
    return f"{weekday}{date_too} {local:%H:%M}"


def language_of(tag: str) -> str:
    """Return the language we speak for a tag: `sv-SE` gives `sv`, one we lack gives `en`."""
    base = tag.strip().replace("_", "-").lower().partition("-")[0]
    return base if base in _TEXTS else FALLBACK
