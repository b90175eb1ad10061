"""Values of the read model as an export has them: public ids, instants in UTC, seconds.

Rule 1: what is not there is None, in every format.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any, Final, assert_never

import msgspec

from kaisa_relay.domain.explore.columns import Cell, Column
from kaisa_relay.domain.ids import ALPHABET

Value = Callable[[Any], Any]

_FIRST: Final = date(1970, 1, 1)
_MINUTES: Final = tuple(f"T{hour:02}:{minute:02}" for hour in range(24) for minute in range(60))
_SECONDS: Final = tuple(f":{number:02}" for number in range(60))
_MILLIS: Final = tuple(f".{number:03}" for number in range(1000))
_MICROS: Final = tuple(f"{number:03}" for number in range(1000))
_TRIPLES: Final = tuple(a + b + c for a in ALPHABET for b in ALPHABET for c in ALPHABET)


def value_of(column: Column) -> Value | None:
    """Return what makes a column's values of those in the tables; None where they are the same."""
    match column.cell:
        case Cell.TEXT | Cell.PHONE | Cell.NUMBER:
            return None
        case Cell.ID:
            return partial(id_or_none, column.prefix)
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


def public_id(prefix: str, id: int) -> str:
    """Return what `domain.ids.to_text` returns, in a fifth of its time: an export has millions."""
    t = _TRIPLES
    return (
        f"{prefix}_{ALPHABET[id >> 60]}{t[id >> 45 & 32767]}{t[id >> 30 & 32767]}"
        f"{t[id >> 15 & 32767]}{t[id & 32767]}"
    )


def id_or_none(prefix: str, id: int | None) -> str | None:
    """Return the public form of an id that may not be there."""
    return None if id is None else public_id(prefix, id)


def instant(at: int | None) -> str | None:
    """Return microseconds of Unix time as RFC 3339 in UTC."""
    return None if at is None else instants((at,))[0]


def instants(values: Iterable[int | None]) -> list[str]:
    """Return a column of instants, empty where there is none.

    An export spends much of its time here: tables beat divisions, and small tables large ones.
    """
    days, minutes, seconds, millis, micros = _Days(), _MINUTES, _SECONDS, _MILLIS, _MICROS
    found = []
    for at in values:
        if at is None:
            found.append("")
            continue
        second = at // 1_000_000
        rest, minute = at - second * 1_000_000, second // 60
        day = minute // 1440
        start = f"{days[day]}{minutes[minute - day * 1440]}{seconds[second - minute * 60]}"
        milli = rest // 1000
        end = f"{millis[milli]}{micros[rest - milli * 1000]}Z" if rest else "Z"
        found.append(start + end)
    return found


class _Days(dict[int, str]):
    """Dates, by the day of Unix time."""

    def __missing__(self, day: int) -> str:
        made = self[day] = (_FIRST + timedelta(days=day)).isoformat()
        return made


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
