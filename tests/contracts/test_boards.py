"""What every store promises of a dashboard's boards: choices, and how channels stand."""

from kaisa_relay.domain.channel_health import Health, Quality
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.choices import OfferEnd
from kaisa_relay.domain.conversation.events import AgentNudged, AgentOffered, OfferDeclined
from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.ids import ConversationId, MessageId, SendId, WorkspaceId
from kaisa_relay.ports import ClaimPair, KnowAgent, NewSend
from kaisa_relay.ports.boards import ChannelStanding
from kaisa_relay.ports.health import SaveHealth
from kaisa_relay.ports.views import PersonView
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
ANA, BO, CLEO = fakes.person(1, "Ana"), fakes.person(2, "Bo"), fakes.person(3, "Cleo")


async def test_a_conversations_choices(world: World) -> None:
    """By its events, with the names of who was asked; somebody erased has none."""
    started = await world.start(ANA, BO)
    offered = AgentOffered(
        1, BO.contact, MessageId(9), SendId(9), True, AT, why=AgentReason.STICKY, among=2
    )
    declined = OfferDeclined(1, BO.contact, AT)
    again = AgentOffered(2, CLEO.contact, MessageId(10), SendId(10), True, AT)
    events = (offered, AgentNudged(AT), declined, again)
    assert await world.append(started.stream, 1, events) is None
    boards, workspace = world.store.boards, world.workspace
    found = await boards.choices(workspace, started.id)
    assert found is not None
    first, second = found.choices.offers
    assert (first.why, first.among, first.end) == ("sticky", 2, OfferEnd.DECLINED)
    assert (second.why, second.among, second.end) == (None, 0, OfferEnd.OPEN)
    assert found.people == {
        BO.contact: PersonView(BO.contact, "Bo", BO.phone),
        CLEO.contact: PersonView(CLEO.contact, None, None),
    }
    assert await boards.choices(workspace, ConversationId(99)) is None
    assert await boards.choices(WorkspaceId(workspace + 1), started.id) is None


async def test_how_channels_stand(world: World) -> None:
    """Health, live conversations, the pairs of both sides, sends that wait; nobody else's."""
    boards, workspace = world.store.boards, world.workspace
    assert await boards.channel_standings(workspace) == {}
    started = await world.start(ANA, BO)
    other = await world.store.add_channel(workspace)
    unwell = Health(quality=Quality.RED, limited="spam", version=1)
    await world.must(
        KnowAgent(BO.contact),
        ClaimPair(world.channel.id, ANA.contact, started.id, Side.VISITOR),
        ClaimPair(world.channel.id, BO.contact, started.id, Side.AGENT),
        NewSend(world.outgoing()),
        SaveHealth(other.id, unwell),
    )
    assert await boards.channel_standings(workspace) == {
        world.channel.id: ChannelStanding(Health(), conversations=1, pairs=2, waiting=1),
        other.id: ChannelStanding(unwell),
    }
    assert await boards.channel_standings(WorkspaceId(workspace + 1)) == {}
