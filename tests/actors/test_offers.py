"""One winner, one conversation per agent and channel, and the order of asking."""

from datetime import timedelta
from itertools import permutations

import pytest
import trio
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.actors.conversation.searching import wanted
from kaisa_relay.actors.messages import AgentProposed
from kaisa_relay.domain.content import Content
from kaisa_relay.domain.conversation.events import AgentAccepted, AgentOffered, OfferExpired
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.sending import Rejected
from kaisa_relay.ports import Append, FormPerson
from tests import fakes
from tests.actors.house import AGENT, BRUNO, VISITOR, House, form, open_house

CARLA = form(202, "Carla Agent")
TAKEN = "no longer available"
MISSED = "goes to somebody else"


async def buttons(house: House) -> list[tuple[FormPerson, Content]]:
    """Ask three agents one after the other, so that all have the buttons of one conversation."""
    reservation = await house.reserved(AGENT, BRUNO, CARLA)
    await house.scan(reservation)
    await house.pass_time(125)
    await house.pass_time(125)
    assert house.offered(CARLA) == 1
    return [(who, house.button(who, "Accept")) for who in (AGENT, BRUNO, CARLA)]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("together", [True, False], ids=["one POST", "three POSTs"])
async def test_all_accept_at_once(
    autojump_clock: MockClock, order: tuple[int, ...], together: bool
) -> None:
    """Whatever the order, the one who has the open offer wins, and the others are told so."""
    async with open_house() as house:
        taps = await buttons(house)
        items = [house.item(*taps[index]) for index in order]
        if together:
            await house.arrive(*items)
        else:
            for item in items:
                await house.arrive(item)
        await house.pass_time(5)
        stream = next(iter(house.store.rows.conversations))[1]
        won = [event for event in house.events(stream) if isinstance(event, AgentAccepted)]
        assert len(won) == 1
        assert "Everything you write here goes to them" in house.texts(CARLA)[-1]
        for late in (AGENT, BRUNO):
            told = [text for text in house.texts(late) if TAKEN in text or MISSED in text]
            assert len(told) == 1
        house.check_finished()


@pytest.mark.parametrize("first", ["answer", "deadline"])
async def test_an_answer_on_the_deadline(autojump_clock: MockClock, first: str) -> None:
    """The yes comes in the very moment in which the offer runs out: one winner, either way."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        await house.pass_time(119.99 if first == "answer" else 120.01)
        await house.tap(AGENT, "Accept")
        if first == "answer":
            assert await house.phase(reservation.conversation) == "active"
            assert house.offered(BRUNO) == 0
        else:
            assert house.offered(BRUNO) == 1
            assert MISSED in house.texts(AGENT)[-1]
        house.check_finished()


async def test_a_tap_twice_is_no_news(autojump_clock: MockClock) -> None:
    """The winner taps again: nothing happens."""
    async with open_house() as house:
        await house.talking()
        before = len(house.sent(AGENT))
        await house.tap(AGENT, "Accept")
        await house.tap(AGENT, "Accept")
        assert len(house.sent(AGENT)) == before


@pytest.mark.parametrize("latency", [0.0, 0.01, 1.0])
async def test_one_agent_wanted_by_many(autojump_clock: MockClock, latency: float) -> None:
    """Ten visitors at once, one agent: never two at a time, and each in the order of asking."""
    visitors = [form(100 + n, f"Visitor {n}") for n in range(10)]
    async with open_house() as house:
        house.store.latency = latency / 50
        links = [await house.reserved(AGENT, visitor=each) for each in visitors]
        await house.arrive(
            *[house.item(who, link.url) for who, link in zip(visitors, links, strict=True)]
        )
        await house.pass_time(5 + latency * 5)
        served = []
        for _ in visitors:
            assert len(agents_pairs(house)) == 1
            await house.tap(AGENT, "Accept")
            await house.pass_time(2)
            [now] = [each for each in links if await house.phase(each.conversation) == "active"]
            served.append(now.conversation)
            await house.write(AGENT, "/close")
            await house.pass_time(2)
        assert served == [link.conversation for link in links]
        house.check_finished()


def agents_pairs(house: House) -> list[object]:
    """Return the live conversations that the agent is in on the channel."""
    contact = house.store.rows.identities[fakes.WORKSPACE, "phone", AGENT.phone]
    pairs = house.store.rows.pairs
    return [
        pair for key, pair in pairs.items() if key[2] == contact and pair.conversation is not None
    ]


async def test_nobody_overtakes_who_waits(autojump_clock: MockClock) -> None:
    """Word of the freed agent is late, and a newcomer asks first: the one who waited is served."""
    async with open_house() as house:
        patient = await house.reserved(AGENT, visitor=form(101))
        new = await house.reserved(AGENT, visitor=form(102))
        talk = await house.talking()
        await house.scan(patient, form(101))
        pool = house.context.exchange.pools[fakes.WORKSPACE]
        state = house.store.rows.conversations[fakes.WORKSPACE, new.conversation].state
        asked_for = wanted(state, house.context.wall())
        await house.scan(new, form(102))
        await house.pass_time(6)
        # Free in the directory, while what tells the pool of it is still in its mailbox.
        contact = house.store.rows.identities[fakes.WORKSPACE, "phone", AGENT.phone]
        key = (fakes.WORKSPACE, talk.channel, contact)
        house.store.rows.pairs[key] = evolve(house.store.rows.pairs[key], conversation=None)
        pool.tell(asked_for)
        await house.pass_time(1)
        offered = [
            stream
            for stream in (patient.conversation, new.conversation)
            if any(isinstance(event, AgentOffered) for event in house.events(stream))
        ]
        assert offered == [patient.conversation]


async def test_an_offer_that_fails_goes_on_at_once(autojump_clock: MockClock) -> None:
    """WhatsApp refuses the template for this agent: the next one is asked without a wait."""
    async with open_house() as house:
        house.gateway.answer_next(AGENT.phone, Rejected(131026, "not on WhatsApp"))
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        assert (house.offered(AGENT), house.offered(BRUNO)) == (0, 1)
        await house.tap(BRUNO, "Accept")
        assert await house.phase(reservation.conversation) == "active"


async def test_everybody_says_no(autojump_clock: MockClock) -> None:
    """The visitor queues, hears it once, and hears the end of it once."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        await house.tap(AGENT, "Decline")
        await house.write(BRUNO, "no")
        await house.pass_time(700)
        assert await house.phase(reservation.conversation) == "failed"
        assert len(house.texts(VISITOR)) == 3  # seeking, queued, nobody
        house.check_finished()


