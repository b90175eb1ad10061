"""What an actor is told may get lost in a full mailbox: what it must know comes by a row."""

import trio
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.actors.bounds import Bounds
from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.inbound import IdentityChange
from kaisa_relay.ports import Append, ItemKind, NewItem
from tests import fakes
from tests.actors.house import AGENT, Plan, open_house, unnumbered


async def test_another_bsuid_while_the_mailbox_is_full(autojump_clock: MockClock) -> None:
    bounds = evolve(Bounds(), conversation=1)
    async with open_house(Plan(bounds=bounds)) as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation, unnumbered("Vera", "US.old"))
        await house.tap(AGENT, "Accept")

        async def slowly(append: Append) -> None:
            if append.stream.startswith("conversation/"):
                await trio.sleep(5)

        house.traps.follow = slowly
        for text in ("one", "two", "three"):
            await house.write(AGENT, text)
        change = IdentityChange(
            "wamid.change", Sender(None, "US.old"), Sender(None, "US.new"), house.wall()
        )
        kind, channel = ItemKind.MESSAGE, ChannelId(1)
        await house.arrive(NewItem(fakes.WORKSPACE, channel, kind, change.wamid, b"{}", change))
        await house.pass_time(60)
        await house.write(AGENT, "where do you read this?")
        await house.pass_time(60)
        assert house.texts("US.new")[-1:] == ["where do you read this?"]
        house.check_finished()
