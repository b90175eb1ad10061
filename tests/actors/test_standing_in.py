"""Agents who go away with conversations in hand: what they are told, and who stands in for them."""

from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.conversation.events import (
    AgentCameBack,
    AgentWentAway,
    ConversationTransferred,
    ReplyOverdue,
)
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.outgoing import Buttons, Outgoing, Template
from kaisa_relay.domain.presence import TeamPauses
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.ports import FormPerson, Reservation
from tests import fakes
from tests.actors.house import AGENT, BRUNO, VISITOR, House, Plan, form, open_house
from tests.actors.test_presence import contact

CARLA = form(202, "Carla Agent")
OTHER = form(101, "Otto Other")
TERMS: Final = Terms(first_reply_time=timedelta(minutes=5), resume_time=timedelta(0))
WAIT: Final = timedelta(minutes=5, seconds=5)
PLAN: Final = Plan(terms=TERMS)


async def talking(house: House, *others: FormPerson) -> Reservation:
    """Vera talks to Anna, who has answered; the others could."""
    reservation = await house.reserved(AGENT, *(others or (BRUNO,)))
    await house.scan(reservation)
    await house.tap(AGENT, "Accept")
    await house.write(AGENT, "hello")
    return reservation


def happened(house: House, reservation: Reservation) -> list[type]:
    """Return what happened, of what this is about."""
    kinds = (AgentWentAway, AgentCameBack, ReplyOverdue, ConversationTransferred)
    events = house.events(reservation.conversation)
    return [type(event) for event in events if isinstance(event, kinds)]


def buttons(outgoing: Outgoing) -> list[str]:
    """Return the labels of a message."""
    return [each.title for each in outgoing.buttons] if isinstance(outgoing, Buttons) else []


@pytest.mark.parametrize("typed", ["/off", "/pause 2h"])
async def test_what_stays_is_told_with_a_button(autojump_clock: MockClock, typed: str) -> None:
    """How many, whose, and one tap that hands the one of this chat over."""
    async with open_house(PLAN) as house:
        reservation = await talking(house)
        await house.write(AGENT, typed)
        assert "Still with you: 1 (Vera)" in house.texts(AGENT)[-1]
        assert buttons(house.sent(AGENT)[-1]) == ["Hand over"]
        await house.tap(AGENT, "Hand over")
        assert "asked Bruno" in house.texts(AGENT)[-1]
        await house.tap(BRUNO, "Accept")
        assert happened(house, reservation) == [AgentWentAway, ConversationTransferred]
        await house.tap(AGENT, "Hand over")  # an old button now
        assert "no longer available" in house.texts(AGENT)[-1]
        house.check_finished()


async def test_the_button_stands_for_the_chat_that_it_is_in(autojump_clock: MockClock) -> None:
    """Two chats on two numbers; who has none, or nobody to hand it to, gets no button."""
    async with open_house(evolve(PLAN, channels=2)) as house:
        await talking(house)
        second = await house.reserved(AGENT, visitor=OTHER)
        await house.scan(second, OTHER)
        await house.tap(AGENT, "Accept", 2)
        await house.write(AGENT, "/off", 2)
        assert "Still with you: 2 (Vera, Otto)" in house.texts(AGENT)[-1]
        assert buttons(house.sent(AGENT)[-1]) == []
        await house.write(AGENT, "/pause 1h", 1)
        assert buttons(house.sent(AGENT)[-1]) == ["Hand over"]
        await house.write(BRUNO, "/off")
        assert house.texts(BRUNO)[-1] == "You get no new chats until you send /on."


async def test_a_visitor_who_waits_is_offered_to_a_colleague(autojump_clock: MockClock) -> None:
    """Who reads why, and what was said; Anna keeps it until then, and Vera hears who it is."""
    async with open_house(PLAN) as house:
        reservation = await talking(house)
        await house.write(AGENT, "/off")
        await house.write(VISITOR, "is it red?")
        await house.pass_time(WAIT)
        assert "we have asked Bruno" in house.texts(AGENT)[-1]
        offer = house.sent(BRUNO)[-1]
        assert isinstance(offer, Template)
        assert offer.parameters == ("Vera", "Anna is away, and they are waiting for an answer")
        await house.tap(BRUNO, "Accept")
        assert "Vera: is it red?" in house.texts(BRUNO)[-1]
        assert "talking to Bruno" in house.texts(VISITOR)[-1]
        assert "Bruno has taken over" in house.texts(AGENT)[-1]
        expected = [AgentWentAway, ReplyOverdue, ConversationTransferred]
        assert happened(house, reservation) == expected
        house.check_finished()


