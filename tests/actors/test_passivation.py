"""Idle conversations leave memory and come back, with nothing lost between."""

from datetime import timedelta

import pytest
import trio
from attrs import evolve as replace
from trio.testing import MockClock

from kaisa_relay.actors.conversation.actor import IDLE_AFTER
from kaisa_relay.domain.conversation.evolving import evolve
from kaisa_relay.domain.ids import ConversationId
from tests import fakes
from tests.actors.house import AGENT, BRUNO, VISITOR, House, Plan, form, open_house

LONG = IDLE_AFTER * 3
THE_OTHER, AGENT_OF_THE_OTHER = form(160, "Olga Other"), form(161, "Axel Agent")


def check_row(house: House, conversation: ConversationId) -> None:
    """The row says what its stream says."""
    row = house.store.rows.conversations[fakes.WORKSPACE, conversation]
    history = house.store.rows.streams[fakes.WORKSPACE, f"conversation/{conversation}"]
    state = row.state
    for recorded in history[row.version :]:
        state = evolve(state, recorded.event)
    assert row.version == len(history)
    assert state == row.state


async def test_an_idle_conversation_leaves_and_comes_back(autojump_clock: MockClock) -> None:
    """Out of memory with its row written; the next message finds it as it was."""
    async with open_house() as house:
        reservation = await house.talking()
        await house.write(VISITOR, "one")
        assert house.actors.router.statistics()["live"] == 1
        await house.pass_time(LONG)
        assert house.actors.router.statistics()["live"] == 0
        check_row(house, reservation.conversation)
        await house.write(VISITOR, "two")
        assert house.texts(AGENT)[-2:] == ["one", "two"]
        assert house.actors.router.statistics()["live"] == 1


async def test_nothing_of_its_people_stays_in_memory(autojump_clock: MockClock) -> None:
    """Who they are is remembered while it is live, and read again on the way back, each time."""
    async with open_house() as house:
        await house.talking()
        await house.talking(AGENT_OF_THE_OTHER, visitor=THE_OTHER)
        for n in range(3):
            await house.write(VISITOR, f"hello {n}")
            await house.write(AGENT, f"hi {n}")
            await house.write(THE_OTHER, f"hej {n}")
            await house.write(AGENT_OF_THE_OTHER, f"hejsan {n}")
            assert house.actors.router.statistics()["remembered"] == 8
            await house.pass_time(LONG)
            assert house.actors.router.statistics()["remembered"] == 0
        assert house.texts(AGENT)[-3:] == ["hello 0", "hello 1", "hello 2"]
        assert house.texts(THE_OTHER)[-1] == "hejsan 2"
        house.check_finished()


async def test_it_comes_back_for_its_deadline(autojump_clock: MockClock) -> None:
    """A link that nobody scans lapses though its conversation is not in memory."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        assert house.actors.router.statistics()["live"] == 0
        await house.pass_time(timedelta(minutes=29))
        assert await house.phase(reservation.conversation) == "reserved"
        await house.pass_time(timedelta(minutes=2))
        assert await house.phase(reservation.conversation) == "abandoned"
        await house.pass_time(LONG)
        assert house.actors.router.statistics()["live"] == 0


async def test_nudge_and_expiry_come_from_the_last_message(autojump_clock: MockClock) -> None:
    """Messages moved the deadline without writing the row: it still fires when it is due."""
    terms = replace(fakes.PATIENT, expires_after=timedelta(hours=2))
    async with open_house(Plan(terms=terms)) as house:
        reservation = await house.talking()
        await house.pass_time(timedelta(hours=1))
        await house.write(VISITOR, "still here")
        await house.pass_time(timedelta(minutes=109))
        assert "still here" in house.texts(AGENT)[-1]
        await house.pass_time(timedelta(minutes=2))
        assert "quiet" in house.texts(AGENT)[-1]
        await house.pass_time(timedelta(minutes=10))
        assert await house.phase(reservation.conversation) == "closed"
        assert "quiet" in house.texts(VISITOR)[-1]


@pytest.mark.parametrize("seed", range(20))
async def test_traffic_on_the_idle_deadline(autojump_clock: MockClock, seed: int) -> None:
    """Messages timed onto the moment of leaving: none falls between."""
    async with open_house(Plan(seed=seed)) as house:
        await house.talking()
        house.store.latency = 0.001 * (seed % 4)
        before = len(house.texts(AGENT))
        words = [f"word {n}" for n in range(12)]
        for number, word in enumerate(words):
            await house.arrive(house.item(VISITOR, word))
            # From a little before the end of patience to a little after the row was written.
            await trio.sleep(IDLE_AFTER - 0.004 + 0.001 * ((number * 7 + seed) % 12))
        await house.pass_time(30)
        assert house.texts(AGENT)[before:] == words
        house.check_finished()


@pytest.mark.parametrize("out", [False, True], ids=["in memory", "passivated"])
async def test_deadlines_survive_a_restart(autojump_clock: MockClock, out: bool) -> None:
    """The process ends and comes back at once: link, nudge and expiry fire when they are due."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.pass_time(LONG if out else 1)
        store, gateway = house.store.restart(), house.gateway
    async with open_house(Plan(store=store, gateway=gateway)) as house:
        await house.pass_time(timedelta(minutes=28) - timedelta(seconds=LONG if out else 1))
        assert await house.phase(reservation.conversation) == "reserved"
        await house.pass_time(timedelta(minutes=3))
        assert await house.phase(reservation.conversation) == "abandoned"


async def test_what_was_said_before_a_start_counts_first(autojump_clock: MockClock) -> None:
    """The yes waits behind other rows when the offer has run out: it is decided before that."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        await house.pass_time(110)
        store, gateway = house.store.restart(), house.gateway
        yes = house.item(AGENT, house.button(AGENT, "Accept"))
        rows = [house.item(form(300 + n), "noise") for n in range(30)]
        rows = [house.item(VISITOR, "still here"), *rows, yes]
    await store.inbox.store(rows)
    await trio.sleep(15)
    store.latency = 0.05
    async with open_house(Plan(store=store, gateway=gateway)) as house:
        await house.pass_time(30)
        assert await house.phase(reservation.conversation) == "active"
        assert house.offered(BRUNO) == 0


async def test_an_offer_survives_a_restart(autojump_clock: MockClock) -> None:
    """A restart in the middle of an offer: the answer counts; silence goes to the next agent."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        store, gateway = house.store.restart(), house.gateway
    async with open_house(Plan(store=store, gateway=gateway)) as house:
        await house.pass_time(130)
        assert house.offered(BRUNO) == 1
        store, gateway = house.store.restart(), house.gateway
    async with open_house(Plan(store=store, gateway=gateway)) as house:
        await house.tap(BRUNO, "Accept")
        assert await house.phase(reservation.conversation) == "active"
        house.check_finished()
