"""What every store promises of agents: their row follows their events."""

from datetime import timedelta

from attrs import evolve

from kaisa_relay.domain.agent_events import PresenceCause
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.events import AgentPaused
from kaisa_relay.domain.ids import ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.presence import Agent, Presence
from kaisa_relay.ports import (
    AgentView,
    Append,
    ClaimPair,
    Conflict,
    CountMiss,
    KnowAgent,
    PersonView,
    ReleasePair,
    SaveContact,
    SaveConversation,
    SavePresence,
    TouchPair,
)
from kaisa_relay.ports.views import AgentChannel
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
ANA, BO = fakes.person(1).contact, fakes.person(2).contact
UNTIL = AT + timedelta(hours=1)


async def agents(world: World, *contacts: ContactId) -> dict[ContactId, Agent]:
    return await world.store.directory.agents(world.workspace, contacts)


async def test_who_was_named_is_known_and_stays_as_they_are(world: World) -> None:
    assert await agents(world, ANA) == {}
    assert await agents(world) == {}
    await world.must(KnowAgent(ANA), KnowAgent(ANA))
    assert await agents(world, ANA, BO) == {ANA: Agent(ANA)}
    away = Agent(ANA, Presence.AWAY, version=1)
    await world.must(SavePresence(away))
    await world.must(KnowAgent(ANA))
    assert await agents(world, ANA) == {ANA: away}
    assert await world.store.directory.agents(WorkspaceId(world.workspace + 1), [ANA]) == {}


async def test_a_capacity_stays_until_another_is_given(world: World) -> None:
    await world.must(KnowAgent(ANA, 3), KnowAgent(BO))
    await world.must(KnowAgent(ANA), SavePresence(Agent(BO, Presence.AWAY, version=1)))
    await world.must(KnowAgent(BO, 2), CountMiss(ANA, missed=True))
    assert await agents(world, ANA, BO) == {
        ANA: Agent(ANA, missed=1, capacity=3),
        BO: Agent(BO, Presence.AWAY, version=1, capacity=2),
    }


async def test_misses_are_counted_until_an_answer(world: World) -> None:
    missed, answered = CountMiss(ANA, missed=True), CountMiss(ANA, missed=False)
    await world.must(answered)
    assert await agents(world, ANA) == {}
    await world.must(missed)
    await world.must(missed, CountMiss(BO, missed=True))
    assert {who: each.missed for who, each in (await agents(world, ANA, BO)).items()} == {
        ANA: 2,
        BO: 1,
    }
    await world.must(answered)
    assert (await agents(world, ANA))[ANA] == Agent(ANA)
    await world.must(missed)
    paused = SavePresence(Agent(ANA, Presence.PAUSED, UNTIL, version=1))
    await world.must(paused, answered)
    assert (await agents(world, ANA))[ANA] == Agent(ANA, Presence.PAUSED, UNTIL, 0, 1)


async def test_a_miss_is_not_forgotten_by_who_has_read_the_row_before_it(world: World) -> None:
    """An invitation was on its way to the store when the offer of another conversation ran out."""
    await world.must(KnowAgent(ANA))
    (read,) = (await agents(world, ANA)).values()
    await world.must(CountMiss(ANA, missed=True))
    await world.must(SavePresence(evolve(read, version=1, invited_at=AT)))
    assert await agents(world, ANA) == {ANA: Agent(ANA, missed=1, version=1, invited_at=AT)}


async def test_an_invitation_is_kept_with_what_was_answered(world: World) -> None:
    await world.must(KnowAgent(ANA, 2), CountMiss(ANA, missed=True))
    invited = Agent(ANA, missed=1, version=1, invited_at=AT, capacity=2)
    await world.must(SavePresence(invited))
    assert await agents(world, ANA) == {ANA: invited}
    ready = evolve(invited, version=2, opted_in_at=UNTIL)
    await world.must(SavePresence(ready))
    assert await agents(world, ANA) == {ANA: ready}


