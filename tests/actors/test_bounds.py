"""More than fits in memory: it waits in the tables, and comes out once and in order."""

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from kaisa_relay.actors.bounds import Bounds
from kaisa_relay.domain.inbound import StatusUpdate
from kaisa_relay.domain.sending import Rank
from kaisa_relay.journal.memory.inbox import MemoryInbox
from kaisa_relay.ports import InboxItem, StoreUnavailable
from tests import fakes
from tests.actors.house import AGENT, VISITOR, Plan, form, open_house, unnumbered
from tests.actors.phone import said

MANY = 400
PACED = 6.0 * MANY
"""Seconds in which the pair limit lets so many messages through."""
SMALL = [
    Bounds(),
    Bounds(conversation=3),
    Bounds(in_flight=5),
    Bounds(mailbox=2),
    Bounds(sends=4),
    Bounds(in_flight=7, sends=3, conversation=2, mailbox=1),
]


@pytest.mark.parametrize("bounds", SMALL, ids=str)
async def test_a_burst_to_one_conversation(autojump_clock: MockClock, bounds: Bounds) -> None:
    """Hundreds at one instant, and a slow store: everything arrives, once, in order."""
    many = MANY if bounds == Bounds() else MANY // 4
    async with open_house(Plan(bounds=bounds)) as house:
        await house.talking()
        before = len(house.sent(AGENT))
        house.store.latency = 0.002
        words = [str(n) for n in range(many)]
        await house.arrive(*[house.item(VISITOR, word) for word in words])
        await house.pass_time(6.0 * many)
        assert said(house, AGENT, before) == words
        house.check_finished()


@pytest.mark.parametrize("bounds", [SMALL[1], SMALL[5]], ids=str)
async def test_many_people_at_once(autojump_clock: MockClock, bounds: Bounds) -> None:
    """Five conversations talk both ways through tiny mailboxes: nobody gets another's message."""
    people = [(form(100 + n, f"Visitor {n}"), form(200 + n, f"Agent {n}")) for n in range(5)]
    async with open_house(Plan(bounds=bounds)) as house:
        for visitor, agent in people:
            await house.talking(agent, visitor)
        before = {who: len(house.texts(who)) for pair in people for who in pair}
        items = [
            house.item(who, f"{who.name}: {n}")
            for n in range(20)
            for pair in people
            for who in pair
        ]
        house.store.latency = 0.002
        await house.arrive(*items)
        await house.pass_time(600)
        for visitor, agent in people:
            for who, other in ((visitor, agent), (agent, visitor)):
                got = house.texts(who)[before[who] :]
                assert got == [f"{other.name}: {n}" for n in range(20)]
        house.check_finished()


async def test_memory_holds_no_more_than_its_bounds(autojump_clock: MockClock) -> None:
    """While a burst is worked off, mailboxes and the router stay within what they may hold."""
    bounds = Bounds(in_flight=10, conversation=4)
    async with open_house(Plan(bounds=bounds)) as house:
        await house.talking()
        house.store.latency = 0.01
        for n in range(100):
            await house.arrive(house.item(VISITOR, str(n)))
            statistics = house.actors.router.statistics()
            assert statistics["in_flight"] <= bounds.in_flight + 1
            assert statistics["queued"] <= bounds.conversation
        await house.pass_time(PACED)
        house.check_finished()


async def test_statuses_overflow_the_channel(autojump_clock: MockClock) -> None:
    """A mailbox of one, and a hundred rows of statuses: all are applied."""
    async with open_house(Plan(bounds=Bounds(mailbox=1))) as house:
        await house.talking()
        house.store.latency = 0.01
        taken = house.gateway.accepted[-1].wamid
        ranks = (Rank.DELIVERED, Rank.READ) * 50
        await house.arrive(*[house.batch(house.update(rank)) for rank in ranks])
        await house.pass_time(60)
        [leg] = [each for each in house.store.rows.legs_of(fakes.WORKSPACE) if each.wamid == taken]
        assert leg.rank is Rank.READ
        house.check_finished()


async def test_statuses_that_match_nothing_stop_nobody(autojump_clock: MockClock) -> None:
    """They are kept for ten minutes, more of them than may be in flight: people talk on."""
    async with open_house(Plan(bounds=Bounds(in_flight=10))) as house:
        await house.talking()
        for n in range(30):
            strange = StatusUpdate(f"wamid.of.another.program.{n}", Rank.SENT, house.wall())
            await house.arrive(house.batch(strange))
        await house.arrive(house.item(VISITOR, "hello through it"))
        await house.pass_time(2)
        assert house.texts(AGENT)[-1] == "hello through it"
        await house.pass_time(700)
        house.check_finished()


async def test_the_router_leaves_the_table_behind(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it has caught up it is told of messages, however steadily they come."""
    async with open_house(Plan(bounds=Bounds(in_flight=3))) as house:
        await house.talking()
        await house.arrive(*[house.item(VISITOR, str(n)) for n in range(10)])
        reads: list[float] = []
        read = MemoryInbox.new_rows

        async def counted(inbox: MemoryInbox, *given: Any) -> list[InboxItem]:
            reads.append(trio.current_time())
            return await read(inbox, *given)

        monkeypatch.setattr(MemoryInbox, "new_rows", counted)
        for n in range(500):
            await house.arrive(house.item(form(300 + n % 50), "hello"))
            await house.pass_time(0.01)
        assert len(reads) < 20
        await house.pass_time(PACED)
        house.check_finished()


async def test_rows_that_nobody_handed_on_are_found(autojump_clock: MockClock) -> None:
    """A row was stored and its commit seemed to fail: found, though the router is never idle."""
    async with open_house() as house:
        await house.talking()
        house.store.fail_next("after")
        with pytest.raises(StoreUnavailable):
            await house.arrive(house.item(VISITOR, "unheard of"))
        for n in range(20):
            await house.write(unnumbered("Somebody", "US.1"), f"noise {n}")
            await house.pass_time(1)
        assert house.texts(AGENT)[-1] == "unheard of"


async def test_a_removed_channel_stops_nobody(autojump_clock: MockClock) -> None:
    """Rows for a channel that is gone wait for an operator; deadlines of others fire."""
    async with open_house(Plan(channels=2)) as house:
        orphan = house.item(unnumbered("Somebody", "US.1"), "to nobody", 2)
        reservation = await house.reserved(AGENT)
        store = house.store.restart()
    await store.inbox.store([orphan])
    async with open_house(Plan(store=store, channels=1)) as house:
        await house.pass_time(31 * 60)
        assert await house.phase(reservation.conversation) == "abandoned"
        assert len(house.waiting()) == 1
        assert house.actors.router.statistics()["in_flight"] == 0
