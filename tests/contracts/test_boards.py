"""What every store promises of a dashboard's boards: choices, and how channels stand."""

from attrs import evolve as replace

from kaisa_relay.domain.alerts import AlertCleared, AlertKind, AlertRaised, Level, Troubles
from kaisa_relay.domain.channel_health import Health, Quality, TemplateChanged
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.choices import OfferEnd
from kaisa_relay.domain.conversation.events import AgentNudged, AgentOffered, OfferDeclined
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.ids import AlertId, ConversationId, MessageId, SendId, WorkspaceId
from kaisa_relay.ports import ClaimPair, KnowAgent, NewSend, ParkItem, SaveConversation
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


async def test_alerts_that_are_open(world: World) -> None:
    """Raised and not cleared, the oldest first; nobody else's."""
    boards, workspace = world.store.boards, world.workspace
    assert list(await boards.alerts(workspace)) == []
    down, parked, long = (
        AlertRaised(AlertId(number), kind, Level.ERROR, AT, world.channel.id, count=number)
        for number, kind in enumerate(list(AlertKind)[:3], 1)
    )
    for alert in (down, parked, long):
        assert await world.append(f"alert/{alert.alert}", 0, (alert,)) is None
    cleared = AlertCleared(parked.alert, parked.kind, AT)
    assert await world.append(f"alert/{parked.alert}", 1, (cleared,)) is None
    assert list(await boards.alerts(workspace)) == [down, long]
    assert list(await boards.alerts(WorkspaceId(workspace + 1))) == []


async def test_troubles_as_the_rows_have_them(world: World) -> None:
    """Health, the latest state of each template, who seeks an agent, what is set aside."""
    boards, workspace, channel = world.store.boards, world.workspace, world.channel.id
    assert await boards.troubles(workspace) == Troubles()
    down = Health(down="token", version=1)
    changed = [
        TemplateChanged(channel, "kaisa_offer", "en", status, "NONE", AT)
        for status in ("PAUSED", "APPROVED", "REJECTED")
    ]
    stream = f"channel/{channel}"
    assert await world.append(stream, 0, changed, SaveHealth(channel, down)) is None
    started = await world.start(ANA, BO)
    await world.must(SaveConversation(replace(started.state, phase=Phase.SEEKING), 1, AT))
    await world.store.inbox.store([world.message("wamid-9")])
    await world.must(ParkItem((world.items[-1].id,), "message/1", "unroutable"))
    assert await boards.troubles(workspace) == Troubles(
        {channel: down}, {(channel, "kaisa_offer", "en"): "REJECTED"}, queue=1, parked=1
    )
    assert (await boards.troubles(WorkspaceId(workspace + 1))).queue == 0
