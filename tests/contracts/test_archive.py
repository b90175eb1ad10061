"""What every archive promises: conversations and messages as the API shows them."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.contact import Person, Side
from kaisa_relay.domain.content import Media, MediaKind, Text
from kaisa_relay.domain.conversation.events import (
    AgentNudged,
    AgentOffered,
    Event,
    MessageReceived,
    MessageRelayed,
    Notified,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ConversationId, MessageId, SendId
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.sending import Purpose, Rank, SendState
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.ports import (
    ConversationView,
    Filter,
    Leg,
    MessageView,
    MoveSend,
    NewSend,
    PersonView,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    StoreContent,
)
from tests import fakes
from tests.contracts.world import Started, World

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
        channel=world.channel.id,
        visitor=shown(ANA),
        agent=None,
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
    started = await said_and_offered(world)
    archive = world.store.archive
    assert await archive.conversation(other.workspace, started.id) is None
    assert await listed(other) == []
    assert await archive.messages(other.workspace, started.id, 0, 9) == []
    assert await archive.events(other.workspace, started.id, 0, 9) == []


# --- messages and events


SAID, OFFERED, ANSWERED, NOTED = (MessageId(number) for number in (1, 2, 3, 4))


async def said_and_offered(world: World) -> Started:
    """Have the visitor write, the agent be asked and write back, and the visitor be answered."""
    started = await world.start(ANA, BO)
    voice = Media(MediaKind.AUDIO, "media-1", "audio/ogg", voice=True)
    template = Template("kaisa_offer", "en", ("Ana",), ("yes", "no"))
    events: list[Event] = [
        MessageReceived(SAID, Side.VISITOR, "voice", AT, AT + timedelta(seconds=1), held=True),
        AgentOffered(1, BO.contact, OFFERED, SendId(12), True, AT + timedelta(seconds=2)),
        AgentNudged(AT),
        MessageReceived(ANSWERED, Side.AGENT, "text", AT, AT + timedelta(seconds=3)),
        Notified(NOTED, SendId(14), ANA.contact, TextKey.SEEKING, AT + timedelta(seconds=4)),
    ]
    contents = [
        StoreContent(SAID, started.id, ANA.contact, Side.VISITOR, voice, "wamid-1"),
        StoreContent(OFFERED, started.id, BO.contact, None, template),
        StoreContent(NOTED, started.id, ANA.contact, None, Text("We are looking.")),
    ]
    assert await world.append(started.stream, 1, events, *contents) is None
    return started


async def test_messages_are_listed_in_the_order_of_their_events(world: World) -> None:
    started = await said_and_offered(world)
    archive = world.store.archive
    messages = await archive.messages(world.workspace, started.id, 0, 9)
    contents = await world.store.directory.content(world.workspace, [SAID, OFFERED, NOTED])
    at = [AT + timedelta(seconds=second) for second in range(5)]
    assert messages == [
        (2, MessageView(SAID, "visitor", Side.AGENT, contents[SAID], "voice", at[1], "held")),
        (
            3,
            MessageView(
                OFFERED, "system", Side.AGENT, contents[OFFERED], "template", at[2], "sending"
            ),
        ),
        (5, MessageView(ANSWERED, "agent", Side.VISITOR, None, "text", at[3], "received")),
        (
            6,
            MessageView(NOTED, "system", Side.VISITOR, contents[NOTED], "text", at[4], "sending"),
        ),
    ]
    assert await archive.messages(world.workspace, started.id, 2, 2) == messages[1:3]
    assert await archive.messages(world.workspace, started.id, 6, 9) == []


async def status_of(world: World, started: Started, message: MessageId) -> tuple[str, int | None]:
    messages = await world.store.archive.messages(world.workspace, started.id, 0, 99)
    (view,) = [view for _, view in messages if view.id == message]
    return view.status, view.error_code


async def relay(world: World, started: Started, send: int) -> None:
    """Relay the held message by this send."""
    out = evolve(world.outgoing(), id=SendId(send), message=SAID, conversation=started.id)
    version = len(await world.store.archive.events(world.workspace, started.id, 0, 99))
    relayed = MessageRelayed(SAID, SendId(send), Side.AGENT, BO.contact, AT)
    assert await world.append(started.stream, version, [relayed], NewSend(out)) is None


@pytest.mark.parametrize(
    ("rank", "shown_as"),
    [
        (Rank.SENT, ("sent", None)),
        (Rank.DELIVERED, ("delivered", None)),
        (Rank.READ, ("read", None)),
        (Rank.PLAYED, ("read", None)),
        (Rank.FAILED, ("failed", 131026)),
    ],
)
async def test_a_relayed_message_shows_how_far_it_came(
    world: World, rank: Rank, shown_as: tuple[str, int | None]
) -> None:
    started = await said_and_offered(world)
    await relay(world, started, 20)
    assert await status_of(world, started, SAID) == ("sending", None)
    code = 131026 if rank is Rank.FAILED else None
    await world.store.sends.settle(world.workspace, [Leg(SendId(20), rank, AT, code)], ())
    assert await status_of(world, started, SAID) == shown_as


async def test_a_parked_message_is_unconfirmed_until_it_is_sent_again(world: World) -> None:
    started = await said_and_offered(world)
    await relay(world, started, 20)
    await world.must(MoveSend(SendId(20), (SendState.READY,), SendState.PARKED, 1, AT))
    assert await status_of(world, started, SAID) == ("unconfirmed", None)
    await relay(world, started, 21)
    assert await status_of(world, started, SAID) == ("sending", None)


async def test_of_a_message_sent_twice_the_better_leg_counts(world: World) -> None:
    started = await said_and_offered(world)
    await relay(world, started, 20)
    await relay(world, started, 21)
    legs = [Leg(SendId(20), Rank.DELIVERED, AT), Leg(SendId(21), Rank.FAILED, AT, 131026)]
    await world.store.sends.settle(world.workspace, legs, ())
    assert await status_of(world, started, SAID) == ("delivered", None)


async def test_automatic_texts_show_how_far_they_came(world: World) -> None:
    started = await said_and_offered(world)
    out = evolve(world.outgoing(Purpose.NOTICE), id=SendId(14), message=NOTED)
    await world.must(NewSend(out))
    await world.store.sends.settle(world.workspace, [Leg(SendId(14), Rank.READ, AT)], ())
    assert await status_of(world, started, NOTED) == ("read", None)


async def test_events_come_above_a_version(world: World) -> None:
    started = await said_and_offered(world)
    stored = await world.store.journal.read(world.workspace, started.stream)
    archive = world.store.archive
    assert await archive.events(world.workspace, started.id, 0, 99) == stored
    assert await archive.events(world.workspace, started.id, 2, 2) == stored[2:4]
    assert await archive.events(world.workspace, started.id, 6, 9) == []
