"""Filters as they are written in an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.explore.fields import FIELDS, SORTABLE, SPANS, Field, Kind, MetadataKey
from kaisa_relay.domain.explore.filtering import (
    LONGEST,
    MOST_CONDITIONS,
    MOST_VALUES,
    Filter,
    Operator,
    read_filter,
)

AGENT = "ctc_0000000000005"


def conditions(*pairs: tuple[str, str]) -> list[tuple[str, str, tuple[object, ...]]]:
    """Return what was read: field, operator and values."""
    which = read_filter(pairs)
    assert isinstance(which, Filter), which
    return [(each.field.name, each.operator.value, each.values) for each in which.conditions]


def mistakes(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """Return what was found wrong."""
    found = read_filter(pairs)
    assert not isinstance(found, Filter)
    return [(each.name, each.message) for each in found]


def test_values_are_read_as_columns_hold_them() -> None:
    """Ids as numbers, instants and seconds in microseconds."""
    assert conditions(
        ("status", "closed"),
        ("status", "failed"),
        ("agent[not]", AGENT),
        ("value[gte]", "1000.5"),
        ("offers", "2"),
        ("to_accept[lt]", "1.5"),
        ("created_at[gte]", "1970-01-01T01:00:01+01:00"),
        ("created_at[lt]", "1970-01-01T00:00:02Z"),
        ("ended_at[exists]", "false"),
        ("agent[exists]", "true"),
    ) == [
        ("status", "", ("closed", "failed")),
        ("agent", "not", (5,)),
        ("value", "gte", (1000.5,)),
        ("offers", "", (2,)),
        ("to_accept", "lt", (1_500_000,)),
        ("created_at", "gte", (1_000_000,)),
        ("created_at", "lt", (2_000_000,)),
        ("ended_at", "exists", (0,)),
        ("agent", "exists", (1,)),
    ]


def test_metadata_is_words_but_where_it_is_ordered() -> None:
    """A year is compared as a number, and is itself as a text; a key may have dots."""
    assert conditions(("metadata.car.year", "2024"), ("metadata.car.year[gt]", "2020")) == [
        ("metadata.car.year", "", ("2024",)),
        ("metadata.car.year", "gt", (2020.0,)),
    ]
    assert conditions(("metadata.a[b]c", "1")) == [("metadata.a[b]c", "", ("1",))]


def test_a_plus_that_was_not_escaped_is_meant() -> None:
    """It comes as a space."""
    assert conditions(("created_at", "1970-01-01T01:00:01 01:00"))[0][2] == (1_000_000,)


def test_what_is_empty_asks_nothing() -> None:
    """As a form sends what was not filled in."""
    assert read_filter([("status", ""), ("text", "")]) == Filter()


def test_words_stand_beside_the_conditions() -> None:
    """Without the white space around them."""
    which = read_filter([("text", " blue one "), ("status", "closed")])
    assert isinstance(which, Filter)
    assert which.words == "blue one"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("stats", "closed", "is unknown; known are id, status"),
        ("metadata.", "x", "is unknown"),
        (f"metadata.{'k' * (LONGEST + 1)}", "x", "is unknown"),
        ("metadata.a\0", "x", "is unknown"),
        ("value[above]", "1", "has an unknown comparison; known are not, lt"),
        ("status[gt]", "closed", "has no order"),
        ("agent[lt]", AGENT, "has no order"),
        ("agent", "5", "must be an id"),
        ("agent", "chn_0000000000005", "must be an id"),
        ("offers", "-1", "must be a whole number"),
        ("offers", "1234567890", "must be a whole number"),
        ("value", "much", "must be a number"),
        ("value", "nan", "must be a number"),
        ("value", "1e300", "must be a number"),
        ("to_reply", "soon", "must be a number of seconds"),
        ("created_at", "yesterday", "must be an instant"),
        ("created_at", "2026-11-22T08:00:00", "must be an instant"),
        ("agent[exists]", "yes", "must be true or false"),
        ("status", "c" * (LONGEST + 1), "must be a word"),
        ("status", "\0", "must be a word"),
        ("text", "\0", "must have at most"),
        ("text", "w" * (LONGEST + 1), "must have at most"),
    ],
)
def test_what_is_wrong_is_said(name: str, text: str, message: str) -> None:
    """With the parameter's name."""
    ((found, said),) = mistakes((name, text))
    assert found == name[:LONGEST]
    assert said.startswith(message)


def test_all_mistakes_are_said_at_once() -> None:
    """Too many of something as well."""
    assert [name for name, _ in mistakes(("a", "1"), ("b", "2"))] == ["a", "b"]
    assert mistakes(("text", "a"), ("text", "b")) == [("text", "is given more than once")]
    assert mistakes(("value[lt]", "1"), ("value[lt]", "2")) == [("value[lt]", "is given too often")]
    assert mistakes(*(("offers", str(n)) for n in range(MOST_VALUES + 1))) == [
        ("offers", "is given too often")
    ]
    many = [(f"metadata.{n}", "1") for n in range(MOST_CONDITIONS + 1)]
    assert mistakes(*many) == [("", f"has more than {MOST_CONDITIONS} conditions")]


ALL: list[Field | MetadataKey] = [*FIELDS.values(), MetadataKey("car.year")]
TEXTS = {
    Kind.WORD: st.sampled_from(["closed", "sv", "a b", "=&"]),
    Kind.COUNT: st.integers(0, 999_999_999).map(str),
    Kind.AMOUNT: st.floats(-1e9, 1e9).map(str),
    Kind.SPAN: st.floats(0, 1e6).map(str),
    Kind.INSTANT: st.datetimes().map(lambda each: f"{each.isoformat()}Z"),
    Kind.ID: st.just(AGENT),
}


@given(st.data())
def test_a_filter_reads_back_from_its_parameters(data: st.DataObject) -> None:
    """So a saved view is what the address says."""
    pairs: list[tuple[str, str]] = []
    for _ in range(data.draw(st.integers(0, 4))):
        field: Field | MetadataKey = data.draw(st.sampled_from(ALL))
        operator = data.draw(st.sampled_from(Operator))
        kind = field.kind if isinstance(field, Field) else Kind.AMOUNT
        exists = operator is Operator.EXISTS
        text = data.draw(st.sampled_from(["true", "false"]) if exists else TEXTS[kind])
        pairs.append((f"{field.name}[{operator}]" if operator else field.name, text))
    which = read_filter(pairs)
    if isinstance(which, Filter):
        assert read_filter(which.pairs()) == which


def test_every_order_and_span_is_of_known_fields() -> None:
    """The tables that name them belong together."""
    assert set(SORTABLE) <= set(FIELDS)
    assert {name for each in SPANS.values() for name in each} <= set(FIELDS)
    assert AGENT not in repr(FIELDS)
