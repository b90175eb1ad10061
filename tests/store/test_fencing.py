"""Who lost a workspace commits nothing to it any more."""

import pytest
import trio

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.ids import ChannelId, ContactId, MessageId, SendId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.sending import Purpose, Rank, SendState
from kaisa_relay.ports import Append, Fenced, Leg, MoveSend, NewSend, Send
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.store.ownership import Ownership
from tests import fakes
from tests.contracts.sql_stores import SqlStore
from tests.store.acts import append, execute, rows


async def test_another_owner_fences_the_first(rooms: SqlStore) -> None:
    """Removing the epoch from the fence turns this red."""
    workspace = await rooms.add_workspace()
    assert await append(rooms, workspace, "conversation/1") is None
    other = Ownership(node_id=7, wall=system_clock)
    await rooms.store.write(other.take_all)
    with pytest.raises(Fenced):
        await append(rooms, workspace, "conversation/1", version=1)
    with pytest.raises(Fenced):
        await rooms.journal.append(Append(workspace, "change/1", 0))
    leg = Leg(SendId(1), Rank.SENT, fakes.EPOCH)
    with pytest.raises(Fenced):
        await rooms.sends.settle(workspace, [leg], [MessageId(1)])
    assert await rows(rooms, "select count(*) from event") == [(1,)]
    assert await rows(rooms, "select head from workspace") == [(1,)]


async def test_only_the_lost_workspace_is_fenced(rooms: SqlStore) -> None:
    lost, kept = await rooms.add_workspace(), await rooms.add_workspace()
    await execute(rooms, f"update workspace set epoch = epoch + 1 where id = {lost}")
    fenced: list[int] = []
    done: list[int] = []

    async def one(number: int) -> None:
        workspace = lost if number % 2 else kept
        try:
            await append(rooms, workspace, f"conversation/{number}")
            done.append(number)
        except Fenced:
            fenced.append(number)

    async with trio.open_nursery() as nursery:
        for number in range(20):
            nursery.start_soon(one, number)
    assert sorted(fenced) == list(range(1, 20, 2))
    assert sorted(done) == list(range(0, 20, 2))
    assert await rows(rooms, f"select count(*), max(seq) from event where workspace = {kept}") == [
        (10, 10)
    ]


async def test_a_workspace_that_nobody_took_is_fenced(rooms: SqlStore) -> None:
    await execute(rooms, "insert into workspace (id, name, settings) values (5, 'new', '{}')")
    with pytest.raises(Fenced):
        await append(rooms, fakes.WORKSPACE, "conversation/1")
    epochs = await rooms.store.own_new()
    assert epochs == rooms.store.epochs == {5: 1}


async def test_owning_again_raises_every_epoch_once(rooms: SqlStore) -> None:
    workspace = await rooms.add_workspace()
    before = dict(rooms.store.epochs)
    assert await rooms.store.own() == {workspace: before[workspace] + 1}
    assert await rooms.store.own_new() == rooms.store.epochs
    assert await append(rooms, workspace, "conversation/1") is None
    assert await rows(rooms, "select epoch from event") == [(before[workspace] + 1,)]


async def test_own_new_takes_nothing_from_another_owner(rooms: SqlStore) -> None:
    """A process that lost its workspaces must not win them back by looking for new ones."""
    await rooms.add_workspace()
    await rooms.store.write(Ownership(node_id=7, wall=system_clock).take_all)
    assert await rooms.store.own_new() == {}


async def test_a_step_that_comes_late_after_a_takeover_is_fenced(rooms: SqlStore) -> None:
    """Not answered from the new owner's row: its call is under way, and ours would be a second."""
    workspace = await rooms.add_workspace()
    send = Send(
        workspace=workspace,
        id=SendId(11),
        channel=ChannelId(1),
        conversation=None,
        message=MessageId(5),
        contact=ContactId(3),
        recipient=Recipient(fakes.phone(3), None),
        outgoing=Text("hello"),
        purpose=Purpose.NOTICE,
    )
    new = Append(workspace, "change/1", 0, (), (NewSend(send),))
    assert await rooms.journal.append(new) is None
    await rooms.store.write(Ownership(node_id=7, wall=system_clock).take_all)
    await execute(rooms, f"update send set state = 'sending', attempt = 1 where id = {send.id}")
    begin = MoveSend(send.id, (SendState.READY,), SendState.SENDING, 1)
    with pytest.raises(Fenced):
        await rooms.journal.append(Append(workspace, f"send/{send.id}", 0, (), (begin,)))
