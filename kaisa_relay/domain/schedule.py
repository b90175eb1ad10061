"""When somebody is there: hours per weekday in a time zone, and days that are different.

Rule 1: hours are what the clock on the wall shows; an hour that a change of clocks repeats counts
twice, one that it leaves out not at all.
Rule 2: instants come in and go out in UTC; nothing here reads a clock.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from attrs import field, frozen

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD: Final = 60
"""Days within which a schedule must open once."""
_DAY: Final = timedelta(days=1)
_SPAN: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_DAYS: Final = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?", re.ASCII)


@frozen
class Span:
    """Hours of one day, in minutes from midnight; they end on the next day where `closes` is not
    after `opens`."""

    opens: int
    closes: int


@frozen
class BadSchedule:
    """The text is no schedule; `reason` tells its author why."""

    reason: str


@frozen
class Schedule:
    """The hours of a week, Monday first, and of single days in their place."""

    zone: str
    week: tuple[tuple[Span, ...], ...]
    days: Mapping[date, tuple[Span, ...]] = field(factory=dict)

    def open_at(self, at: datetime) -> bool:
        """Say whether it is open at an instant."""
        today = at.astimezone(ZoneInfo(self.zone)).date()
        return any(
            opens <= at < closes
            for day in (today - _DAY, today, today + _DAY)
            for opens, closes in self._hours(day)
        )

    def opens_after(self, at: datetime) -> datetime:
        """Return the instant from which it is open, at the earliest `at` itself."""
        if self.open_at(at):
            return at
        today = at.astimezone(ZoneInfo(self.zone)).date()
        for ahead in range(-1, LOOK_AHEAD):
            later = [opens for opens, _ in self._hours(today + ahead * _DAY) if opens > at]
            if later:
                return min(later)
        return at + LOOK_AHEAD * _DAY

    def _hours(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        spans = self.days.get(day, self.week[day.weekday()])
        for span in spans:
            last = day + _DAY if span.closes <= span.opens else day
            opens = _instant(self.zone, day, span.opens, late=False)
            closes = _instant(self.zone, last, span.closes, late=True)
            if opens < closes:  # all of it may fall into an hour that is left out
                yield opens, closes


def _instant(zone: str, day: date, minutes: int, *, late: bool) -> datetime:
    """Return when the clock on the wall shows this, the first or the last time.

    What it never shows is the moment at which the clock is moved past it.
    """
    wall = datetime.combine(day + minutes // 1440 * _DAY, time(minutes % 1440 // 60, minutes % 60))
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    early, after = sorted((first.astimezone(UTC), second.astimezone(UTC)))
    if early.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall:
        return after if late else early
    return _moved(zone, early, after)


def _moved(zone: str, before: datetime, after: datetime) -> datetime:
    """Return the instant between these two at which the zone's clock is moved."""
    there, minute = ZoneInfo(zone), timedelta(minutes=1)
    offset = before.astimezone(there).utcoffset()
    while after - before > minute:
        middle = before + (after - before) // minute // 2 * minute
        if middle.astimezone(there).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


# --- as people write them


def read_schedule(zone: str, week: str, days: tuple[str, ...] = ()) -> Schedule | BadSchedule:
    """Read `mon-fri 09:00-17:00, sat 10:00-14:00` and days such as `2026-12-24` (closed all day)
    or `2026-12-31 10:00-12:00`, in a zone such as `Europe/Stockholm`."""
    if not _known(zone):
        return BadSchedule(f"there is no time zone {zone[:40]!r}; write it as Europe/Stockholm")
    hours: list[tuple[Span, ...]] = [() for _ in WEEKDAYS]
    for part in week.split(","):
        read = _weekdays(part.strip())
        if isinstance(read, BadSchedule):
            return read
        for weekday in read[0]:
            hours[weekday] = (*hours[weekday], read[1])
    special: dict[date, tuple[Span, ...]] = {}
    for text in days:
        one = _one_day(text.strip())
        if isinstance(one, BadSchedule):
            return one
        special[one[0]] = (*special.get(one[0], ()), *one[1])
    return Schedule(zone, tuple(hours), special)


def _known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # unknown, no such path, a folder
        return False
    return True


def _weekdays(text: str) -> tuple[list[int], Span] | BadSchedule:
    names, _, hours = text.lower().partition(" ")
    span, match = _span(hours.strip()), _DAYS.fullmatch(names)
    ends = [match[1], match[2] or match[1]] if match else []
    if span is None or not ends or not set(ends) <= set(WEEKDAYS):
        return BadSchedule(f"{text[:40]!r} is not like mon-fri 09:00-17:00")
    first, last = (WEEKDAYS.index(each) for each in ends)
    return [(first + more) % 7 for more in range((last - first) % 7 + 1)], span


def _one_day(text: str) -> tuple[date, tuple[Span, ...]] | BadSchedule:
    day, _, hours = text.partition(" ")
    span = _span(hours.strip())
    try:
        return date.fromisoformat(day), () if span is None and not hours else (_must(span),)
    except ValueError:
        return BadSchedule(f"{text[:40]!r} is not like 2026-12-24 or 2026-12-24 10:00-12:00")


def _must(span: Span | None) -> Span:
    if span is None:
        raise ValueError
    return span


def _span(text: str) -> Span | None:
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return None if closes > 1440 or opens == closes else Span(opens, closes)


def write_week(schedule: Schedule) -> str:
    """Write the hours of the week, so that they read the same again."""
    parts = [
        f"{WEEKDAYS[day]} {_clock(span.opens)}-{_clock(span.closes)}"
        for day, spans in enumerate(schedule.week)
        for span in spans
    ]
    return ", ".join(parts)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
