"""Router, agent pool and workspace crash: they are started again, and nobody is any the wiser."""

from collections.abc import Callable

import pytest
from trio.testing import MockClock

from kaisa_relay.journal.memory.rows import InboxState
from kaisa_relay.ports import Append, Busy, ClaimPair, Fenced, FormPerson, Repeatable, Reservation
from kaisa_relay.runtime.supervise import GaveUp
from tests import fakes
from tests.actors.faults import Poison
from tests.actors.house import (
    AGENT,
    BRUNO,
    VISITOR,
    House,
    appends,
    form,
    open_house,
    unnumbered,
)

STRANGER = unnumbered("Somebody", "US.stranger")


def reads_pairs(of: FormPerson, house: House) -> Callable[[object], bool]:
    """Match the router's (or pool's) reading of somebody's pairs."""
    contact = house.store.rows.identities[fakes.WORKSPACE, "phone", of.phone]
    return lambda call: isinstance(call, tuple) and call[0] == "pairs" and contact in call[1]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(3))
async def test_the_router_crashes_on_a_message(
    autojump_clock: MockClock, step: int, after: bool
) -> None:
    """It crashes while it answers a stranger: everybody else's messages still come in order."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        trap = house.traps.set(appends("message/"), after=after, skip=step)
        items = []
        for n in range(3):
            items.append(house.item(VISITOR, f"word {n}"))
            items.append(house.item(STRANGER, f"hello {n}"))
        await house.arrive(*items)
        await house.pass_time(30)
        assert trap.sprung == 1
        assert house.texts(AGENT)[before:] == [f"word {n}" for n in range(3)]
        assert len(house.texts("US.stranger")) == 3
        house.check_finished()


async def test_an_item_that_crashes_the_router_is_parked(autojump_clock: MockClock) -> None:
    """Tried twice, then kept for an operator: it ends no service, and others are served."""
    async with open_house() as house:
        await house.talking()
        trap = house.traps.set(appends("message/"), times=2)
        await house.arrive(house.item(STRANGER, "poison"), house.item(VISITOR, "hello"))
        await house.pass_time(60)
        assert trap.sprung == 2
        assert house.texts(AGENT)[-1] == "hello"
        assert len(house.waiting(InboxState.PARKED)) == 1
        assert house.actors.router.statistics()["quarantined"] == 0
        await house.write(STRANGER, "and again")
        assert len(house.texts("US.stranger")) == 1
        await house.actors.router.reread_quarantine()
        house.check_finished()


async def test_a_router_that_keeps_crashing_ends_the_process(autojump_clock: MockClock) -> None:
    """A core actor that gives up is not hidden: the start path is the way back."""

    async def live() -> None:
        async with open_house() as house:
            house.traps.set(appends("message/"), times=100)
            for n in range(5):
                await house.write(STRANGER, f"hello {n}")
            await house.pass_time(120)

    with pytest.raises(ExceptionGroup) as raised:
        await live()
    assert raised.group_contains(GaveUp)


async def test_nobody_reaches_a_router_that_is_down(autojump_clock: MockClock) -> None:
    """While it waits to be started again, asks hear it and tells are lost: nothing crashes."""
    async with open_house() as house:
        reservation = await house.talking()
        house.traps.set(appends("message/"), times=4)
        await house.write(STRANGER, "hello")
        await house.pass_time(0.5)
        assert house.slots.nursery is None
        with pytest.raises(Busy):
            await house.desk.end(fakes.WORKSPACE, reservation.conversation)
        await house.pass_time(20)
        await house.desk.end(fakes.WORKSPACE, reservation.conversation)
        await house.quiet()
        assert await house.phase(reservation.conversation) == "closed"
        house.check_finished()


async def test_what_waits_for_a_router_that_is_down_counts_first(
    autojump_clock: MockClock,
) -> None:
    """The yes is in the table when the offer runs out, because the router crashed: it counts."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        await house.pass_time(117.5)
        house.traps.set(appends("message/"), times=4)
        await house.write(STRANGER, "crash")
        noise = [house.item(form(300 + n), "noise") for n in range(40)]
        yes = house.item(AGENT, house.button(AGENT, "Accept"))
        await house.arrive(house.item(VISITOR, "still here"), *noise, yes)
        house.store.latency = 0.05
        await house.pass_time(60)
        assert await house.phase(reservation.conversation) == "active"
        assert house.offered(BRUNO) == 0


