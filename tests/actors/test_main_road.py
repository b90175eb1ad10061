"""From the form to the closing text, through every actor, on virtual time."""

from datetime import timedelta

import pytest
from trio.testing import MockClock

from kaisa_relay.domain.outgoing import Buttons, Template
from tests.actors.house import AGENT, BRUNO, VISITOR, open_house


async def test_a_visitor_and_an_agent_talk(autojump_clock: MockClock) -> None:
    """Scan, offer, accept, talk both ways, close: everybody gets what is theirs, once."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        assert await house.phase(reservation.conversation) == "reserved"
        await house.scan(reservation)
        assert len(house.texts(VISITOR)) == 1
        assert isinstance(house.sent(AGENT)[0], Template)
        await house.write(VISITOR, "first")
        await house.write(VISITOR, "second")
        await house.tap(AGENT, "Accept")
        assert house.texts(AGENT)[-2:] == ["first", "second"]
        assert await house.phase(reservation.conversation) == "active"
        await house.write(AGENT, "hello")
        assert house.texts(VISITOR)[-1] == "hello"
        await house.write(AGENT, "/close sold all good")
        assert await house.phase(reservation.conversation) == "closed"
        assert len(house.texts(VISITOR)) == 4


async def test_the_next_agent_is_asked_on_a_no(autojump_clock: MockClock) -> None:
    """One declines, the next one gets the offer."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        await house.tap(AGENT, "Decline")
        await house.tap(BRUNO, "Accept")
        await house.write(BRUNO, "hi there")
        assert house.texts(VISITOR)[-1] == "hi there"
        assert len(house.sent(AGENT)) == 1


@pytest.mark.parametrize("count", [1, 2])
async def test_silence_is_a_no(autojump_clock: MockClock, count: int) -> None:
    """An offer without answer goes to the next agent when its time is over."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        assert not house.sent(BRUNO)
        await house.pass_time(timedelta(seconds=125))
        assert len(house.sent(BRUNO)) == 1
        assert not any(isinstance(each, Buttons) for each in house.sent(BRUNO))
