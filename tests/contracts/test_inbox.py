"""What every inbox promises: stored once, handed on in order, found again until decided."""

import pytest
import trio

from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, SendId
from kaisa_relay.domain.inbound import Inbound, StatusBatch
from kaisa_relay.domain.sending import Rank
from kaisa_relay.ports import Done, InboxItem, ItemKind, Outcome, ParkItem, Tell
from tests.contracts.world import World


async def test_a_message_is_stored_handed_on_and_found(world: World) -> None:
    row = world.message("w1", "hello")
    assert await world.store.inbox.store([row]) == 1
    (item,) = world.items
    assert isinstance(item.item, Inbound)
    expected = InboxItem(item.id, world.workspace, world.channel.id, item.item, world.clock())
    assert item == expected
    assert item.item == row.item
    assert await world.waiting() == [item]
    assert await world.store.inbox.still_new([item.id]) == [item]


async def test_a_repeat_is_dropped_and_not_handed_on_again(world: World) -> None:
    await world.store.inbox.store([world.message("w1")])
    assert await world.store.inbox.store([world.message("w1"), world.message("w2")]) == 1
    assert len(world.items) == 2
    assert await world.waiting() == world.items


async def test_a_repeat_within_one_call_is_dropped(world: World) -> None:
    rows = [world.message("w1"), world.message("w2"), world.message("w1")]
    assert await world.store.inbox.store(rows) == 2
    assert len(world.items) == 2


async def test_of_concurrent_repeats_one_is_new(world: World) -> None:
    counts: list[int] = []

    async def store() -> None:
        counts.append(await world.store.inbox.store([world.message("w1")]))

    async with trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(store)
    assert sorted(counts) == [0] * 7 + [1]
    assert len(world.items) == len(await world.waiting()) == 1


async def test_a_repeat_is_known_after_the_row_is_done(world: World) -> None:
    item = await world.arrive("w1")
    await world.must(Done((item,)))
    assert await world.store.inbox.store([world.message("w1")]) == 0


async def test_the_same_wamid_on_another_channel_is_another_message(world: World) -> None:
    other = await world.another()
    await world.store.inbox.store([world.message("w1")])
    assert await world.store.inbox.store([other.message("w1")]) == 1


async def test_statuses_are_not_deduplicated(world: World) -> None:
    assert await world.store.inbox.store([world.statuses(), world.statuses()]) == 2
    assert all(isinstance(item.item, StatusBatch) for item in await world.waiting())


async def test_what_belongs_to_nobody_is_kept_and_not_handed_on(world: World) -> None:
    assert await world.store.inbox.store([world.unrouted(), world.message("w1")]) == 2
    assert len(world.items) == len(await world.waiting()) == 1


async def test_nothing_is_an_empty_commit(world: World) -> None:
    assert await world.store.inbox.store([]) == 0
    assert world.items == []


async def test_rows_are_read_by_id_above_a_cursor(world: World) -> None:
    for number in range(5):
        await world.store.inbox.store([world.message(f"w{number}"), world.message(f"v{number}")])
    ids = [item.id for item in world.items]
    assert ids == sorted(ids)
    read = world.store.inbox.new_rows
    assert await read([world.workspace], MessageId(0), 4) == world.items[:4]
    assert await read([world.workspace], ids[3], 100) == world.items[4:]
    assert await read([world.workspace], ids[-1], 100) == []


async def test_rows_are_read_of_the_named_workspaces_only(world: World) -> None:
    other = await world.another()
    await world.store.inbox.store([world.message("w1"), other.message("w2")])
    mine, theirs = world.items
    read = world.store.inbox.new_rows
    assert await read([world.workspace], MessageId(0), 9) == [mine]
    assert await read([other.workspace], MessageId(0), 9) == [theirs]
    assert await read([world.workspace, other.workspace], MessageId(0), 9) == [mine, theirs]
    assert await read([], MessageId(0), 9) == []


