"""Which conversations are meant: conditions on fields and metadata, and words that were written.

Rule 1: a filter is written as the parameters of an address, and reads back as the same filter.
Rule 2: several values of one condition are alternatives; several conditions hold all at once.
"""

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from attrs import frozen

from kaisa_relay.domain.explore.fields import FIELDS, METADATA, Field, Kind, MetadataKey
from kaisa_relay.domain.ids import from_text

TEXT: Final = "text"
"""The parameter of what was written."""
MOST_CONDITIONS: Final = 20
MOST_VALUES: Final = 100
LONGEST: Final = 200
"""Characters of a value, a metadata key or the words."""
_LARGEST: Final = 1 << 62

Value = str | int | float
"""As columns hold it: ids as numbers, instants and spans in microseconds."""


class Operator(StrEnum):
    """How a field is compared; `EQ` is written without brackets."""

    EQ = ""
    NOT = "not"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    EXISTS = "exists"


ORDERED: Final = (Operator.LT, Operator.LTE, Operator.GT, Operator.GTE)


@frozen
class Condition:
    """One comparison; `texts` are its values as they were written.

    `NOT` holds for what is empty as well. `EXISTS` has the value 1 or 0.
    """

    field: Field | MetadataKey
    operator: Operator
    values: tuple[Value, ...]
    texts: tuple[str, ...]


@frozen
class Filter:
    """Every conversation of a workspace, unless it says more. `words` all stand in one message."""

    conditions: tuple[Condition, ...] = ()
    words: str | None = None

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the parameters that read back as this filter."""
        written = [
            (f"{each.field.name}[{each.operator}]" if each.operator else each.field.name, text)
            for each in self.conditions
            for text in each.texts
        ]
        return (*written, *([(TEXT, self.words)] if self.words is not None else ()))


@frozen
class Mistake:
    """What is wrong with one parameter, for its author to read."""

    name: str
    message: str


_NAME: Final = re.compile(r"(?P<field>.*?)(\[(?P<operator>[a-z]*)\])?", re.DOTALL)


def read_filter(pairs: Iterable[tuple[str, str]]) -> Filter | tuple[Mistake, ...]:
    """Read a filter, or all that is wrong with it; an empty value is as good as none."""
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        if text:
            given.setdefault(name, []).append(text)
    words = given.pop(TEXT, [])
    read = [_read(name, texts) for name, texts in given.items()]
    mistakes = [each for each in read if isinstance(each, Mistake)]
    if len(words) > 1:
        mistakes.append(Mistake(TEXT, "is given more than once"))
    if any("\0" in each or len(each) > LONGEST for each in words):
        mistakes.append(Mistake(TEXT, f"must have at most {LONGEST} characters"))
    if len(read) > MOST_CONDITIONS:
        mistakes.append(Mistake("", f"has more than {MOST_CONDITIONS} conditions"))
    if mistakes:
        return tuple(mistakes)
    found = tuple(each for each in read if isinstance(each, Condition))
    return Filter(found, words[0].strip() if words else None)


def _read(name: str, texts: Sequence[str]) -> Condition | Mistake:
    matched = _NAME.fullmatch(name)
    assert matched is not None, "the pattern takes anything"
    field, operator = _field(matched["field"]), _operator(matched["operator"])
    if field is None:
        return Mistake(name[:LONGEST], f"is unknown; known are {', '.join(FIELDS)}, {METADATA}KEY")
    if operator is None:
        known = ", ".join(each for each in Operator if each)
        return Mistake(name[:LONGEST], f"has an unknown comparison; known are {known}")
    return _condition(name, field, operator, tuple(dict.fromkeys(texts)))


def _condition(
    name: str, field: Field | MetadataKey, operator: Operator, texts: tuple[str, ...]
) -> Condition | Mistake:
    if len(texts) > (MOST_VALUES if operator in (Operator.EQ, Operator.NOT) else 1):
        return Mistake(name[:LONGEST], "is given too often")
    kind = _kind(field, operator)
    if operator in ORDERED and kind in (Kind.WORD, Kind.ID):
        return Mistake(name[:LONGEST], "has no order, and is compared as it is or with not")
    values = [
        _truth(text) if operator is Operator.EXISTS else _value(field, kind, text) for text in texts
    ]
    read = tuple(each for each in values if each is not None)
    if len(read) < len(texts):
        wanted = "true or false" if operator is Operator.EXISTS else kind.value
        return Mistake(name[:LONGEST], f"must be {wanted}")
    return Condition(field, operator, read, texts)


def _field(name: str) -> Field | MetadataKey | None:
    if not name.startswith(METADATA):
        return FIELDS.get(name)
    key = name.removeprefix(METADATA)
    return MetadataKey(key) if key and len(key) <= LONGEST and "\0" not in key else None


def _operator(name: str | None) -> Operator | None:
    return next((each for each in Operator if each == (name or "")), None)


def _kind(field: Field | MetadataKey, operator: Operator) -> Kind:
    if isinstance(field, Field):
        return field.kind
    return Kind.AMOUNT if operator in ORDERED else Kind.WORD


def _truth(text: str) -> int | None:
    return {"true": 1, "false": 0}.get(text)


def _value(field: Field | MetadataKey, kind: Kind, text: str) -> Value | None:
    match kind:
        case Kind.WORD:
            return text if "\0" not in text and len(text) <= LONGEST else None
        case Kind.ID:
            return from_text(field.prefix, text) if isinstance(field, Field) else None
        case Kind.COUNT:
            return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
        case Kind.AMOUNT:
            return _number(text)
        case Kind.SPAN:
            seconds = _number(text)
            return None if seconds is None else round(seconds * 1_000_000)
        case Kind.INSTANT:
            return _instant(text)
        case _:
            assert_never(kind)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < _LARGEST / 1_000_000 else None


def _instant(text: str) -> int | None:
    """Read RFC 3339; a `+` that was not escaped has come as a space."""
    try:
        at = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
