"""Comparisons of what is known, and how they are written."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.engagement.conditions import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operator,
    holds,
    read_condition,
    write_condition,
)
from kaisa_relay.domain.engagement.definition import BadDefinition

FACTS = {
    "event": {
        "type": "conversation.abandoned",
        "time": datetime(2026, 11, 23, 9, tzinfo=UTC),
        "data": {"reason": "unscanned", "among": 3, "held": False, "agents": ["ctc_1", "ctc_2"]},
    },
    "conversation": {"status": "abandoned", "language": "sv", "agent": None},
    "metadata": {"car": "V60 Cross", "price": 410_000.5, "utm.source": "mail", "tags": {"a": 1}},
}


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("event.data.reason", "eq", "unscanned", True),
        ("event.data.reason", "eq", "duplicate", False),
        ("event.data.reason", "in", ["duplicate", "unscanned"], True),
        ("event.data.among", "eq", 3, True),
        ("event.data.among", "eq", 3.0, True),
        ("event.data.among", "eq", "3", False),
        ("event.data.held", "eq", False, True),
        ("event.data.held", "eq", 0, False),
        ("event.data.among", "lt", 4, True),
        ("event.data.among", "lte", 3, True),
        ("event.data.among", "gt", 3, False),
        ("event.data.among", "gte", 3, True),
        ("event.data.among", "lt", "4", False),
        ("event.data.held", "lt", 1, False),
        ("event.data.agents", "contains", "ctc_2", True),
        ("event.data.agents", "contains", "ctc", False),
        ("event.time", "gte", "2026-11-23T10:00:00+01:00", True),
        ("event.time", "lt", "2026-11-23T10:00:00+01:00", False),
        ("event.time", "eq", "2026-11-23T09:00:00Z", True),
        ("event.time", "gt", "2026-11-23", False),
        ("event.time", "gt", "soon", False),
        ("conversation.agent", "exists", False, True),
        ("conversation.agent", "exists", True, False),
        ("conversation.language", "exists", True, True),
        ("conversation.nothing.below", "eq", "", False),
        ("metadata.car", "contains", "v60", True),
        ("metadata.car", "contains", 60, False),
        ("metadata.car", "gt", "A", True),
        ("metadata.price", "gt", 410_000, True),
        ("metadata.utm.source", "eq", "mail", True),
        ("metadata.tags.a", "eq", 1, True),
        ("metadata.car.model", "exists", False, True),
    ],
)
def test_a_comparison(field: str, operator: str, value: Any, expected: bool) -> None:
    """Kinds are not mixed, and what is not there fits nothing."""
    assert holds(read_condition({"field": field, operator: value}, "when"), FACTS) is expected


YES = Comparison("conversation.language", Operator.EQ, "sv")
NO = Comparison("conversation.language", Operator.EQ, "en")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (All(()), True),
        (All((YES, YES)), True),
        (All((YES, NO)), False),
        (AnyOf((NO, YES)), True),
        (AnyOf((NO, NO)), False),
        (Not(NO), True),
        (Not(All((YES, Not(NO)))), False),
    ],
)
def test_joined(condition: Condition, expected: bool) -> None:
    """As logic has it; nothing to fulfil is fulfilled."""
    assert holds(condition, FACTS) is expected


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("x", "when"),
        ({}, "when.field"),
        ({"field": "event.type"}, "when"),
        ({"field": "event.type", "eq": "a", "in": ["a"]}, "when"),
        ({"field": "event.type", "eqals": "a"}, "when.eqals"),
        ({"field": "event", "eq": "a"}, "when.field"),
        ({"field": "secrets.key", "eq": "a"}, "when.field"),
        ({"field": "", "eq": "a"}, "when.field"),
        ({"field": "event.type", "eq": None}, "when.eq"),
        ({"field": "event.type", "eq": ["a"]}, "when.eq"),
        ({"field": "event.type", "eq": "x" * 501}, "when.eq"),
        ({"field": "event.type", "in": []}, "when.in"),
        ({"field": "event.type", "in": ["a", {}]}, "when.in[1]"),
        ({"field": "event.type", "exists": "yes"}, "when.exists"),
        ({"field": "event.type", "lt": True}, "when.lt"),
        ({"all": []}, "when.all"),
        ({"all": [{"field": "event.type", "eq": "a"}], "any": []}, "when.any"),
        ({"any": [{"not": {"field": 5, "eq": "a"}}]}, "when.any[0].not.field"),
        ({"not": {"not": {"not": {"not": {"not": {}}}}}}, "when.not.not.not.not.not"),
    ],
)
def test_a_mistake_is_named_by_its_path(written: Any, field: str) -> None:
    """A misspelt condition must not be none at all."""
    with pytest.raises(BadDefinition) as refused:
        read_condition(written, "when")
    assert refused.value.field == field


TEXTS = st.text(max_size=20)
PLAIN = st.one_of(TEXTS, st.integers(), st.booleans(), st.floats(allow_nan=False))
NAMES = st.sampled_from(["event.type", "metadata.car", "conversation.status"])
COMPARISONS = st.one_of(
    st.builds(Comparison, NAMES, st.sampled_from([Operator.EQ, Operator.CONTAINS]), PLAIN),
    st.builds(Comparison, NAMES, st.sampled_from([Operator.LT, Operator.GTE]), st.integers()),
    st.builds(Comparison, NAMES, st.just(Operator.EXISTS), st.booleans()),
    st.builds(
        Comparison,
        NAMES,
        st.just(Operator.IN),
        st.lists(PLAIN, min_size=1, max_size=3).map(tuple),
    ),
)


def _deeper(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(All, several), st.builds(AnyOf, several), st.builds(Not, inner))


SHALLOW = _deeper(_deeper(COMPARISONS) | COMPARISONS) | COMPARISONS


@given(SHALLOW)
def test_what_is_written_reads_the_same(condition: Condition) -> None:
    """A stored definition means what its author wrote, whatever is known."""
    assert read_condition(write_condition(condition), "when") == condition
    assert holds(Not(condition), FACTS) is not holds(condition, FACTS)
