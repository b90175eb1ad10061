"""Statuses as they come in: applied in the commit that takes them, or kept for the channel."""

import pytest
from attrs import evolve

from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.inbound import StatusBatch
from kaisa_relay.domain.sending import Purpose, Rank, SendState
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.ports import EndSend, Leg, MoveSend, NewItem, NewSend, Outcome
from tests import fakes
from tests.contracts.world import World

READY, SENDING = SendState.READY, SendState.SENDING


async def arrive(world: World, *rows: NewItem) -> None:
    """Store the rows of one POST, all of which are new."""
    assert await world.store.inbox.store(rows) == len(rows)


def ranks(world: World) -> list[tuple[int, Rank]]:
    """Return which sends came how far, in the order of the journal."""
    events = [each.event for each in world.recorded]
    return [(each.send, each.rank) for each in events if isinstance(each, MessageStatus)]


async def test_statuses_of_our_sends_are_applied_at_once(world: World) -> None:
    first, second = await world.sent(), await world.sent()
    for send in (first, second):
        await world.must(EndSend(send.id, (READY,), Rank.SENT, fakes.EPOCH, "w"))
    await arrive(world, world.statuses((first, "delivered"), (second, "read"), (first, "read")))
    expected = [(first.id, Rank.DELIVERED), (second.id, Rank.READ), (first.id, Rank.READ)]
    assert ranks(world)[2:] == expected
    assert await world.waiting() == world.items == []
    assert world.ended == []


async def test_a_repeat_moves_nothing(world: World) -> None:
    send = await world.sent()
    for _ in range(2):
        await arrive(world, world.statuses((send, "delivered")))
    await arrive(world, world.statuses((send, "sent")))
    assert ranks(world) == [(send.id, Rank.DELIVERED)]


async def test_a_status_before_the_answer_ends_the_send(world: World) -> None:
    send = await world.sent()
    await world.must(MoveSend(send.id, (READY,), SENDING, 1))
    await arrive(world, world.statuses((send, "sent")))
    assert world.ended == [evolve(send, state=SENDING, attempt=1)]
    assert await world.store.sends.unfinished(world.workspace, send.channel, send.id, 9) == []


async def test_the_stored_statuses_end_it_too(world: World) -> None:
    send = await world.sent()
    await arrive(world, world.statuses())
    (item,) = world.items
    assert isinstance(item.item, StatusBatch)
    leg = Leg(send.id, Rank.SENT, fakes.EPOCH)
    await world.store.sends.settle(world.workspace, [leg], [item.id])
    assert world.ended == [send]


@pytest.mark.parametrize("purpose", Purpose)
async def test_a_failure_is_told_as_its_purpose_wants(world: World, purpose: Purpose) -> None:
    send = await world.sent(purpose)
    await arrive(world, world.statuses((send, "failed")))
    told = [item.item for item in await world.waiting()]
    assert told == [item.item for item in world.items]
    if purpose is Purpose.NOTICE:
        assert told == []
    else:
        (outcome,) = told
        assert isinstance(outcome, Outcome)
        assert (outcome.send, outcome.rank, outcome.code) == (send.id, Rank.FAILED, 131026)


async def test_a_post_with_a_send_that_nobody_knows_waits_whole(world: World) -> None:
    known, unknown = await world.sent(), world.outgoing()
    await arrive(world, world.statuses((known, "delivered"), (unknown, "delivered")))
    (item,) = await world.waiting()
    assert isinstance(item.item, StatusBatch)
    assert [update.rank for update in item.item.updates] == [Rank.DELIVERED] * 2
    assert ranks(world) == []
    assert world.ended == []


async def test_a_send_of_another_channel_is_not_ours_to_move(world: World) -> None:
    """Another tenant's app may sign what it likes, but only for its own channels."""
    other = await world.another()
    theirs = await other.sent()
    elsewhere = evolve(world.outgoing(), channel=ChannelId(3))
    await world.must(NewSend(elsewhere))
    await arrive(world, world.statuses((theirs, "failed"), (elsewhere, "failed")))
    assert len(await world.waiting()) == 1
    assert ranks(world) == ranks(other) == []


async def test_messages_and_statuses_of_one_post_are_each_taken(world: World) -> None:
    send = await world.sent()
    await arrive(world, world.message("w1"), world.statuses((send, "read")), world.statuses())
    assert ranks(world) == [(send.id, Rank.READ)]
    assert len(await world.waiting()) == 2


async def test_statuses_of_many_posts_at_once_each_find_their_send(world: World) -> None:
    sends = [await world.sent() for _ in range(20)]
    other = await world.another()
    theirs = await other.sent()
    rows = [world.statuses((send, "delivered")) for send in sends]
    await arrive(world, *rows, other.statuses((theirs, "read")), other.statuses())
    assert sorted(ranks(world)) == sorted(
        [*((send.id, Rank.DELIVERED) for send in sends), (theirs.id, Rank.READ)]
    )
    assert await world.waiting() == []
    assert len(await other.waiting()) == 1
