"""Capacity over channels, who spoke to the visitor last, and several asked at once."""

from itertools import permutations

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.actors.messages import AgentProposed, AgentsProposed
from kaisa_relay.domain.conversation.events import AgentAccepted, AgentOffered
from kaisa_relay.domain.conversation.terms import Strategy
from kaisa_relay.domain.sending import Rejected
from tests import fakes
from tests.actors.house import AGENT, BRUNO, Plan, form, open_house

CARLA = form(202, "Carla Agent")
DORA = form(203, "Dora Agent")
ALL = (AGENT, BRUNO, CARLA)
BROADCAST, STICKY = Strategy.BROADCAST, Strategy.STICKY
TAKEN = "no longer available"


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("together", [True, False], ids=["one POST", "three POSTs"])
async def test_all_three_accept_in_one_millisecond(
    autojump_clock: MockClock, order: tuple[int, ...], together: bool
) -> None:
    """One wins, the others hear it and are free for the next visitor at once."""
    async with open_house() as house:
        link = await house.reserved(*ALL, DORA, strategy=BROADCAST)
        for agent in ALL:
            await house.write(agent, "/status")  # their windows are open
        await house.scan(link)
        assert [house.offered(agent) for agent in (*ALL, DORA)] == [1, 1, 1, 0]
        items = [house.item(ALL[at], house.button(ALL[at], "Accept")) for at in order]
        posts = [items] if together else [[item] for item in items]
        for post in posts:
            await house.arrive(*post)
        await house.pass_time(5)
        events = house.events(link.conversation)
        [won] = [event for event in events if isinstance(event, AgentAccepted)]
        winner = won.agent
        for agent in ALL:
            contact = house.store.rows.identities[fakes.WORKSPACE, "phone", agent.phone]
            held = house.store.rows.pairs[fakes.WORKSPACE, link.channel, contact].conversation
            assert held == (link.conversation if contact == winner else None)
            assert any(TAKEN in text for text in house.texts(agent)) == (contact != winner)
        assert await house.phase(link.conversation) == "active"
        house.check_finished()


async def test_a_broadcast_goes_on_with_the_next(autojump_clock: MockClock) -> None:
    """Two are asked and say no (or cannot be reached); then those who are left."""
    async with open_house() as house:
        house.accounts.add(evolve(house.accounts.workspace(fakes.WORKSPACE), broadcast_to=2))
        house.gateway.answer_next(BRUNO.phone, Rejected(131026, "not on WhatsApp"))
        link = await house.reserved(*ALL, DORA, strategy=BROADCAST)
        await house.scan(link)
        assert [house.offered(agent) for agent in (*ALL, DORA)] == [1, 0, 0, 0]
        await house.tap(AGENT, "Decline")
        assert [house.offered(agent) for agent in (CARLA, DORA)] == [1, 1]
        await house.tap(DORA, "Accept")
        assert await house.phase(link.conversation) == "active"
        house.check_finished()


async def test_two_broadcasts_share_the_agents(autojump_clock: MockClock) -> None:
    """Nobody is asked by both on one channel; the losers of the first serve the second."""
    async with open_house() as house:
        first = await house.reserved(*ALL, strategy=BROADCAST)
        second = await house.reserved(*ALL, strategy=BROADCAST, visitor=form(101))
        await house.scan(first)
        await house.scan(second, form(101))
        assert [house.offered(agent) for agent in ALL] == [1, 1, 1]
        await house.tap(BRUNO, "Accept")
        assert [house.offered(agent) for agent in ALL] == [2, 1, 2]
        await house.tap(CARLA, "Accept")
        for link in (first, second):
            assert await house.phase(link.conversation) == "active"
        house.check_finished()


async def test_a_broadcast_that_loses_an_agent_asks_again(autojump_clock: MockClock) -> None:
    """Somebody else's commit had a pair first: nobody is asked by halves, and then the rest."""
    async with open_house() as house:
        link = await house.reserved(AGENT, BRUNO, visitor=form(101), strategy=BROADCAST)
        await house.talking()
        pool = house.context.exchange.pools[fakes.WORKSPACE]
        before = pool.capacity
        pool.capacity = 0  # the pool is not heard for a moment
        await house.scan(link, form(101))
        pool.capacity = before
        contacts = [
            house.store.rows.identities[fakes.WORKSPACE, "phone", agent.phone]
            for agent in (BRUNO, AGENT)
        ]
        both = AgentsProposed(tuple(AgentProposed(each, False) for each in contacts))
        house.slots.tell(fakes.WORKSPACE, link.conversation, both)
        await house.pass_time(1)
        assert (house.offered(AGENT), house.offered(BRUNO)) == (1, 1)
        offers = [e for e in house.events(link.conversation) if isinstance(e, AgentOffered)]
        assert [each.agent for each in offers] == contacts[:1]


async def test_sticky_finds_who_spoke_to_them_last(autojump_clock: MockClock) -> None:
    """Also after a link that nobody used; the next in the list while they are taken."""
    async with open_house() as house:
        await house.talking(BRUNO)
        await house.write(BRUNO, "/close")
        unused = await house.reserved(AGENT, BRUNO)
        await house.desk.end(fakes.WORKSPACE, unused.conversation)
        link = await house.reserved(AGENT, BRUNO, strategy=STICKY)
        asked = house.offered(BRUNO)
        await house.scan(link)
        assert (house.offered(AGENT), house.offered(BRUNO)) == (0, asked + 1)
        await house.tap(BRUNO, "Decline")
        assert house.offered(AGENT) == 1


async def test_a_capacity_counts_over_all_channels(autojump_clock: MockClock) -> None:
    """One chat at a time, on whichever number; the next visitor is served when it ends."""
    busy = evolve(AGENT, capacity=1)
    async with open_house(Plan(channels=2)) as house:
        links = [await house.reserved(busy, visitor=form(number)) for number in (100, 101)]
        assert {link.channel for link in links} == {1, 2}
        for number, link in zip((100, 101), links, strict=True):
            await house.scan(link, form(number))
        assert house.offered(busy) == 1
        await house.tap(busy, "Accept", int(links[0].channel))
        await house.pass_time(60)
        assert house.offered(busy) == 1
        await house.write(busy, "/close", int(links[0].channel))
        assert house.offered(busy) == 2
        offers = [e for e in house.events(links[1].conversation) if isinstance(e, AgentOffered)]
        assert len(offers) == 1
        house.check_finished()


async def test_nobody_is_handed_more_than_their_capacity(autojump_clock: MockClock) -> None:
    """Bruno's one chat is on another number; the agent hears that he is not free."""
    busy = evolve(BRUNO, capacity=1)
    async with open_house(Plan(channels=2)) as house:
        first = await house.talking(busy, form(100))
        link = await house.reserved(AGENT, busy, visitor=form(101))
        assert link.channel != first.channel
        await house.scan(link, form(101))
        await house.tap(AGENT, "Accept", int(link.channel))
        await house.write(AGENT, "/transfer bruno", int(link.channel))
        assert house.offered(busy) == 1
        assert "Bruno cannot take a chat here" in house.texts(AGENT)[-1]
