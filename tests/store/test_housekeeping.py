"""What is over goes, what may be needed stays."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from kaisa_relay.domain.ids import MessageId
from kaisa_relay.journal.housekeeping import (
    KEEP_DONE,
    KEEP_TOKENS,
    KEEP_UNROUTED,
    Housekeeping,
)
from kaisa_relay.ports import Done, ItemKind, NewItem, ParkItem, SaveAnswer
from kaisa_relay.store.decided import decided
from kaisa_relay.store.highest_id import floor_of_ids
from tests import fakes
from tests.contracts.sql_stores import SqlStore, running
from tests.contracts.world import SetClock, World
from tests.store.acts import rows


@pytest.fixture
async def world(url: str) -> AsyncIterator[World]:
    """A world whose clock stands still."""
    clock = SetClock(fakes.EPOCH)
    async with running(url, clock) as store:
        workspace = await store.add_workspace()
        channel = await store.add_channel(workspace)
        yield World(store, clock, store.store.new_id, workspace, channel)


def _rooms(world: World) -> SqlStore:
    assert isinstance(world.store, SqlStore)
    return world.store


async def _tidy(world: World) -> None:
    housekeeping = Housekeeping(_rooms(world).store)
    while await housekeeping.tidy():
        pass


async def _inbox(world: World) -> list[int]:
    return [id for (id,) in await rows(_rooms(world), "select id from inbox order by id")]


async def test_decided_rows_go_after_eight_days(world: World) -> None:
    done, parked, new = [await world.arrive() for _ in range(3)]
    await world.must(Done((done,)), ParkItem((parked,), "conversation/1", "crashed"))
    world.clock.forward(seconds=KEEP_DONE.total_seconds())
    await _tidy(world)
    assert await _inbox(world) == [decided(done), parked, new]
    world.clock.forward(seconds=1)
    await _tidy(world)
    assert await _inbox(world) == [parked, new]


async def test_what_belongs_to_nobody_goes_after_a_month(world: World) -> None:
    stranger = NewItem(None, None, ItemKind.UNROUTED, None, b"{}", reason="unknown_channel")
    await _rooms(world).inbox.store([stranger])
    world.clock.forward(seconds=KEEP_UNROUTED.total_seconds())
    await _tidy(world)
    assert len(await _inbox(world)) == 1
    world.clock.forward(seconds=1)
    await _tidy(world)
    assert await _inbox(world) == []


async def test_a_parked_row_that_was_decided_later_goes_too(world: World) -> None:
    first = await world.arrive()
    world.clock.forward(seconds=KEEP_DONE.total_seconds() + 1)
    housekeeping = Housekeeping(_rooms(world).store)
    await housekeeping.tidy()
    await world.must(Done((first,)))
    await housekeeping.tidy()
    assert await _inbox(world) == []


async def test_more_rows_than_one_unit_go_in_several(world: World) -> None:
    await world.store.inbox.store([world.message(f"w{number}") for number in range(450)])
    await world.must(Done(tuple(MessageId(item.id) for item in world.items)))
    world.clock.forward(seconds=KEEP_DONE.total_seconds() + 1)
    assert await Housekeeping(_rooms(world).store).tidy()
    assert len(await _inbox(world)) == 250
    await _tidy(world)
    assert await _inbox(world) == []


async def test_answers_and_tokens_go_when_their_time_is_over(world: World) -> None:
    until = world.clock() + timedelta(hours=24)
    await world.must(SaveAnswer("key", b"hash", b"answer", until))
    await world.start(fakes.person(1), fakes.person(2))
    count = "select (select count(*) from idempotency), (select count(*) from token)"
    await _tidy(world)
    assert await rows(_rooms(world), count) == [(1, 1)]
    world.clock.forward(hours=25)
    await _tidy(world)
    assert await rows(_rooms(world), count) == [(0, 1)]
    world.clock.forward(seconds=KEEP_TOKENS.total_seconds())
    await _tidy(world)
    assert await rows(_rooms(world), count) == [(0, 0)]


async def test_the_id_of_a_decided_row_is_not_given_out_again(world: World) -> None:
    only = await world.arrive()
    await world.must(Done((only,)))
    assert await _inbox(world) == [decided(only)]
    assert await _rooms(world).store.read(floor_of_ids) >= only


async def test_young_decided_rows_do_not_keep_what_belongs_to_nobody(world: World) -> None:
    stranger = NewItem(None, None, ItemKind.UNROUTED, None, b"{}", reason="unknown_channel")
    await _rooms(world).inbox.store([stranger])
    world.clock.forward(seconds=KEEP_UNROUTED.total_seconds() + 1)
    young = await world.arrive()
    await world.must(Done((young,)))
    await _tidy(world)
    assert await _inbox(world) == [decided(young)]