async def test_who_is_paused_is_listed_until_they_are_not(world: World) -> None:
    directory, workspace = world.store.directory, world.workspace
    later = UNTIL + timedelta(hours=1)
    await world.must(SavePresence(Agent(ANA, Presence.PAUSED, later, version=1)))
    await world.must(SavePresence(Agent(BO, Presence.PAUSED, UNTIL, version=1)))
    assert await directory.pauses(workspace) == [(UNTIL, BO), (later, ANA)]
    await world.must(SavePresence(Agent(BO, version=2)))
    assert await directory.pauses(workspace) == [(later, ANA)]
    assert await directory.pauses(WorkspaceId(workspace + 1)) == []


async def test_of_two_who_change_an_agent_at_once_one_wins(world: World) -> None:
    paused = AgentPaused(ANA, UNTIL, PresenceCause.MISSES, AT)
    row = SavePresence(Agent(ANA, Presence.PAUSED, UNTIL, version=1))
    append = Append(world.workspace, f"agent/{ANA}", 0, (paused,), (row,))
    assert await world.store.journal.append(append) is None
    assert await world.store.journal.append(append) == Conflict(None)
    assert len(await world.store.journal.read(world.workspace, f"agent/{ANA}")) == 1


async def test_who_spoke_to_a_visitor_last(world: World) -> None:
    """The latest conversation that had an agent, whoever was asked after it."""
    directory, workspace = world.store.directory, world.workspace
    visitor, ana, bo = (fakes.person(number) for number in (7, 8, 9))
    assert await directory.last_agent(workspace, visitor.contact) is None
    for agent in (ana.contact, bo.contact, None):
        started = await world.start(visitor, bo)
        accepted = evolve(started.state, agent=agent)
        await world.must(SaveConversation(accepted, 1, None))
    assert await directory.last_agent(workspace, visitor.contact) == bo.contact
    assert await directory.last_agent(workspace, ana.contact) is None


async def test_agents_as_they_are_shown(world: World) -> None:
    """With their names and load, a page at a time; nobody else's."""
    archive, workspace = world.store.archive, world.workspace
    ana = fakes.person(1, "Ana Lind")
    await world.must(SaveContact(ana, fakes.PORTFOLIO), KnowAgent(ANA, 3), KnowAgent(BO))
    elsewhere = await world.store.add_channel(world.workspace)
    await world.must(
        ClaimPair(world.channel.id, ANA, ConversationId(11), Side.AGENT),
        ClaimPair(elsewhere.id, ANA, ConversationId(12), Side.VISITOR),
        ClaimPair(elsewhere.id, BO, ConversationId(13), Side.AGENT),
    )
    await world.must(ReleasePair(elsewhere.id, BO, ConversationId(13)))
    await world.must(TouchPair(elsewhere.id, BO, fakes.EPOCH))
    channels = (
        AgentChannel(world.channel.id, None, ConversationId(11)),
        AgentChannel(elsewhere.id, None, ConversationId(12)),
    )
    first = AgentView(Agent(ANA, capacity=3), PersonView(ANA, ana.name, ana.phone), 1, channels)
    wrote = (AgentChannel(elsewhere.id, fakes.EPOCH, None),)
    second = AgentView(Agent(BO), PersonView(BO, None, None), 0, wrote)
    assert await archive.agent(workspace, ANA) == first
    assert await archive.agent(workspace, BO) == second
    assert await archive.agent(workspace, ContactId(99)) is None
    assert await archive.agent(WorkspaceId(workspace + 1), ANA) is None
    assert list(await archive.agents(workspace, None, 9)) == [first, second]
    assert list(await archive.agents(workspace, None, 1)) == [first]
    assert list(await archive.agents(workspace, ANA, 9)) == [second]
    assert list(await archive.agents(WorkspaceId(workspace + 1), None, 9)) == []
