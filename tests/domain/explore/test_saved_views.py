"""Saved views: what may be kept under a name."""

import pytest

from kaisa_relay.domain.explore.filtering import Mistake
from kaisa_relay.domain.explore.views import (
    LONGEST_NAME,
    LONGEST_QUERY,
    Place,
    View,
    read_view,
)
from kaisa_relay.domain.ids import ViewId

ID = ViewId(1)
CLOSED = ("status", "closed")


def test_a_view_is_what_an_address_asks_for_and_how_it_is_shown() -> None:
    pairs = (CLOSED, ("status", "failed"), ("sort", "-value"), ("metadata.car", "Volvo"))
    view = read_view(ID, "  Sold   cars ", "explore", (*pairs, ("colour", "")))
    assert view == View(ID, "Sold cars", Place.LIST, pairs)
    shown = (
        ("report", "times"),
        ("by", "metadata." + "k" * 200),
        ("zone", "Europe/Stockholm"),
        ("compare", "true"),
        ("figure", "to_reply_median"),
    )
    assert read_view(ID, "Times", "reports", shown) == View(ID, "Times", Place.REPORTS, shown)


@pytest.mark.parametrize(
    ("name", "place", "pairs", "wrong"),
    [
        ("", "explore", [], "name"),
        ("x" * (LONGEST_NAME + 1), "explore", [], "name"),
        ("a\x07b", "explore", [], "name"),
        ("Sold", "elsewhere", [], "place"),
        ("Sold", "reports", [("colour", "blue")], "query"),
        ("Sold", "explore", [("text", "x"), ("a" * LONGEST_QUERY, "b")], "query"),
        ("Sold", "explore", [("sort", "-colour")], "query"),
        ("Sold", "explore", [("zone", "Europe/Stockholm")], "query"),
        ("Sold", "reports", [("sort", "-value")], "query"),
        ("Sold", "reports", [("report", "weather")], "query"),
        ("Sold", "reports", [("by", "colour")], "query"),
        ("Sold", "reports", [("zone", "Mars/Base")], "query"),
        ("Sold", "reports", [("compare", "maybe")], "query"),
        ("Sold", "reports", [("figure", "weather")], "query"),
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
