"""Several say yes in the very moment in which a broadcast ends: one outcome, and all hear it."""

from collections.abc import Awaitable, Callable

import pytest
import trio
from trio.testing import MockClock

from kaisa_relay.domain.conversation.events import AgentAccepted
from kaisa_relay.domain.conversation.terms import Strategy
from kaisa_relay.ports import Reservation
from tests import fakes
from tests.actors.house import AGENT, BRUNO, House, form, open_house

CARLA = form(202, "Carla Agent")
ALL = (AGENT, BRUNO, CARLA)
Deed = Callable[[House, Reservation], Awaitable[None]]


async def broadcast(house: House) -> Reservation:
    """Ask all three at once; their windows are open, so that each can be told what became of it."""
    link = await house.reserved(*ALL, strategy=Strategy.BROADCAST)
    for agent in ALL:
        await house.write(agent, "/status")
    await house.scan(link)
    assert [house.offered(agent) for agent in ALL] == [1, 1, 1]
    return link


async def accept(house: House, _: Reservation) -> None:
    """Anna and Bruno say yes in one POST."""
    await house.arrive(*(house.item(each, house.button(each, "Accept")) for each in (AGENT, BRUNO)))


async def end(house: House, link: Reservation) -> None:
    """The customer's backend ends the conversation."""
    await house.desk.end(fakes.WORKSPACE, link.conversation)


async def decline(house: House, _: Reservation) -> None:
    """Carla, the last who might, says no."""
    await house.arrive(house.item(CARLA, house.button(CARLA, "Decline")))


@pytest.mark.parametrize("latency", [0.0, 0.02])
@pytest.mark.parametrize(
    "deeds",
    [(accept, end), (end, accept), (accept, decline), (decline, accept)],
    ids=lambda pair: "-".join(each.__name__ for each in pair),
)
async def test_two_say_yes_as_it_ends(
    autojump_clock: MockClock, deeds: tuple[Deed, Deed], latency: float
) -> None:
    """At most one wins; who did not hears so, and everybody's pair is theirs again."""
    async with open_house() as house:
        link = await broadcast(house)
        house.store.latency = latency
        async with trio.open_nursery() as nursery:
            for deed in deeds:
                nursery.start_soon(deed, house, link)
        await house.pass_time(5)
        await check(house, link, ended=end in deeds)


@pytest.mark.parametrize("early", [0.01, -0.01, 0.0])
async def test_two_say_yes_as_its_time_runs_out(autojump_clock: MockClock, early: float) -> None:
    """A hair before, a hair after, and in the very moment."""
    async with open_house() as house:
        link = await broadcast(house)
        await house.pass_time(120 - early)
        await accept(house, link)
        await house.pass_time(5)
        await check(house, link, ended=False)


async def check(house: House, link: Reservation, *, ended: bool) -> None:
    """One winner at most, pairs as the outcome says, and an answer to each yes."""
    events = house.events(link.conversation)
    won = [event.agent for event in events if isinstance(event, AgentAccepted)]
    phase = await house.phase(link.conversation)
    assert len(won) <= 1
    assert phase == ("closed" if ended else "active" if won else "seeking")
    for agent in (AGENT, BRUNO):
        contact = house.store.rows.identities[fakes.WORKSPACE, "phone", agent.phone]
        held = house.store.rows.pairs[fakes.WORKSPACE, link.channel, contact].conversation
        asked_again = phase == "seeking" and house.offered(agent) > 1
        mine = phase == "active" and won == [contact]
        assert held == (link.conversation if mine or asked_again else None)
        heard = [text for text in house.texts(agent) if "You have no chat" not in text]
        assert heard, f"{agent.name} said yes and heard nothing"
    house.check_finished()
