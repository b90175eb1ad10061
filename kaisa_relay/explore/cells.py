"""Values of the read model as an export has them: public ids, instants in UTC, seconds.

Rule 1: what is not there is None, in every format.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any, Final, assert_never

import msgspec

from kaisa_relay.domain.explore.columns import Cell, Column
from kaisa_relay.domain.ids import ALPHABET

Value = Callable[[Any], Any]

_FIRST: Final = date(1970, 1, 1)
_MINUTES: Final = tuple(f"T{hour:02}:{minute:02}:" for hour in range(24) for minute in range(60))
_TWOS: Final = tuple(f"{number:02}" for number in range(60))
_THREES: Final = tuple(f"{number:03}" for number in range(1000))
_PAIRS: Final = tuple(a + b for a in ALPHABET for b in ALPHABET)


def value_of(column: Column) -> Value | None:
    """Return what makes a column's values of those in the tables; None where they are the same."""
    match column.cell:
        case Cell.TEXT | Cell.PHONE | Cell.NUMBER:
            return None
        case Cell.ID:
            return partial(public_id, column.prefix)
        case Cell.INSTANT:
            return instant
        case Cell.SPAN:
            return seconds
        case Cell.TRUTH:
            return bool
        case Cell.JSON:
            return partial(member, column.key) if column.key else whole
        case _:
            assert_never(column.cell)


def public_id(prefix: str, id: int | None) -> str | None:
    """Return what `domain.ids.to_text` returns, in a third of its time: an export has millions."""
    if id is None:
        return None
    p = _PAIRS
    return (
        f"{prefix}_{ALPHABET[id >> 60]}{p[id >> 50 & 1023]}{p[id >> 40 & 1023]}"
        f"{p[id >> 30 & 1023]}{p[id >> 20 & 1023]}{p[id >> 10 & 1023]}{p[id & 1023]}"
    )


def instant(at: int | None) -> str | None:
    """Return microseconds of Unix time as RFC 3339 in UTC."""
    if at is None:
        return None
    second = at // 1_000_000
    minute, micro = second // 60, at % 1_000_000
    fraction = f".{_THREES[micro // 1000]}{_THREES[micro % 1000]}" if micro else ""
    return f"{_day(minute // 1440)}{_MINUTES[minute % 1440]}{_TWOS[second % 60]}{fraction}Z"


@lru_cache(maxsize=4096)
def _day(day: int) -> str:
    return (_FIRST + timedelta(days=day)).isoformat()


def seconds(span: int | None) -> float | None:
    """Return a span of microseconds in seconds."""
    return None if span is None else span / 1_000_000


def whole(data: bytes | None) -> msgspec.Raw | None:
    """Return all the metadata as it was given, but on one line."""
    if not data:
        return None
    is_line = b"\n" not in data and b"\r" not in data
    return msgspec.Raw(data if is_line else msgspec.json.format(data, indent=-1))


def member(key: str, data: bytes | None) -> Any:
    """Return a member of the metadata; of a nested one the key has dots."""
    return _within(msgspec.json.decode(data), key) if data else None


def _within(value: Any, key: str) -> Any:
    if not isinstance(value, dict):
        return None
    if key in value:
        return value[key]
    dots = (at for at, character in enumerate(key) if character == ".")
    found = (_within(value.get(key[:at]), key[at + 1 :]) for at in dots)
    return next((each for each in found if each is not None), None)
