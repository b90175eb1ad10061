"""What was read of somebody is older than what was learnt while it waited for its commit."""

import pytest
import trio
from trio.testing import MockClock

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.inbound import IdentityChange
from kaisa_relay.journal.memory import MemoryStore
from kaisa_relay.ports import ItemKind, NewItem
from tests import fakes
from tests.actors.house import (
    AGENT,
    BRUNO,
    VISITOR,
    House,
    Plan,
    form,
    open_house,
    sender_of,
    unnumbered,
)

NEW = form(150, "Vera on a new phone")


def notice(house: House) -> NewItem:
    """The visitor has another number."""
    change = IdentityChange("wamid.change", sender_of(VISITOR), sender_of(NEW), house.wall())
    kind, channel = ItemKind.MESSAGE, ChannelId(1)
    return NewItem(fakes.WORKSPACE, channel, kind, change.wamid, b"{}", change)


async def check_number(store: MemoryStore) -> None:
    """Also what another process knows leads to the new number alone."""
    async with open_house(Plan(store=store, channels=2)) as house:
        await house.write(AGENT, "where are you?")
        assert house.texts(NEW)[-1:] == ["where are you?"]
        assert house.sent(VISITOR) == []
        await house.write(VISITOR, "whose number is this?")
        assert "no open chat" in house.texts(VISITOR)[-1]


async def test_a_message_does_not_bring_an_old_number_back(autojump_clock: MockClock) -> None:
    """It shows its writer, waits for its conversation, and meanwhile they say that they moved."""
    async with open_house() as house:
        await house.talking()
        store = house.store
    async with open_house(Plan(store=store)) as house:
        store.latency = 0.05
        await house.arrive(house.item(VISITOR, "the last from the old phone"), notice(house))
        await house.pass_time(30)
        store.latency = 0
        assert house.texts(AGENT)[-1] == "the last from the old phone"
    await check_number(store)


@pytest.mark.parametrize("delay", [each / 20 + 0.025 for each in range(12)])
async def test_a_form_does_not_bring_an_old_number_back(
    autojump_clock: MockClock, delay: float
) -> None:
    """Whenever the notice comes while a reservation for the same person is on its way."""
    async with open_house(Plan(channels=2)) as house, trio.open_nursery() as nursery:
        await house.talking()
        store = house.store
        store.latency = 0.05
        nursery.start_soon(house.reserve, BRUNO, name="reserve")
        await trio.sleep(delay)
        await house.arrive(notice(house))
        await house.pass_time(30)
        store.latency = 0
    await check_number(store)


async def test_a_message_does_not_bring_an_old_bsuid_back(autojump_clock: MockClock) -> None:
    """The same for somebody who shows no number."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation, unnumbered("Vera", "US.old"))
        await house.tap(AGENT, "Accept")
        store = house.store
    async with open_house(Plan(store=store)) as house:
        before, after = Sender(None, "US.old"), Sender(None, "US.new")
        change = IdentityChange("wamid.change", before, after, house.wall())
        kind, channel = ItemKind.MESSAGE, ChannelId(1)
        moved = NewItem(fakes.WORKSPACE, channel, kind, change.wamid, b"{}", change)
        store.latency = 0.05
        await house.arrive(house.item(unnumbered("Vera", "US.old"), "the last word"), moved)
        await house.pass_time(30)
        store.latency = 0
    async with open_house(Plan(store=store)) as house:
        await house.write(AGENT, "where are you?")
        assert house.texts("US.new")[-1:] == ["where are you?"]