async def test_an_agent_who_was_taken_meanwhile(autojump_clock: MockClock) -> None:
    """The pool held an agent whose pair somebody else has: the next one is asked at once."""
    async with open_house() as house:
        link = await house.reserved(AGENT, BRUNO, visitor=form(101))
        await house.talking()
        contact = house.store.rows.identities[fakes.WORKSPACE, "phone", AGENT.phone]
        pool = house.context.exchange.pools[fakes.WORKSPACE]
        before = pool.capacity
        pool.capacity = 0  # the pool is not heard for a moment
        await house.scan(link, form(101))
        pool.capacity = before
        house.slots.tell(fakes.WORKSPACE, link.conversation, AgentProposed(contact, False))
        await house.pass_time(1)
        assert house.offered(BRUNO) == 1
        assert house.offered(AGENT) == 1


async def test_a_hold_lapses(autojump_clock: MockClock) -> None:
    """An agent proposed to a conversation that never offers is proposed to the next one."""
    async with open_house() as house:
        held = await house.reserved(AGENT, visitor=form(101))
        other = await house.reserved(AGENT)
        state = house.store.rows.conversations[fakes.WORKSPACE, held.conversation].state
        asked_for = wanted(state, house.context.wall())
        house.context.exchange.pools[fakes.WORKSPACE].tell(asked_for)
        await house.quiet()
        await house.scan(other)
        assert house.offered(AGENT) == 0
        await house.pass_time(31)
        assert house.offered(AGENT) == 1


async def test_an_offer_that_nobody_waits_for(autojump_clock: MockClock) -> None:
    """WhatsApp is away and the API ends the conversation: the offer does not go out afterwards."""
    async with open_house() as house:
        link = await house.reserved(AGENT)
        house.gateway.away = True
        await house.scan(link)
        await house.desk.end(fakes.WORKSPACE, link.conversation)
        await house.pass_time(5)
        house.gateway.away = False
        await house.pass_time(120)
        assert house.offered(AGENT) == 0
        assert "ended" in house.texts(VISITOR)[-1]
        house.check_finished()


async def test_who_missed_is_asked_again_as_soon_as_it_queues(autojump_clock: MockClock) -> None:
    """The queue may ask them once more; the visitor does not wait for the next look at the pool."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        await house.pass_time(121)
        assert house.offered(AGENT) == 2
        await house.tap(AGENT, "Accept")
        assert await house.phase(reservation.conversation) == "active"


async def test_what_was_said_before_the_deadline_counts_first(autojump_clock: MockClock) -> None:
    """The agent accepts in time, while the conversation is busy until after it."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)

        async def slowly(append: Append) -> None:
            if append.stream == f"conversation/{reservation.conversation}":
                await trio.sleep(10)

        await house.pass_time(Terms().offer_time - timedelta(seconds=5))
        house.traps.follow = slowly
        await house.write(VISITOR, "is anybody there?")
        await house.tap(AGENT, "Accept")
        house.traps.follow = None
        await house.pass_time(60)
        events = [type(each) for each in house.events(reservation.conversation)]
        assert (AgentAccepted in events, OfferExpired in events) == (True, False)
        assert await house.phase(reservation.conversation) == "active"
