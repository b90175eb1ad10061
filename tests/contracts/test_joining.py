"""What every store promises of sends that became one."""

import pytest
from attrs import evolve

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.ids import MessageId, SendId
from kaisa_relay.domain.outgoing import Joined
from kaisa_relay.domain.sending import Rank, SendState
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.ports import (
    Conflict,
    EndSend,
    InboxItem,
    JoinSends,
    Leg,
    MoveSend,
    Outcome,
    Send,
)
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH


async def three(world: World) -> list[Send]:
    """Put three sends to one person into the outbox."""
    return [await world.sent() for _ in range(3)]


def joining(sends: list[Send]) -> JoinSends:
    """Return the change that makes them one."""
    *others, into = sends
    said = Joined(tuple(each.message for each in sends), "a\nb\nc")
    return JoinSends(into.id, tuple(each.id for each in others), said)


def begin(send: Send) -> MoveSend:
    """Return the step before the first byte."""
    return MoveSend(send.id, (SendState.READY,), SendState.SENDING, 1)


async def unfinished(world: World) -> list[Send]:
    """Return what is in the outbox."""
    read = world.store.sends.unfinished
    return await read(world.workspace, world.channel.id, SendId(0), 100)


def told(world: World) -> dict[MessageId, list[Rank]]:
    """Return the ranks that were recorded of each message."""
    ranks: dict[MessageId, list[Rank]] = {}
    for recorded in world.recorded:
        event = recorded.event
        assert isinstance(event, MessageStatus)
        ranks.setdefault(event.message, []).append(event.rank)
    return ranks


async def test_one_send_with_all_their_legs(world: World) -> None:
    sends = await three(world)
    join = joining(sends)
    await world.must(join, begin(sends[-1]))
    into = evolve(sends[-1], state=SendState.SENDING, attempt=1, outgoing=join.outgoing)
    assert await unfinished(world) == [into]
    await world.must(EndSend(into.id, (SendState.SENDING,), Rank.SENT, AT, "w1"))
    assert await unfinished(world) == []
    status = Leg(into.id, Rank.READ, AT, wamid="w1")
    moved = await world.store.sends.settle(world.workspace, [status, status], [])
    assert moved == [(status, None)]
    assert told(world) == {each.message: [Rank.SENT, Rank.READ] for each in sends}
    assert await world.store.sends.by_wamid(world.workspace, ["w1"]) == {"w1": into.id}


@pytest.mark.parametrize("moved", [0, 1, 2])
async def test_not_once_one_of_them_was_begun(world: World, moved: int) -> None:
    sends = await three(world)
    await world.must(begin(sends[moved]))
    before = await unfinished(world)
    join = joining(sends)
    assert isinstance(await world.change(join), Conflict)
    assert await unfinished(world) == before
    await world.store.sends.settle(world.workspace, [Leg(sends[0].id, Rank.SENT, AT)], [])
    assert told(world) == {sends[0].message: [Rank.SENT]}


async def test_not_twice(world: World) -> None:
    sends = await three(world)
    await world.must(joining(sends))
    assert isinstance(await world.change(joining(sends)), Conflict)
    assert [each.id for each in await unfinished(world)] == [sends[-1].id]


async def test_a_failure_is_told_of_every_message(world: World) -> None:
    sends = await three(world)
    await world.must(joining(sends), begin(sends[-1]))
    before = len(world.items)
    arrived = world.statuses((sends[-1], "failed"))
    assert await world.store.inbox.store([arrived]) == 1
    (item,) = world.items[before:]
    assert isinstance(item, InboxItem)
    outcome = item.item
    assert isinstance(outcome, Outcome)
    assert (outcome.message, outcome.also) == (
        sends[2].message,
        (sends[1].message, sends[0].message),
    )
    assert await unfinished(world) == []
    (waiting,) = await world.waiting()
    assert waiting.item == outcome


async def test_parked_and_settled_late(world: World) -> None:
    sends = await three(world)
    into = sends[-1]
    await world.must(joining(sends), begin(into))
    unknown = MoveSend(into.id, (SendState.SENDING,), SendState.UNKNOWN, 1)
    await world.must(unknown)
    await world.must(MoveSend(into.id, (SendState.UNKNOWN,), SendState.PARKED, 1))
    assert told(world) == {}
    await world.store.sends.settle(world.workspace, [Leg(into.id, Rank.DELIVERED, AT)], [])
    assert told(world) == {each.message: [Rank.DELIVERED] for each in sends}
    assert isinstance(into.outgoing, Text)
