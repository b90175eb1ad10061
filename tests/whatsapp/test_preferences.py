"""People who tell WhatsApp that they want no marketing messages of ours."""

from typing import Any

import pytest
from attrs import evolve

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.domain.inbound import MarketingChoice
from kaisa_relay.ports import ItemKind, NewItem
from kaisa_relay.whatsapp.rows import UnreadableRow, read_item
from tests.whatsapp.test_account_webhooks import EVERY, FIRST, rows

FIELD = "user_preferences"
STOP = {
    "wa_id": "12025550100", "user_id": "US.1", "detail": "User requested to stop",
    "category": "marketing_messages", "value": "stop", "timestamp": 1731705721,
}  # fmt: skip
RESUME = {**STOP, "value": "resume"}


def told(*preferences: Any, **value: Any) -> tuple[NewItem, ...]:
    """Return the rows of a POST with these choices."""
    return rows(FIELD, {"user_preferences": list(preferences), **value})


def test_a_row_for_each_choice() -> None:
    """Once per workspace, whatever numbers it has; a stored row tells the same again."""
    found = told(STOP, RESUME)
    vera = Sender("12025550100", "US.1")
    assert [each.item for each in found] == [
        MarketingChoice(vera, wanted=False),
        MarketingChoice(vera, wanted=True),
    ]
    assert {each.channel for each in found} == {FIRST.id}
    assert [read_item(ItemKind.ACCOUNT, each.body) for each in found] == [
        each.item for each in found
    ]
    assert len({each.dedup for each in found}) == 2
    assert told(STOP)[0].dedup == told(STOP)[0].dedup


def test_who_shows_no_number() -> None:
    """Is known by their BSUID."""
    (row,) = told({name: each for name, each in STOP.items() if name != "wa_id"})
    assert row.item == MarketingChoice(Sender(None, "US.1"), wanted=False)


def test_a_number_that_is_named() -> None:
    """Is the one that it is about."""
    second = EVERY[1]
    (row,) = told(STOP, metadata={"phone_number_id": second.phone_number_id})
    assert row.channel == second.id


def test_every_workspace_of_an_account_hears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = evolve(FIRST, id=ChannelId(9), workspace=WorkspaceId(77))
    monkeypatch.setattr("tests.whatsapp.test_account_webhooks.EVERY", (*EVERY, theirs))
    assert {each.workspace for each in told(STOP)} == {FIRST.workspace, WorkspaceId(77)}


@pytest.mark.parametrize(
    "preference",
    [
        {**STOP, "value": "pause"},
        {**STOP, "category": "utility_messages"},
        {**STOP, "wa_id": "", "user_id": ""},
        {**STOP, "value": 7},
        "stop",
        None,
    ],
)
def test_what_is_no_choice(preference: Any) -> None:
    """Is kept like every field that we do not act on."""
    (row,) = told(preference)
    assert (row.workspace, row.item) == (None, None)


@pytest.mark.parametrize("value", [[], "stop", {"user_preferences": "stop"}, {}])
def test_a_value_of_another_shape(value: Any) -> None:
    (row,) = rows(FIELD, value)
    assert row.workspace is None


def test_a_damaged_row() -> None:
    """Is said to be one."""
    with pytest.raises(UnreadableRow):
        read_item(ItemKind.ACCOUNT, b'{"preference":{"value":"stop"}}')
