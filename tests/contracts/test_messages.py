"""What every archive promises of messages: their order, and how far each has come."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.contact import Side, Team
from kaisa_relay.domain.content import (
    ButtonTap,
    Content,
    Media,
    MediaKind,
    Text,
    Unsupported,
    kind_of,
)
from kaisa_relay.domain.conversation.events import (
    AgentNudged,
    AgentOffered,
    Event,
    MessageReceived,
    MessageRelayed,
    NoteKept,
    Notified,
    TeamWrote,
)
from kaisa_relay.domain.ids import MessageId, SendId
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.payloads import Reopen, encode
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Purpose, Rank, SendState
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.ports import (
    Leg,
    MessageView,
    MoveSend,
    NewSend,
    StoreContent,
)
from kaisa_relay.ports.directory import Written
from tests import fakes
from tests.contracts.world import Started, World

AT = fakes.EPOCH
ANA, BO = fakes.person(1, "Ana"), fakes.person(2, "Bo")
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


async def test_what_people_said_is_read_with_its_writers(world: World) -> None:
    """By id, whatever the order of the question; our own texts and unknown ids are left out."""
    started = await said_and_offered(world)
    said = await world.store.directory.said(world.workspace, [NOTED, MessageId(99), OFFERED, SAID])
    contents = await world.store.directory.content(world.workspace, [SAID])
    assert [(each.message, each.contact, each.side, each.content) for each in said] == [
        (SAID, ANA.contact, Side.VISITOR, contents[SAID])
    ]
    assert await world.store.directory.said(world.workspace, []) == []
    assert started.id


async def test_a_note_is_listed_without_its_command(world: World) -> None:
    """By its writer, to nobody; one from outside is a supervisor's."""
    started = await world.start(ANA, BO)
    events: list[Event] = [NoteKept(SAID, AT, BO.contact), NoteKept(NOTED, AT)]
    contents = [
        StoreContent(SAID, started.id, BO.contact, Side.AGENT, Text("/note a dog"), "wamid-1"),
        StoreContent(NOTED, started.id, ANA.contact, None, Text("/who knows")),
    ]
    assert await world.append(started.stream, 1, events, *contents) is None
    listed = await world.store.archive.messages(world.workspace, started.id, 0, 9)
    assert [view for _, view in listed] == [
        MessageView(SAID, "agent", None, Text("a dog"), "note", AT, "received"),
        MessageView(NOTED, "supervisor", None, Text("/who knows"), "note", AT, "received"),
    ]


async def test_a_text_of_the_teams_is_listed_and_quoted_and_said_by_nobody(world: World) -> None:
    """It waits until it has a leg; a chat that has it knows it by its name there."""
    started = await world.start(ANA, BO)
    requester = Requester(RequesterKind.USER, 4)
    content = StoreContent(SAID, started.id, ANA.contact, Team.TEAM, Text("be kind"))
    wrote = TeamWrote(SAID, Side.AGENT, AT, requester)
    assert await world.append(started.stream, 1, [wrote], content) is None
    assert await world.store.directory.said(world.workspace, [SAID]) == []
    listed = await world.store.archive.messages(world.workspace, started.id, 0, 9)
    assert [view for _, view in listed] == [
        MessageView(SAID, "supervisor", Side.AGENT, Text("be kind"), "text", AT, "held")
    ]


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


async def test_what_sends_carry_is_found_by_its_writers_own_wamid(world: World) -> None:
    started = await said_and_offered(world)
    relayed, offer, notice, reaction = (world.outgoing() for _ in range(4))
    sends = [
        evolve(relayed, message=SAID),
        evolve(offer, message=OFFERED, purpose=Purpose.OFFER),
        evolve(notice, message=NOTED),
        evolve(reaction, message=SAID, purpose=Purpose.NOTICE),
    ]
    await world.must(*map(NewSend, sends))
    asked = [send.id for send in sends]
    found = await world.store.directory.written(world.workspace, asked)
    assert found == [Written(SAID, world.channel.id, ANA.contact, "wamid-1")]
    assert started.state.visitor == ANA.contact
    assert await world.store.directory.written(world.workspace, asked[1:]) == []
    other = await world.another()
    assert await other.store.directory.written(other.workspace, asked) == []


async def test_what_waits_for_a_closed_window_is_held(world: World) -> None:
    """Whatever could cross and did not; a tap that only opens the window is no message."""
    started = await world.start(ANA, BO)
    contents: list[tuple[Content, str]] = [
        (Text("still there?"), "held"),
        (Unsupported("poll_creation", 131051), "received"),
        (ButtonTap(encode(Reopen(started.id)), "Read it"), "received"),
    ]
    for version, (content, _) in enumerate(contents, start=1):
        said = MessageId(100 + version)
        event = MessageReceived(said, Side.VISITOR, kind_of(content), AT, AT)
        kept = StoreContent(said, started.id, ANA.contact, Side.VISITOR, content)
        assert await world.append(started.stream, version, [event], kept) is None
    found = await world.store.archive.messages(world.workspace, started.id, 0, 10)
    assert [view.status for _, view in found] == [status for _, status in contents]
