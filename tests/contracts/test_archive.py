"""What every archive promises: conversations as the API shows them."""

from datetime import timedelta

from attrs import evolve

from kaisa_relay.domain.contact import Person, Side
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.events import (
    MessageReceived,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ConversationId, MessageId
from kaisa_relay.ports import (
    ConversationView,
    Filter,
    PersonView,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    StoreContent,
    TouchPair,
)
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
ANA, BO, CY = (fakes.person(n, name) for n, name in enumerate(("Ana", "Bo", "Cy"), 1))


def shown(person: Person) -> PersonView:
    return PersonView(person.contact, person.name, person.phone)


async def listed(
    world: World,
    where: Filter | None = None,
    before: ConversationId | None = None,
    limit: int = 100,
) -> list[ConversationId]:
    """Return the ids of a page of conversations."""
    archive = world.store.archive
    page = await archive.conversations(world.workspace, where or Filter(), before, limit)
    return [view.id for view in page]


# --- conversations


async def test_a_conversation_as_it_begins(world: World) -> None:
    started = await world.start(ANA, BO)
    await world.must(SaveMetadata(started.id, ANA.contact, b'{"plan":"gold"}'))
    view = ConversationView(
        id=started.id,
        phase=Phase.RESERVED,
        reason=None,
        outcome=None,
        note=None,
        channel=world.channel.id,
        form=shown(ANA),
        visitor=shown(ANA),
        agent=shown(BO),
        metadata=b'{"plan":"gold"}',
        url=f"https://wa.me/?{started.token}",
        created_at=AT,
        started_at=None,
        accepted_at=None,
        ended_at=None,
        expires_at=AT + timedelta(minutes=30),
    )
    assert await world.store.archive.conversation(world.workspace, started.id) == view
    assert await world.store.archive.conversations(world.workspace, Filter(), None, 9) == [view]


async def test_a_conversation_says_when_its_people_last_wrote_on_its_channel(world: World) -> None:
    started = await world.start(ANA, BO)
    await world.must(
        TouchPair(world.channel.id, ANA.contact, AT - timedelta(hours=2)),
        TouchPair(world.channel.id, BO.contact, AT - timedelta(hours=1)),
        TouchPair(ChannelId(99), ANA.contact, AT),
    )
    view = await world.store.archive.conversation(world.workspace, started.id)
    assert view is not None
    assert view.visitor_wrote_at == AT - timedelta(hours=2)
    assert view.agent_wrote_at is None, "nobody has accepted"
    accepted = evolve(started.state, phase=Phase.ACTIVE, agent=BO.contact, accepted_at=AT)
    await world.must(SaveConversation(accepted, 1, None))
    view = await world.store.archive.conversation(world.workspace, started.id)
    assert view is not None
    assert view.agent_wrote_at == AT - timedelta(hours=1)


async def test_a_conversation_as_it_ended(world: World) -> None:
    started = await world.start(ANA, BO)
    times = [AT + timedelta(minutes=minute) for minute in (1, 2, 3)]
    ended = evolve(
        started.state,
        phase=Phase.CLOSED,
        agent=BO.contact,
        started_at=times[0],
        accepted_at=times[1],
        ended_at=times[2],
        reason="agent",
    )
    await world.must(SaveConversation(ended, 5, None))
    view = await world.store.archive.conversation(world.workspace, started.id)
    assert view is not None
    assert (view.phase, view.reason, view.agent) == (Phase.CLOSED, "agent", shown(BO))
    assert [view.started_at, view.accepted_at, view.ended_at] == times
    assert view.expires_at is None
    assert view.metadata == b"{}"


async def test_what_the_agent_said_at_the_end(world: World) -> None:
    """The words are the message's: they go when it is erased."""
    started = await world.start(ANA, BO)
    said = MessageId(71)
    closed = evolve(started.state, phase=Phase.CLOSED, agent=BO.contact, outcome=said)
    await world.must(SaveConversation(closed, 5, None))
    text = Text("/close sold  on the phone ")
    await world.must(StoreContent(said, started.id, BO.contact, Side.AGENT, text))
    silent = await world.start(CY, BO)
    await world.must(SaveConversation(evolve(silent.state, outcome=MessageId(72)), 5, None))
    page = await world.store.archive.conversations(world.workspace, Filter(), None, 9)
    assert [(view.outcome, view.note) for view in page] == [(None, None), ("sold", "on the phone")]
    assert await world.store.archive.conversation(world.workspace, started.id) == page[1]


async def test_who_came_and_whom_the_form_named(world: World) -> None:
    started = await world.start(ANA, BO)
    await world.must(SaveContact(CY, fakes.PORTFOLIO))
    await world.must(SaveConversation(evolve(started.state, visitor=CY.contact), 2, AT))
    view = await world.store.archive.conversation(world.workspace, started.id)
    assert view is not None
    assert (view.visitor, view.form) == (shown(CY), shown(ANA))
    await world.must(SaveConversation(evolve(started.state, form=None), 3, AT))
    older = await world.store.archive.conversation(world.workspace, started.id)
    assert older is not None
    assert older.form == shown(ANA)


async def test_the_expiry_runs_from_the_last_message(world: World) -> None:
    """The row is not written for a message, and still its time counts."""
    started = await world.start(ANA, BO)
    active = evolve(
        started.state, phase=Phase.ACTIVE, agent=BO.contact, last_message_at=AT, accepted_at=AT
    )
    await world.must(SaveConversation(active, 1, AT + timedelta(hours=22)))
    later = AT + timedelta(hours=5)
    said = MessageReceived(MessageId(1), Side.VISITOR, "text", later, later)
    await world.append(started.stream, 1, [said])
    view = await world.store.archive.conversation(world.workspace, started.id)
    assert view is not None
    assert view.expires_at == later + timedelta(hours=24)


async def test_a_person_who_is_not_known_has_no_name(world: World) -> None:
    started = await world.start(ANA, BO)
    stranger = evolve(started.state, visitor=CY.contact)
    await world.must(SaveConversation(stranger, 2, AT))
    view = await world.store.archive.conversation(world.workspace, started.id)
    assert view is not None
    assert view.visitor == PersonView(CY.contact, None, None)


async def test_conversations_come_newest_first_in_pages(world: World) -> None:
    ids = [(await world.start(ANA, BO)).id for _ in range(5)]
    newest = ids[::-1]
    assert await listed(world) == newest
    assert await listed(world, limit=2) == newest[:2]
    assert await listed(world, before=newest[1], limit=2) == newest[2:4]
    assert await listed(world, before=newest[-1]) == []


async def test_conversations_are_filtered(world: World) -> None:
    reserved = await world.start(ANA, BO)
    world.clock.forward(hours=1)
    active = await world.start(CY, BO)
    taken = evolve(active.state, phase=Phase.ACTIVE, agent=BO.contact, channel=ChannelId(3))
    await world.must(SaveConversation(taken, 2, AT + timedelta(hours=9)))
    await world.must(SaveContact(CY, fakes.PORTFOLIO, (fakes.phone(33),)))
    later = AT + timedelta(hours=1)
    assert CY.phone
    assert BO.phone
    cases = [
        (Filter(phases=(Phase.RESERVED,)), [reserved.id]),
        (Filter(phases=(Phase.RESERVED, Phase.ACTIVE)), [active.id, reserved.id]),
        (Filter(phases=(Phase.CLOSED,)), []),
        (Filter(visitor=CY.phone), [active.id]),
        (Filter(visitor=fakes.phone(33)), [active.id]),
        (Filter(visitor=fakes.phone(99)), []),
        (Filter(agent=BO.phone), [active.id]),
        (Filter(agent=CY.phone), []),
        (Filter(channel=ChannelId(3)), [active.id]),
        (Filter(channel=world.channel.id), [reserved.id]),
        (Filter(created_from=later), [active.id]),
        (Filter(created_before=later), [reserved.id]),
        (Filter(phases=(Phase.ACTIVE,), created_before=later), []),
    ]
    for where, expected in cases:
        assert await listed(world, where) == expected, where


async def test_a_filtered_page_is_full(world: World) -> None:
    """The limit counts what is shown, not what was looked at."""
    ids = [(await world.start(ANA, BO)).id for _ in range(4)]
    for id in ids[2:]:
        snapshot = await world.store.journal.snapshot(world.workspace, id)
        assert snapshot is not None
        await world.must(SaveConversation(evolve(snapshot[0], phase=Phase.CLOSED), 2, None))
    assert await listed(world, Filter(phases=(Phase.RESERVED,)), limit=2) == [ids[1], ids[0]]


async def test_nothing_is_shown_to_another_workspace(world: World) -> None:
    other = await world.another()
    started = await world.start(ANA, BO)
    said = MessageReceived(MessageId(1), Side.VISITOR, "text", AT, AT)
    await world.append(started.stream, 1, [said])
    archive = world.store.archive
    assert len(await archive.messages(world.workspace, started.id, 0, 9)) == 1
    assert await archive.conversation(other.workspace, started.id) is None
    assert await listed(other) == []
    assert await archive.messages(other.workspace, started.id, 0, 9) == []
    assert await archive.events(other.workspace, started.id, 0, 9) == []
