"""Lines of CSV are those of the standard library's writer, for whatever a cell may hold."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.explore.columns import Cell, Column
from kaisa_relay.domain.ids import to_text
from kaisa_relay.explore.exports.cells import instant, member, seconds, whole
from kaisa_relay.explore.exports.csv_lines import csv_lines, neutral

IDS: Final = st.integers(0, (1 << 63) - 1)
TEXTS: Final = st.text() | st.sampled_from(
    [*"\",\r\n=+-@ \t'", 'a"b', "a,b", " =1", "\N{FULLWIDTH EQUALS SIGN}1", "åäö"]
)
WHEN: Final = st.integers(0, 4_102_444_800_000_000) | st.integers(0, 4_102_444_800).map(
    lambda s: s * 1_000_000
)
JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 60), 1 << 60) | TEXTS,
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
METADATA: Final = st.dictionaries(st.sampled_from(["k", "other"]), JSON).map(
    lambda given: json.dumps(given).encode()
)
VALUES: Final = {
    Cell.TEXT: TEXTS,
    Cell.PHONE: TEXTS,
    Cell.ID: IDS,
    Cell.INSTANT: WHEN,
    Cell.SPAN: st.integers(-(10**12), 10**12),
    Cell.NUMBER: st.integers(-(1 << 60), 1 << 60),
    Cell.TRUTH: st.sampled_from([0, 1]),
    Cell.JSON: METADATA,
}
COLUMNS: Final = (
    *(Column(f"c {each.value}", each, "cnv") for each in Cell),
    Column("c metadata.k", Cell.JSON, key="k"),
    Column("value", Cell.NUMBER),
)
AMOUNTS: Final = st.floats(allow_nan=False).map(lambda each: each + 0.0)
"""A column has numbers of one kind, and a database no negative zero."""


@st.composite
def pages(draw: st.DrawFn) -> tuple[list[Column], list[tuple[Any, ...]]]:
    """Return some columns, and rows of what may stand in them."""
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4))
    row = st.tuples(*(st.none() | _values(each) for each in columns))
    return columns, draw(st.lists(row, min_size=1, max_size=5))


def _values(column: Column) -> st.SearchStrategy[Any]:
    return AMOUNTS if column.name == "value" else VALUES[column.cell]


def plain(column: Column, value: Any) -> Any:
    """Return a value as the plainest code would have it written."""
    if value is None:
        return None
    match column.cell:
        case Cell.TEXT:
            return neutral(value)
        case Cell.ID:
            return to_text("cnv", value)
        case Cell.INSTANT:
            return instant(value)
        case Cell.SPAN:
            return seconds(value)
        case Cell.TRUTH:
            return bool(value)
        case Cell.JSON:
            return given_as_text(member(column.key, value) if column.key else whole(value))
        case Cell.PHONE | Cell.NUMBER:
            return value


def given_as_text(value: Any) -> Any:
    """Return metadata as a cell."""
    if isinstance(value, msgspec.Raw):
        return bytes(value).decode()
    if isinstance(value, str):
        return neutral(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if value is None or is_number else msgspec.json.encode(value).decode()


@given(pages())
def test_lines_are_those_of_the_standard_library(
    page: tuple[list[Column], list[tuple[Any, ...]]],
) -> None:
    columns, rows = page
    text = io.StringIO(newline="")
    cells = [[plain(*each) for each in zip(columns, row, strict=True)] for row in rows]
    csv.writer(text).writerows(cells)
    assert csv_lines(columns, rows).decode() == text.getvalue()


@given(WHEN)
def test_an_instant_is_what_the_standard_library_writes(at: int) -> None:
    then = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    assert instant(at) == then.isoformat().replace("+00:00", "Z")