async def test_an_answer_in_time_or_after_the_offer(autojump_clock: MockClock) -> None:
    """Nobody else is asked; who was asked hears that it is taken."""
    async with open_house(PLAN) as house:
        await talking(house)
        await house.write(AGENT, "/off")
        await house.write(VISITOR, "is it red?")
        await house.pass_time(timedelta(minutes=4))
        await house.write(AGENT, "it is")
        await house.pass_time(WAIT)
        assert house.offered(BRUNO) == 0
        await house.write(VISITOR, "how red?")
        await house.pass_time(WAIT)
        assert house.offered(BRUNO) == 1
        await house.write(AGENT, "very")
        await house.tap(BRUNO, "Accept")
        assert "no longer available" in house.texts(BRUNO)[-1]
        assert house.texts(VISITOR)[-1] == "very"
        house.check_finished()


async def test_nobody_takes_it(autojump_clock: MockClock) -> None:
    """One after the other, then it stays with Anna, who hears so."""
    async with open_house(PLAN) as house:
        reservation = await talking(house, BRUNO, CARLA)
        await house.write(AGENT, "/off")
        await house.write(VISITOR, "is it red?")
        await house.pass_time(WAIT)
        await house.tap(BRUNO, "Decline")
        await house.pass_time(2)
        assert house.offered(CARLA) == 1
        await house.pass_time(125)
        assert "nobody else is free" in house.texts(AGENT)[-1]
        await house.pass_time(timedelta(hours=1))
        assert (house.offered(BRUNO), house.offered(CARLA)) == (1, 1)
        await house.write(AGENT, "red it is")
        assert house.texts(VISITOR)[-1] == "red it is"
        assert await house.phase(reservation.conversation) == "active"
        house.check_finished()


async def test_the_team_pauses_who_has_a_conversation(autojump_clock: MockClock) -> None:
    """The same; and when the pause is over, nobody stands in."""
    async with open_house(PLAN) as house:
        reservation = await talking(house)
        sam = Requester(RequesterKind.USER, 7)
        pause = TeamPauses(timedelta(hours=1), sam)
        assert await house.desk.wish(fakes.WORKSPACE, contact(house, AGENT), pause) is None
        await house.quiet()
        assert "Still with you: 1 (Vera)" in house.texts(AGENT)[-1]
        assert buttons(house.sent(AGENT)[-1]) == ["Hand over"]
        await house.pass_time(timedelta(hours=1))
        assert happened(house, reservation) == [AgentWentAway, AgentCameBack]
        await house.write(VISITOR, "is it red?")
        await house.pass_time(WAIT)
        assert house.offered(BRUNO) == 0


@pytest.mark.parametrize("idle", [1, 400])
async def test_the_wait_outlives_a_restart(autojump_clock: MockClock, idle: float) -> None:
    """In memory or out of it when the visitor wrote: the row says when to look."""
    async with open_house(PLAN) as house:
        reservation = await talking(house)
        await house.write(AGENT, "/off")
        await house.pass_time(idle)
        await house.write(VISITOR, "is it red?")
        store, gateway = house.store.restart(), house.gateway
    async with open_house(evolve(PLAN, store=store, gateway=gateway)) as house:
        await house.pass_time(WAIT)
        assert house.offered(BRUNO) == 1
        assert happened(house, reservation) == [AgentWentAway, ReplyOverdue]


async def test_a_restart_between_the_command_and_the_conversation(
    autojump_clock: MockClock,
) -> None:
    """What the conversation must hear is in the commit of the command."""
    async with open_house(PLAN) as house:
        reservation = await talking(house)
        house.traps.set(lambda call: "conversation/" in getattr(call, "stream", ""), times=99)
        await house.write(AGENT, "/off")
        store, gateway = house.store.restart(), house.gateway
    async with open_house(evolve(PLAN, store=store, gateway=gateway)) as house:
        assert happened(house, reservation) == [AgentWentAway]


async def test_two_conversations_want_the_same_colleague(autojump_clock: MockClock) -> None:
    """In one moment, with a slow store: the pair decides, the other looks again later."""
    async with open_house(PLAN) as house:
        await talking(house, CARLA)
        second = await house.reserved(BRUNO, CARLA, visitor=OTHER)
        await house.scan(second, OTHER)
        await house.tap(BRUNO, "Accept")
        await house.write(BRUNO, "hello")
        await house.write(AGENT, "/off")
        await house.write(BRUNO, "/off")
        house.store.latency = 0.05
        await house.arrive(house.item(VISITOR, "well?"), house.item(OTHER, "well?"))
        await house.pass_time(WAIT)
        assert house.offered(CARLA) == 1
        told = [text for who in (AGENT, BRUNO) for text in house.texts(who)]
        assert sum("we have asked Carla" in text for text in told) == 1
        assert sum("nobody else is free" in text for text in told) == 1
        await house.tap(CARLA, "Decline")
        await house.pass_time(WAIT)
        assert house.offered(CARLA) == 2
        house.check_finished()