async def test_the_pool_crashes_and_is_asked_again(autojump_clock: MockClock) -> None:
    """The question it died of is asked again within half a minute."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        house.traps.set(reads_pairs(AGENT, house))
        await house.scan(reservation)
        assert house.offered(AGENT) == 0
        await house.pass_time(32)
        assert house.offered(AGENT) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_reservation_crashes(autojump_clock: MockClock, after: bool) -> None:
    """The asker hears it at once, the same request works afterwards, and there is one link."""
    async with open_house() as house:
        house.traps.set(creates, after=after)
        with pytest.raises(Busy):
            await house.reserve(AGENT, repeatable=keyed())
        await house.pass_time(1)
        answer = await house.reserve(AGENT, repeatable=keyed())
        assert isinstance(answer, Reservation)
        assert len(house.store.rows.conversations) == 1


def keyed() -> Repeatable:
    """Return an idempotency key with the hash of one body."""
    return Repeatable("key", b"hash")


def creates(call: object) -> bool:
    """Match the commit of a reservation."""
    return isinstance(call, Append) and call.version == 0 and _claims(call)


def _claims(call: Append) -> bool:
    return any(isinstance(each, ClaimPair) for each in call.changes)


async def test_a_lost_proposal_is_asked_for_again(autojump_clock: MockClock) -> None:
    """The agent who was held for a conversation that crashed meanwhile is offered all the same."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)

        def offers(call: object) -> bool:
            return appends(reservation.conversation)(call) and _claims_agent(call)

        trap = house.traps.set(offers)
        await house.scan(reservation)
        await house.pass_time(32)
        assert trap.sprung == 1
        assert house.offered(AGENT) == 1
        await house.tap(AGENT, "Accept")
        assert await house.phase(reservation.conversation) == "active"


def _claims_agent(call: object) -> bool:
    return isinstance(call, Append) and _claims(call)


async def test_a_lost_workspace_ends_the_process(autojump_clock: MockClock) -> None:
    """Another process owns it now: no crash is counted and nobody is quarantined."""

    async def live() -> None:
        async with open_house() as house:
            await house.talking()
            house.store.fenced.add(fakes.WORKSPACE)
            await house.write(VISITOR, "too late")
            await house.pass_time(60)

    with pytest.raises(ExceptionGroup) as raised:
        await live()
    assert raised.group_contains(Fenced)
    assert not raised.group_contains(GaveUp)
    assert not raised.group_contains(Poison)


async def test_a_lost_workspace_stops_the_channel_too(autojump_clock: MockClock) -> None:
    """The channel's own commit finds out: it is not taken for a channel that is down."""

    async def live() -> None:
        async with open_house() as house:
            await house.talking()
            house.gateway.latency = 1.0
            await house.write(AGENT, "on its way")
            house.store.fenced.add(fakes.WORKSPACE)
            await house.pass_time(30)

    with pytest.raises(ExceptionGroup) as raised:
        await live()
    assert raised.group_contains(Fenced)
    assert not raised.group_contains(GaveUp)


async def test_sends_of_a_dying_router_are_found(autojump_clock: MockClock) -> None:
    """A send is durable and its doorbell was never rung: the next message does not overtake it."""
    async with open_house() as house:
        await house.talking()
        await house.talking(BRUNO, form(101, "Zoe"))
        before = len(house.texts(AGENT))
        house.store.latency = 0.01
        await house.arrive(house.item(VISITOR, "first"), house.item(STRANGER, "crash"))
        house.traps.set(appends("message/"), after=True)
        await house.pass_time(10)
        await house.write(VISITOR, "second")
        await house.pass_time(10)
        assert house.texts(AGENT)[before:] == ["first", "second"]
        house.check_finished()
