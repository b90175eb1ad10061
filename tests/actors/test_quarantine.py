"""A conversation that keeps crashing is set aside alone, with everything that is said to it."""

import pytest
import trio
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.journal.memory import MemoryStore
from kaisa_relay.journal.memory.rows import InboxState
from kaisa_relay.ports import Reservation
from tests.actors.faults import Trap
from tests.actors.house import AGENT, BRUNO, VISITOR, House, Plan, appends, form, open_house

STUCK = "Something on our side"
ZOE = form(101, "Zoe")


def release_rows(store: MemoryStore, conversation: ConversationId) -> None:
    """Do to the rows what `kaisa-relay conversation release` does."""
    for id, row in list(store.rows.inbox.items()):
        if row.stream == f"conversation/{conversation}" and row.state is InboxState.PARKED:
            store.rows.inbox[id] = evolve(row, state=InboxState.NEW, stream=None, reason=None)


async def poisoned(house: House) -> tuple[Reservation, Trap]:
    """Bring about a conversation that crashes on whatever is decided, and has given up."""
    reservation = await house.talking()
    house.traps.set(lambda call: appends(reservation.conversation)(call) and _decides(call))
    trap = house.traps.traps[-1]
    trap.times = 6
    await house.write(VISITOR, "one")
    await house.pass_time(30)
    return reservation, trap


def _decides(call: object) -> bool:
    changes = getattr(call, "changes", ())
    return any(type(each).__name__ == "Done" for each in changes)


async def test_its_rows_are_parked_and_the_agent_is_told_once(autojump_clock: MockClock) -> None:
    """Six crashes, and it is out: the agent hears it once, the visitor nothing, nothing is lost."""
    async with open_house() as house:
        _, trap = await poisoned(house)
        assert trap.sprung == 6
        seen = len(house.texts(VISITOR))
        for word in ("two", "three"):
            await house.write(VISITOR, word)
        await house.write(AGENT, "hello?")
        await house.pass_time(600)
        assert sum(STUCK in text for text in house.texts(AGENT)) == 1
        assert len(house.texts(VISITOR)) == seen
        assert len(house.waiting(InboxState.PARKED)) == 4
        assert house.actors.router.statistics()["quarantined"] == 1
        house.check_finished()


async def test_others_talk_on(autojump_clock: MockClock) -> None:
    """The channel, the pool and the other conversations never notice."""
    async with open_house() as house:
        await house.talking(BRUNO, ZOE)
        await poisoned(house)
        await house.write(ZOE, "hi")
        assert house.texts(BRUNO)[-1] == "hi"
        nils = form(102, "Nils")
        await house.talking(form(202), nils)
        assert not any(STUCK in text for text in house.texts(BRUNO))


async def test_release_feeds_them_in_order_before_anything_newer(
    autojump_clock: MockClock,
) -> None:
    """What waited comes first, whatever arrives at the moment of the release."""
    async with open_house() as house:
        reservation, _ = await poisoned(house)
        for word in ("two", "three", "four"):
            await house.write(VISITOR, word)
        before = len(house.texts(AGENT))
        house.store.latency = 0.01
        release_rows(house.store, reservation.conversation)
        house.actors.router.release(reservation.conversation)
        await house.arrive(house.item(VISITOR, "five"))
        await house.pass_time(0.015)
        await house.arrive(house.item(VISITOR, "six"))
        await house.pass_time(30)
        words = ["one", "two", "three", "four", "five", "six"]
        assert house.texts(AGENT)[before:] == words
        assert house.actors.router.statistics()["quarantined"] == 0
        house.check_finished()


async def test_something_newer_is_on_its_way_at_the_release(autojump_clock: MockClock) -> None:
    """A newer message is being routed just then: it does not slip in before the older ones."""
    async with open_house() as house:
        reservation, _ = await poisoned(house)
        await house.write(VISITOR, "two")
        before = len(house.texts(AGENT))
        house.store.latency = 0.01
        # Words that look like a token have to be looked up, which gives the release its moment.
        item = house.item(VISITOR, "three 23456789cd")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(house.arrive, item)
            await trio.sleep(0.015)
            release_rows(house.store, reservation.conversation)
            house.actors.router.release(reservation.conversation)
        await house.pass_time(30)
        assert house.texts(AGENT)[before:] == ["one", "two", "three 23456789cd"]
        house.check_finished()


async def test_rereading_lets_go_of_what_is_released(autojump_clock: MockClock) -> None:
    """The rows alone say who is still out, as another process may have released them."""
    async with open_house() as house:
        reservation, _ = await poisoned(house)
        await house.actors.router.reread_quarantine()
        await house.quiet()
        assert house.actors.router.statistics()["quarantined"] == 1
        release_rows(house.store, reservation.conversation)
        await house.actors.router.reread_quarantine()
        await house.quiet()
        assert house.texts(AGENT)[-1] == "one"
        house.check_finished()


