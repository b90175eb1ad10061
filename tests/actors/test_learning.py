"""What a message tells about its sender is kept, also when its first hearing came to nothing."""

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.ports import Append, Done, SaveContact
from tests.actors.house import AGENT, VISITOR, Plan, open_house, sender_of, unnumbered

BSUID = "US.vera"


def learns(call: object) -> bool:
    """Match the commit that decides a message and saves who wrote it."""
    return (
        isinstance(call, Append)
        and any(isinstance(each, SaveContact) for each in call.changes)
        and any(isinstance(each, Done) for each in call.changes)
    )


@pytest.mark.parametrize("crashes", [0, 1])
async def test_a_sender_is_learnt_although_the_conversation_crashed(
    autojump_clock: MockClock, crashes: int
) -> None:
    """Their next message shows the BSUID alone, and the relay that reads it was restarted."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        trap = house.traps.set(learns, times=crashes)
        await house.scan(reservation, evolve(sender_of(VISITOR), bsuid=BSUID))
        await house.pass_time(5)
        assert trap.sprung == crashes
        await house.tap(AGENT, "Accept")
    async with open_house(Plan(store=house.store, gateway=house.gateway)) as house:
        await house.write(unnumbered("Vera", BSUID), "it is me")
        assert house.texts(AGENT)[-1] == "it is me"
