"""Figures, what divides them, and the period before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.explore.fields import FIELDS, SPANS, MetadataKey
from kaisa_relay.domain.explore.filtering import Filter, read_filter
from kaisa_relay.domain.explore.grouping import (
    BY,
    MICROSECOND,
    Calendar,
    Dimension,
    Own,
    named,
    offsets,
    period_before,
    read_dimension,
    read_zone,
    weekday,
    written,
)
from kaisa_relay.domain.explore.reports import (
    FIGURES,
    SPAN_SAYS,
    ReportName,
    Unit,
    completed,
    with_shares,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Return an instant as columns have it."""
    return (at - EPOCH) // MICROSECOND


def meant(*pairs: tuple[str, str]) -> Filter:
    """Return a filter that is written well."""
    read = read_filter(pairs)
    assert isinstance(read, Filter)
    return read


@pytest.mark.parametrize("name", ReportName)
def test_every_figure_is_defined_once_and_in_words(name: ReportName) -> None:
    """A share is of counts of the same report."""
    figures = FIGURES[name]
    names = [each.name for each in figures]
    assert len(set(names)) == len(names)
    assert all(each.says.endswith(".") for each in figures)
    for each in figures:
        assert (each.part is None) == (each.unit is not Unit.SHARE)
        assert set(each.part or ()) <= {one.name for one in figures if one.unit is Unit.COUNT}


def test_every_span_has_words() -> None:
    """Those that the list has."""
    assert list(SPAN_SAYS) == list(SPANS)


def test_a_share_of_nothing_is_none() -> None:
    """And what was not counted is missing, not zero."""
    values = with_shares(ReportName.FUNNEL, {"created": 4, "scanned": 3, "accepted": 0})
    assert list(values) == [each.name for each in FIGURES[ReportName.FUNNEL]]
    assert values["scanned_share"] == 0.75
    assert values["accepted_share"] == 0
    assert values["replied_share"] is None
    assert values["offered_share"] is None
    assert values["closed"] is None


def test_what_was_not_counted_is_none_of_it_where_a_report_is_complete() -> None:
    """And there is no share of none."""
    values = completed(ReportName.FUNNEL, {"created": 4, "scanned": 3, "closed": None})
    assert (values["created"], values["scanned_share"]) == (4, 0.75)
    assert (values["closed"], values["offered"]) == (0, 0)
    assert completed(ReportName.FUNNEL, {})["scanned_share"] is None


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("step", Own.STEP),
        ("hour", Calendar.HOUR),
        ("agent", FIELDS["agent"]),
        ("metadata.car.model", MetadataKey("car.model")),
        ("metadata.", None),
        ("metadata." + "k" * 201, None),
        ("metadata.\0", None),
        ("visitor", None),
        ("value", None),
        ("", None),
    ],
)
def test_dimensions_are_read(text: str, dimension: Dimension | None) -> None:
    """Fields with few values, metadata and the calendar; nothing else."""
    assert read_dimension(text) == dimension


def test_every_dimension_that_is_named_is_read() -> None:
    """The list of them is what the API shows."""
    for each in (*BY, "metadata.car.model"):
        dimension = read_dimension(each)
        assert dimension is not None
        assert named(dimension) == each


@pytest.mark.parametrize("text", ["Europe/Stockholm", "UTC", "Etc/GMT+5"])
def test_zones_are_read(text: str) -> None:
    """By their names."""
    zone = read_zone(text)
    assert zone is not None
    assert zone.key == text


@pytest.mark.parametrize("text", ["", "Europe/Nowhere", "../etc/passwd", "/etc", "Europe"])
def test_what_is_no_zone_is_none(text: str) -> None:
    """Nor the name of a file."""
    assert read_zone(text) is None


@given(
    st.sampled_from(["Europe/Stockholm", "Asia/Kolkata", "America/Lima", "Australia/Lord_Howe"]),
    st.integers(micros(datetime(2020, 1, 1, tzinfo=UTC)), micros(NOW)),
    st.integers(0, 800),
    st.data(),
)
def test_offsets_are_those_of_the_zone(
    name: str, first: int, days: int, data: st.DataObject
) -> None:
    """At every instant in between."""
    zone = ZoneInfo(name)
    last = first + days * 86_400_000_000
    at = data.draw(st.integers(first, last))
    *_, now = (each for each in offsets(zone, first, last) if each.since <= at)
    there = (EPOCH + at * MICROSECOND).astimezone(zone)
    assert now.ahead == (there.utcoffset() or timedelta()) // MICROSECOND


def test_clocks_are_moved_at_the_instant() -> None:
    """In Sweden on the last Sundays of March and October, at 01:00 UTC."""
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    found = offsets(STOCKHOLM, micros(begin), micros(end))
    assert [(EPOCH + each.since * MICROSECOND, each.ahead // 3_600_000_000) for each in found] == [
        (begin, 1),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 2),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), 1),
    ]


def test_keys_are_written() -> None:
    """As people read them."""
    day = (datetime(2026, 11, 23, tzinfo=UTC) - EPOCH).days
    assert written(Calendar.HOUR, 7) == "07"
    assert written(Calendar.WEEKDAY, weekday(day)) == "mon"
    assert written(Calendar.DAY, day) == "2026-11-23"


def test_the_period_before_is_as_long() -> None:
    """And has every other condition of the filter."""
    which = meant(
        ("created_at[gte]", "2026-06-01T00:00:00Z"),
        ("created_at[lt]", "2026-06-08T00:00:00Z"),
        ("status", "closed"),
        ("text", "blue"),
    )
    before = period_before(which, NOW)
    assert before == meant(
        ("created_at[gte]", "2026-05-25T00:00:00Z"),
        ("created_at[lt]", "2026-06-01T00:00:00Z"),
        ("status", "closed"),
        ("text", "blue"),
    )


def test_a_period_without_an_end_lasts_until_now() -> None:
    """So that the one before is as long."""
    before = period_before(meant(("created_at[gte]", "2026-06-29T00:00:00Z")), NOW)
    assert before == meant(
        ("created_at[gte]", "2026-06-27T00:00:00Z"), ("created_at[lt]", "2026-06-29T00:00:00Z")
    )


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("created_at[lt]", "2026-06-01T00:00:00Z")],
        [("created_at[gte]", "2026-06-01T00:00:00Z"), ("created_at[not]", "2026-06-02T00:00:00Z")],
        [("created_at[gte]", "2026-08-01T00:00:00Z")],
    ],
)
def test_without_a_period_there_is_none_before(pairs: list[tuple[str, str]]) -> None:
    """Nor before one that has not begun."""
    assert period_before(meant(*pairs), NOW) is None


@pytest.mark.parametrize("name", ReportName)
def test_the_documentation_has_every_definition(name: ReportName) -> None:
    """In the words that the API serves."""
    text = (Path(__file__).parents[3] / "docs" / "explore.md").read_text(encoding="utf-8")
    for each in FIGURES[name]:
        assert f"| `{each.name}` | {each.unit} | {each.says} |" in text
