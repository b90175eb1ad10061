"""By what a report is divided, and with which period it is compared.

Rule 1: hours, weekdays and days are those of a zone's wall clock, whenever its clocks are moved.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import evolve, frozen

from kaisa_relay.domain.explore.fields import FIELDS, METADATA, Field, Kind, MetadataKey
from kaisa_relay.domain.explore.filtering import LONGEST, Condition, Filter, Operator
from kaisa_relay.domain.explore.reports import ReportName
from kaisa_relay.domain.schedule import WEEKDAYS

MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_THURSDAY: Final = 3
"""The weekday of the first day of 1970."""
_CREATED: Final = "created_at"
_ZONE: Final = re.compile(r"[A-Za-z0-9+_-]+(/[A-Za-z0-9+_-]+){0,2}", re.ASCII)


class Calendar(StrEnum):
    """When a conversation was created, on the wall clock."""

    HOUR = "hour"
    WEEKDAY = "weekday"
    DAY = "day"


class Own(StrEnum):
    """What one report alone is divided by."""

    STEP = "step"


Dimension = Calendar | Field | MetadataKey | Own

_FIELDS: Final = tuple(
    name
    for name, field in FIELDS.items()
    if field.kind in (Kind.WORD, Kind.ID) and name not in ("id", "visitor")
)
BY: Final = (*Calendar, *_FIELDS)
"""What a report may be divided by, beside a metadata key."""

FIXED: Final[Mapping[ReportName, Dimension]] = {
    ReportName.AGENTS: FIELDS["agent"],
    ReportName.CHANNELS: FIELDS["channel"],
    ReportName.ENGAGEMENT: Own.STEP,
}
"""What these are divided by, whatever anybody asks."""


def read_dimension(text: str) -> Dimension | None:
    """Read `hour`, the name of a field, or `metadata.KEY`."""
    if text.startswith(METADATA):
        key = text.removeprefix(METADATA)
        return MetadataKey(key) if key and len(key) <= LONGEST and "\0" not in key else None
    if text in _FIELDS:
        return FIELDS[text]
    if text in tuple(Own):
        return Own(text)
    return Calendar(text) if text in tuple(Calendar) else None


def named(by: Dimension) -> str:
    """Return the text that reads back as a dimension."""
    return by.value if isinstance(by, Calendar | Own) else by.name


def read_zone(text: str) -> ZoneInfo | None:
    """Read the name of a time zone that is known here, such as `Europe/Stockholm`."""
    if not _ZONE.fullmatch(text):
        return None
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


# --- the wall clock --------------------------------------------------------------------------


@frozen
class Offset:
    """From an instant on (microseconds of Unix time), how far the wall clock is ahead of UTC."""

    since: int
    ahead: int


def offsets(zone: ZoneInfo, begin: int, end: int) -> tuple[Offset, ...]:
    """Return a zone's offsets in between two instants, the first since `begin`."""
    return tuple(_offsets(zone, begin, max(begin, end)))


def _offsets(zone: ZoneInfo, begin: int, end: int) -> Iterator[Offset]:
    day = _DAY // MICROSECOND
    ahead = _ahead(zone, begin)
    yield Offset(begin, ahead)
    for at in range(begin, end, day):
        if _ahead(zone, at + day) != ahead:
            ahead = _ahead(zone, at + day)
            yield Offset(_moved(zone, at, at + day), ahead)


def _ahead(zone: ZoneInfo, at: int) -> int:
    there = (_EPOCH + at * MICROSECOND).astimezone(zone)
    return (there.utcoffset() or timedelta()) // MICROSECOND


def _moved(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the first instant that has the later one's offset."""
    ahead = _ahead(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _ahead(zone, middle) == ahead else (middle, after)
    return after


def written(calendar: Calendar, key: int) -> str:
    """Return a group's key as it is shown: `13`, `mon` or `2026-11-23`; days count from 1970."""
    match calendar:
        case Calendar.HOUR:
            return f"{key:02}"
        case Calendar.WEEKDAY:
            return WEEKDAYS[key]
        case Calendar.DAY:
            return (date(1970, 1, 1) + timedelta(days=key)).isoformat()
        case _:
            assert_never(calendar)


def weekday(day: int) -> int:
    """Return the weekday of a day, Monday first; it takes columns as well as numbers."""
    return (day + _THURSDAY) % len(WEEKDAYS)


# --- the period before -----------------------------------------------------------------------


def period_before(which: Filter, now: datetime) -> Filter | None:
    """Return the filter for as long a time before, or None where it names no beginning.

    A period runs from `created_at[gte]` to `created_at[lt]`, or until now.
    """
    of_period = {each.operator: each for each in which.conditions if each.field.name == _CREATED}
    begin, end = of_period.pop(Operator.GTE, None), of_period.pop(Operator.LT, None)
    if begin is None or of_period:
        return None
    first = int(begin.values[0])
    last = (now - _EPOCH) // MICROSECOND if end is None else int(end.values[0])
    if last <= first:
        return None
    others = (each for each in which.conditions if each.field.name != _CREATED)
    bounds = (_bound(Operator.GTE, 2 * first - last), _bound(Operator.LT, first))
    return evolve(which, conditions=(*bounds, *others))


def _bound(operator: Operator, at: int) -> Condition:
    text = (_EPOCH + at * MICROSECOND).isoformat().replace("+00:00", "Z")
    return Condition(FIELDS[_CREATED], operator, (at,), (text,))
