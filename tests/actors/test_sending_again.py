""" "Send again" to a visitor who is away: it waits, through a restart, for the tap's sake."""

from datetime import timedelta

from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.sending import Rank
from tests import fakes
from tests.actors.house import AGENT, VISITOR, Plan, open_house

DAYS = Plan(terms=evolve(fakes.PATIENT, expires_after=timedelta(days=9)))
GRACE = timedelta(minutes=3)
WORD = "are you there?"


async def test_it_goes_once_when_the_visitor_is_back(autojump_clock: MockClock) -> None:
    """What WhatsApp says of the first try after that is no news to the agent."""
    async with open_house(DAYS) as house:
        await house.talking()
        await house.pass_time(timedelta(hours=23))
        house.gateway.answer_next(VISITOR.phone, fakes.Lost())
        await house.write(AGENT, WORD)
        first = house.update(Rank.FAILED, -1, 131026)
        await house.pass_time(GRACE)
        await house.pass_time(timedelta(hours=2))
        await house.tap(AGENT, "Send again")
        assert house.texts(VISITOR).count(WORD) == 1
        assert isinstance(house.sent(VISITOR)[-1], Template)
        told = house.sent(AGENT)
        await house.statuses(first)
        assert house.sent(AGENT) == told
        store, gateway = house.store, house.gateway
    async with open_house(evolve(DAYS, store=store, gateway=gateway)) as house:
        await house.write(VISITOR, "back")
        assert house.texts(VISITOR).count(WORD) == 2
        assert house.sent(AGENT) == [*told, Text("back")]
        house.check_finished()
