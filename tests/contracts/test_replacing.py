"""What every store promises when another number carries what one did."""

from datetime import timedelta

from attrs import evolve

from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, SendId
from kaisa_relay.domain.sending import Rank, SendState
from kaisa_relay.ports import Conflict, DropSends, Leg, MoveSend, SaveConversation
from tests import fakes
from tests.contracts.world import World


async def test_sends_that_were_not_begun_are_dropped(world: World) -> None:
    """Row and leg, all of them or none; what was begun is not taken back."""
    first, second, begun = await world.sent(), await world.sent(), await world.sent()
    await world.must(MoveSend(begun.id, (SendState.READY,), SendState.SENDING, 1))
    both = DropSends((first.id, begun.id))
    assert await world.change(both) == Conflict(both)
    await world.must(DropSends((first.id, second.id)))
    left = await world.store.sends.unfinished(world.workspace, world.channel.id, SendId(0), 10)
    assert [each.id for each in left] == [begun.id]
    late = [Leg(first.id, Rank.DELIVERED, world.clock(), wamid="wamid-late")]
    assert await world.store.sends.settle(world.workspace, late, []) == []


async def test_what_a_channel_carries(world: World) -> None:
    """Conversations that seek an agent or have one, by id; a link that is not used yet is none."""
    started = await world.start(fakes.person(100), fakes.person(200))
    directory, workspace = world.store.directory, world.workspace
    assert await directory.carried(workspace, world.channel.id, None, 9) == []
    state = evolve(started.state, phase=Phase.ACTIVE)
    await world.must(SaveConversation(state, 5, world.clock() + timedelta(minutes=5)))
    assert await directory.carried(workspace, world.channel.id, None, 9) == [started.id]
    assert await directory.carried(workspace, world.channel.id, started.id, 9) == []
    assert await directory.carried(workspace, ChannelId(99), None, 9) == []