async def test_a_restart_keeps_it_quarantined(autojump_clock: MockClock) -> None:
    """The parked rows remember it: nothing newer is decided before them."""
    async with open_house() as house:
        reservation, _ = await poisoned(house)
        store, gateway = house.store.restart(), house.gateway
    async with open_house(Plan(store=store, gateway=gateway)) as house:
        await house.write(VISITOR, "two")
        assert len(house.waiting(InboxState.PARKED)) == 2
        assert sum(STUCK in text for text in house.texts(AGENT)) == 1
        release_rows(store, reservation.conversation)
        house.actors.router.release(reservation.conversation)
        await house.quiet()
        assert house.texts(AGENT)[-2:] == ["one", "two"]
        house.check_finished()


@pytest.mark.parametrize("seed", range(6))
async def test_messages_that_come_while_it_is_being_parked(
    autojump_clock: MockClock, seed: int
) -> None:
    """A message slips in between the last crash and the parking: it is parked with the rest."""
    async with open_house(Plan(seed=seed)) as house:
        reservation = await house.talking()
        stream = appends(reservation.conversation)
        house.traps.set(lambda call: stream(call) and _decides(call), times=6)
        house.store.latency = 0.05
        async with trio.open_nursery() as nursery:
            for n in range(200):
                nursery.start_soon(house.arrive, house.item(VISITOR, f"word {n}"))
                await trio.sleep(0.02)
        await house.pass_time(60)
        assert len(house.waiting(InboxState.PARKED)) == 200
        house.check_finished()


async def test_one_that_cannot_even_be_read(autojump_clock: MockClock) -> None:
    """Its own rows crash whoever reads them: it is set aside, and the router lives on."""
    async with open_house() as house:
        reservation = await house.talking()
        await house.pass_time(1000)
        router = house.slots.nursery
        house.traps.set(lambda call: call == ("metadata", reservation.conversation), times=99)
        await house.write(VISITOR, "one")
        await house.pass_time(30)
        assert len(house.waiting(InboxState.PARKED)) == 1
        assert house.slots.nursery is router
        await house.talking(BRUNO, ZOE)
        house.check_finished()


async def test_a_waiting_one_is_passed_over_by_the_pool(autojump_clock: MockClock) -> None:
    """A quarantined conversation waits for an agent: the freed agent goes to the next one."""
    async with open_house() as house:
        nils = form(102, "Nils")
        broken = await house.reserved(AGENT, visitor=ZOE)
        waiting = await house.reserved(AGENT, visitor=nils)
        await house.talking()
        await house.scan(broken, ZOE)
        await house.scan(waiting, nils)
        stream = appends(broken.conversation)
        house.traps.set(lambda call: stream(call) and _decides(call), times=99)
        await house.write(ZOE, "crash")
        await house.pass_time(5)
        assert house.actors.router.statistics()["quarantined"] == 1
        offers = house.offered(AGENT)
        await house.write(AGENT, "/close")
        await house.pass_time(1)
        assert house.offered(AGENT) == offers + 1
        await house.tap(AGENT, "Accept")
        assert await house.phase(waiting.conversation) == "active"


@pytest.mark.parametrize("step", range(12))
async def test_a_release_while_it_is_being_set_aside(autojump_clock: MockClock, step: int) -> None:
    """Or any other change of an operator's: nothing newer is decided before what is parked."""
    async with open_house(Plan(seed=step)) as house:
        reservation = await house.talking()
        stream = appends(reservation.conversation)
        house.traps.set(lambda call: stream(call) and _decides(call), times=6)
        before = len(house.texts(AGENT))
        for word in ("one", "two", "three"):
            await house.arrive(house.item(VISITOR, word))
        house.store.latency = 0.05
        while not house.actors.router.statistics()["quarantined"]:  # noqa: ASYNC110 - virtual time
            await trio.sleep(0.01)
        await trio.sleep(step * 0.04)
        release_rows(house.store, reservation.conversation)
        await house.actors.router.reread_quarantine()
        for word in ("four", "five"):
            await house.arrive(house.item(VISITOR, word))
            await trio.sleep(0.07)
        await house.pass_time(60)
        release_rows(house.store, reservation.conversation)
        await house.actors.router.reread_quarantine()
        await house.pass_time(60)
        assert house.texts(AGENT)[before:][-5:] == ["one", "two", "three", "four", "five"]
        assert not house.waiting(InboxState.PARKED)
        assert house.actors.router.statistics()["quarantined"] == 0
        house.check_finished()
