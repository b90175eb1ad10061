"""Saved views: what may be kept under a name."""

import pytest

from kaisa_relay.domain.explore.filtering import Mistake
from kaisa_relay.domain.explore.views import LONGEST_NAME, MOST_PAIRS, Place, View, read_view
from kaisa_relay.domain.ids import ViewId

ID = ViewId(1)
CLOSED = ("status", "closed")


def test_a_view_is_what_an_address_asks_for_and_how_it_is_shown() -> None:
    pairs = (CLOSED, ("status", "failed"), ("sort", "-value"), ("metadata.car", "Volvo"))
    view = read_view(ID, "  Sold   cars ", "explore", pairs)
    assert view == View(ID, "Sold cars", Place.LIST, pairs)


@pytest.mark.parametrize(
    ("name", "place", "pairs", "wrong"),
    [
        ("", "explore", [], "name"),
        ("x" * (LONGEST_NAME + 1), "explore", [], "name"),
        ("a\x07b", "explore", [], "name"),
        ("Sold", "elsewhere", [], "place"),
        ("Sold", "reports", [("colour", "blue")], "query"),
        ("Sold", "reports", [("by", "x" * (LONGEST_NAME + 1))], "query"),
        ("Sold", "reports", [CLOSED] * (MOST_PAIRS + 1), "query"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_by_name(
    name: str, place: str, pairs: list[tuple[str, str]], wrong: str
) -> None:
    found = read_view(ID, name, place, pairs)
    assert isinstance(found, tuple)
    assert {each.name for each in found} == {wrong}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = read_view(ID, "", "", [("colour", "blue")])
    assert isinstance(found, tuple)
    assert [each.name for each in found] == ["name", "place", "query"]
    assert isinstance(found[2], Mistake)
    assert found[2].message.startswith("colour is unknown")
