"""The columns that an export may be asked for."""

import pytest

from kaisa_relay.domain.explore.columns import (
    COLUMNS,
    MOST_COLUMNS,
    Cell,
    Rows,
    read_columns,
    usual,
)
from kaisa_relay.domain.explore.fields import FIELDS
from kaisa_relay.domain.explore.filtering import LONGEST, Mistake


def names(rows: Rows, text: str) -> list[str]:
    """Read columns that are right."""
    read = read_columns(rows, text)
    assert isinstance(read, tuple), read
    return [each.name for each in read]


def test_they_come_in_the_order_asked_for_and_once() -> None:
    asked = "metadata.car.model, id,status,id"
    assert names(Rows.CONVERSATIONS, asked) == ["metadata.car.model", "id", "status"]
    assert names(Rows.OFFERS, "number,end") == ["number", "end"]


def test_everything_that_filters_is_a_column_of_conversations() -> None:
    assert set(FIELDS) < set(COLUMNS[Rows.CONVERSATIONS])


def test_a_member_of_the_metadata_is_a_column_of_its_own() -> None:
    read = read_columns(Rows.MESSAGES, "metadata.car.model")
    assert not isinstance(read, Mistake)
    (column,) = read
    assert (column.cell, column.key) == (Cell.JSON, "car.model")


def test_metadata_is_usual_for_conversations_alone() -> None:
    assert usual(Rows.CONVERSATIONS) == tuple(COLUMNS[Rows.CONVERSATIONS].values())
    for rows in (Rows.MESSAGES, Rows.OFFERS):
        assert [each.name for each in usual(rows)] == [
            name for name in COLUMNS[rows] if name != "metadata"
        ]


@pytest.mark.parametrize("name", ["", "x", "metadata.", f"metadata.{'k' * (LONGEST + 1)}", "text"])
def test_what_is_unknown_is_said(name: str) -> None:
    wrong = read_columns(Rows.CONVERSATIONS, f"id,{name}")
    assert isinstance(wrong, Mistake)
    assert wrong.message.startswith("has 1 that are unknown; known are id, status")


def test_so_many_and_no_more() -> None:
    many = [f"metadata.{number}" for number in range(MOST_COLUMNS + 1)]
    assert len(names(Rows.OFFERS, ",".join(many[1:]))) == MOST_COLUMNS
    wrong = read_columns(Rows.OFFERS, ",".join(many))
    assert isinstance(wrong, Mistake)
    assert wrong.message == "has more than 100"
