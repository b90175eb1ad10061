"""Hours by the clock on the wall, also on the two days on which it is changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.schedule import BadSchedule, Schedule, Span, read_schedule, write_week

SWEDEN = "Europe/Stockholm"


def schedule(week: str, *days: str, zone: str = SWEDEN) -> Schedule:
    """Read what must be right."""
    read = read_schedule(zone, week, days)
    assert isinstance(read, Schedule), read
    return read


def local(text: str, zone: str = SWEDEN, fold: int = 0) -> datetime:
    """The instant at which a wall shows this."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


OFFICE = schedule("mon-fri 09:00-17:00, sat 10:00-14:00", "2026-12-24", "2026-12-31 10:00-12:00")
NIGHT = schedule("fri-sat 22:00-06:00")


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        (OFFICE, "2026-11-23 08:59:59", False),
        (OFFICE, "2026-11-23 09:00", True),
        (OFFICE, "2026-11-23 16:59:59", True),
        (OFFICE, "2026-11-23 17:00", False),
        (OFFICE, "2026-11-28 10:00", True),
        (OFFICE, "2026-11-29 12:00", False),
        (OFFICE, "2026-07-06 09:00", True),
        (OFFICE, "2026-12-24 12:00", False),
        (OFFICE, "2026-12-31 09:59", False),
        (OFFICE, "2026-12-31 11:00", True),
        (OFFICE, "2026-12-31 12:00", False),
        (NIGHT, "2026-11-27 21:59", False),
        (NIGHT, "2026-11-28 05:59", True),
        (NIGHT, "2026-11-28 06:00", False),
        (NIGHT, "2026-11-29 03:00", True),
        (NIGHT, "2026-11-30 03:00", False),
    ],
)
def test_open_and_closed(hours: Schedule, at: str, is_open: bool) -> None:
    """To the second; past midnight belongs to the day before."""
    assert hours.open_at(local(at)) is is_open


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23 07:00", "2026-11-23 09:00"),
        ("2026-11-23 12:00", "2026-11-23 12:00"),
        ("2026-11-27 17:00", "2026-11-28 10:00"),
        ("2026-11-28 14:00", "2026-11-30 09:00"),
        ("2026-12-23 17:00", "2026-12-25 09:00"),
        ("2026-03-27 18:00", "2026-03-28 10:00"),
        ("2026-03-28 18:00", "2026-03-30 09:00"),
        ("2026-10-24 18:00", "2026-10-26 09:00"),
    ],
)
def test_the_next_opening(at: str, opens: str) -> None:
    """Over weekends, holidays and changes of the clock."""
    assert OFFICE.opens_after(local(at)) == local(opens)


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    """On 25 October 2026 the clock goes from 03:00 back to 02:00."""
    hours = schedule("sun 02:30-02:45")
    for fold in (0, 1):
        assert hours.open_at(local("2026-10-25 02:40", fold=fold))
    assert hours.opens_after(local("2026-10-25 00:00")) == local("2026-10-25 02:30")
    whole = schedule("sun 00:00-24:00")
    opens, closes = local("2026-10-25 00:00"), local("2026-10-26 00:00")
    assert closes - opens == timedelta(hours=25)
    assert whole.open_at(closes - timedelta(seconds=1))
    assert not whole.open_at(closes)


def test_an_hour_that_is_left_out() -> None:
    """On 29 March 2026 the clock goes from 02:00 to 03:00: what began in between begins then."""
    moved = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    hours = schedule("sun 02:30-05:00")
    assert hours.opens_after(moved - timedelta(hours=1)) == moved
    assert not hours.open_at(moved - timedelta(seconds=1))
    assert schedule("sun 02:15-02:45").opens_after(moved - timedelta(hours=1)) > moved


def test_a_zone_without_whole_hours() -> None:
    """Lord Howe moves its clock by half an hour."""
    hours = schedule("mon-sun 09:00-10:00", zone="Australia/Lord_Howe")
    assert hours.open_at(local("2026-01-05 09:30", "Australia/Lord_Howe"))
    assert not hours.open_at(local("2026-01-05 10:00", "Australia/Lord_Howe"))


def test_never_open_is_looked_for_no_further_than_needed() -> None:
    """Holidays for ever: there is still an instant to wait for."""
    days = tuple(str(date(2026, 11, 23) + timedelta(days=n)) for n in range(90))
    at = local("2026-11-23 07:00")
    assert schedule("mon-fri 09:00-17:00", *days).opens_after(at) == at + timedelta(days=60)


@pytest.mark.parametrize(
    ("zone", "week", "days"),
    [
        ("Europe/Nowhere", "mon 09:00-17:00", ()),
        ("../etc/passwd", "mon 09:00-17:00", ()),
        ("", "mon 09:00-17:00", ()),
        (SWEDEN, "", ()),
        (SWEDEN, "mon", ()),
        (SWEDEN, "mon 9-17", ()),
        (SWEDEN, "mon 09:00-25:00", ()),
        (SWEDEN, "mon 09:00-24:30", ()),
        (SWEDEN, "mon 09:00-09:00", ()),
        (SWEDEN, "mån 09:00-17:00", ()),
        (SWEDEN, "mon-xyz 09:00-17:00", ()),
        (SWEDEN, "mon 09:00-17:00", ("24 December",)),
        (SWEDEN, "mon 09:00-17:00", ("2026-12-24 late",)),
        (SWEDEN, "mon 09:00-17:00", ("2026-02-30",)),
    ],
)
def test_what_is_no_schedule(zone: str, week: str, days: tuple[str, ...]) -> None:
    """Each is refused with what to write instead."""
    assert isinstance(read_schedule(zone, week, days), BadSchedule)


SPANS = st.builds(Span, st.integers(0, 1439), st.integers(1, 1440)).filter(
    lambda span: span.opens != span.closes
)
WEEKS = st.tuples(*[st.lists(SPANS, max_size=2).map(tuple) for _ in range(7)]).filter(any)
ZONES = st.sampled_from([SWEDEN, "UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
INSTANTS = st.integers(0, 730 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(ZONES, WEEKS, INSTANTS)
def test_it_opens_when_it_says(zone: str, week: tuple[tuple[Span, ...], ...], at: datetime) -> None:
    """The next opening is open, the moment before it is not, and what is written reads the same."""
    hours = Schedule(zone, week)
    opens = hours.opens_after(at)
    assert opens >= at
    if opens > at and opens < at + timedelta(days=60):
        assert not hours.open_at(at)
        assert not hours.open_at(opens - timedelta(microseconds=1))
    assert read_schedule(zone, write_week(hours)) == hours