async def test_a_decided_row_is_not_new_any_more(world: World) -> None:
    first, second = await world.arrive(), await world.arrive()
    await world.must(Done((first,)))
    assert [item.id for item in await world.waiting()] == [second]
    found = await world.store.inbox.still_new([second, first, MessageId(1)])
    assert [item.id for item in found] == [second]
    assert await world.store.inbox.still_new([]) == []


async def test_a_parked_row_waits_and_its_stream_is_known(world: World) -> None:
    other = await world.another()
    first, second = await world.arrive(), await world.arrive()
    await world.must(ParkItem((first,), "conversation/7", "crashed"))
    assert [item.id for item in await world.waiting()] == [second]
    assert await world.store.inbox.still_new([first]) == []
    parked = world.store.inbox.parked_streams
    assert await parked([world.workspace, other.workspace]) == {"conversation/7"}
    assert await parked([other.workspace]) == set()
    assert await parked([]) == set()


async def test_what_is_decided_cannot_be_parked(world: World) -> None:
    first, second = await world.arrive(), await world.arrive()
    await world.must(Done((first,)))
    await world.must(ParkItem((first, second), "conversation/7", "crashed"))
    assert await world.change(Done((second,))) is not None
    assert await world.waiting() == []
    await world.store.inbox.store([world.unrouted()])
    assert await world.store.inbox.parked_streams([world.workspace]) == {"conversation/7"}


async def test_an_outcome_is_told_as_a_row_of_its_own(world: World) -> None:
    outcome = Outcome(SendId(3), MessageId(4), ConversationId(5), ContactId(6), Rank.FAILED, 131026)
    await world.must(Tell(world.channel.id, outcome))
    (item,) = world.items
    assert item == InboxItem(item.id, world.workspace, world.channel.id, outcome, world.clock())
    assert await world.waiting() == [item]
    await world.must(Done((item.id,)))
    assert await world.waiting() == []


@pytest.mark.parametrize("kind", [kind for kind in ItemKind if kind is not ItemKind.UNROUTED])
async def test_a_row_that_cannot_be_read_is_parked_alone(world: World, kind: ItemKind) -> None:
    """It takes no other row of its page with it, and is not met again."""
    first = await world.arrive()
    await world.store.inbox.store([world.unreadable(kind)])
    last = await world.arrive()
    assert [item.id for item in await world.waiting()] == [first, last]
    (stream,) = await world.store.inbox.parked_streams([world.workspace])
    unreadable = MessageId(int(stream.removeprefix("message/")))
    assert first < unreadable < last
    assert await world.store.inbox.still_new([first, unreadable]) == world.items[:1]


async def test_pages_full_of_unreadable_rows_hide_nothing(world: World) -> None:
    other = await world.another()
    await world.store.inbox.store([world.unreadable(), other.unreadable(), world.unreadable()])
    last = await world.arrive()
    both = [world.workspace, other.workspace]
    (found,) = await world.store.inbox.new_rows(both, MessageId(0), 2)
    assert found.id == last
    assert len(await world.store.inbox.parked_streams(both)) == 3


async def test_a_named_row_that_cannot_be_read_is_parked(world: World) -> None:
    await world.store.inbox.store([world.unreadable()])
    after = await world.arrive()
    ids = [MessageId(id) for id in range(after - 20, after + 1)]
    assert [item.id for item in await world.store.inbox.still_new(ids)] == [after]
    assert len(await world.store.inbox.parked_streams([world.workspace])) == 1


async def test_what_is_stored_is_overheard(world: World) -> None:
    """All of it, repeats too, before the call returns."""
    heard: list[str | None] = []
    world.store.inbox.overhear(lambda rows: heard.extend(row.dedup for row in rows))
    row = world.message("w1")
    for _ in range(2):
        await world.store.inbox.store([row])
    assert heard == [row.dedup] * 2
