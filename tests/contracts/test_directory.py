"""What every directory promises: people, pairs, tokens, contents and kept answers."""

from collections import Counter
from datetime import timedelta

import pytest
import trio
from attrs import evolve

from kaisa_relay.domain.contact import Person, Sender, Side
from kaisa_relay.domain.content import Content, Edit, Media, MediaKind, Text
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId
from kaisa_relay.domain.outgoing import Button, Buttons, Outgoing, Template
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.routing import Pair, Token
from kaisa_relay.ports import (
    ClaimPair,
    Conflict,
    ReleasePair,
    SaveAnswer,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    SaveToken,
    StoreContent,
    TouchPair,
    UseToken,
)
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
ANA, BO = fakes.person(1, "Ana Lind", "sv"), fakes.person(2, "Bo")
FIRST, SECOND = ConversationId(11), ConversationId(12)


# --- who is who


async def find(
    world: World, sender: Sender, *phones: Phone, portfolio: str = fakes.PORTFOLIO
) -> list[ContactId]:
    return await world.store.directory.find(world.workspace, portfolio, sender, phones)


async def people(world: World, *contacts: int) -> dict[ContactId, Person]:
    ids = [ContactId(id) for id in contacts]
    return await world.store.directory.people(world.workspace, ids)


async def test_a_person_is_found_by_each_identity(world: World) -> None:
    known = evolve(ANA, bsuid="US.1")
    other_form = fakes.phone(71)
    await world.must(SaveContact(known, fakes.PORTFOLIO, (other_form,), "12025550072"))
    ana = [ANA.contact]
    assert await find(world, Sender(None, "US.1")) == ana
    assert await find(world, Sender("12025550072", None)) == ana
    assert await find(world, Sender(None, "US.2"), other_form) == ana
    assert await find(world, Sender(None, None), fakes.phone(9), fakes.phone(1)) == ana
    assert await find(world, Sender("12025550073", "US.2"), fakes.phone(9)) == []
    assert await people(world, ANA.contact, 77) == {ANA.contact: known}
    assert await people(world) == {}


async def test_the_better_identity_decides_alone(world: World) -> None:
    numbered = fakes.person(3)
    await world.must(
        SaveContact(evolve(ANA, bsuid="US.1"), fakes.PORTFOLIO),
        SaveContact(BO, fakes.PORTFOLIO, (), "1202"),
        SaveContact(numbered, fakes.PORTFOLIO),
    )
    phones = (fakes.phone(3), fakes.phone(1))
    assert await find(world, Sender("1202", "US.1"), *phones) == [ANA.contact]
    assert await find(world, Sender("1202", "US.9"), *phones) == [BO.contact]
    assert await find(world, Sender("1209", "US.9"), *phones) == [numbered.contact, ANA.contact]


async def test_a_bsuid_counts_in_its_portfolio_and_a_number_everywhere(world: World) -> None:
    await world.must(SaveContact(evolve(ANA, bsuid="US.1"), "one", (), "1202"))
    assert await find(world, Sender(None, "US.1"), portfolio="two") == []
    assert await find(world, Sender("1202", None), portfolio="two") == [ANA.contact]
    assert await find(world, Sender(None, None), fakes.phone(1), portfolio="two") == [ANA.contact]


async def test_an_identity_stays_with_who_has_it(world: World) -> None:
    await world.must(SaveContact(ANA, fakes.PORTFOLIO))
    await world.must(SaveContact(evolve(BO, phone=ANA.phone), fakes.PORTFOLIO, (fakes.phone(2),)))
    assert await find(world, Sender(None, None), fakes.phone(1)) == [ANA.contact]
    assert await find(world, Sender(None, None), fakes.phone(2)) == [BO.contact]


async def test_what_is_known_of_a_person_is_not_forgotten(world: World) -> None:
    """A message that shows no number says nothing against the number we have."""
    await world.must(SaveContact(evolve(ANA, bsuid="US.1"), fakes.PORTFOLIO))
    renamed = Person(ANA.contact, "Ana", "en")
    await world.must(SaveContact(renamed, fakes.PORTFOLIO))
    expected = Person(ANA.contact, "Ana", "en", ANA.phone, "US.1")
    assert await people(world, ANA.contact) == {ANA.contact: expected}
    moved = evolve(expected, phone=fakes.phone(5), bsuid="US.5")
    await world.must(SaveContact(moved, fakes.PORTFOLIO))
    assert await people(world, ANA.contact) == {ANA.contact: moved}
    assert await find(world, Sender(None, "US.1")) == [ANA.contact]
    assert await find(world, Sender(None, None), fakes.phone(1)) == [ANA.contact]


async def test_people_belong_to_their_workspace(world: World) -> None:
    other = await world.another()
    await world.must(SaveContact(evolve(ANA, bsuid="US.1"), fakes.PORTFOLIO, (), "1202"))
    sender = Sender("1202", "US.1")
    assert await find(other, sender, fakes.phone(1)) == []
    assert await people(other, ANA.contact) == {}
    await other.must(SaveContact(evolve(BO, bsuid="US.1"), fakes.PORTFOLIO))
    assert await find(other, sender) == [BO.contact]
    assert await find(world, sender) == [ANA.contact]


# --- pairs


async def pairs(world: World, *contacts: ContactId, on: ChannelId | None = None) -> list[Pair]:
    return await world.store.directory.pairs(world.workspace, contacts, on)


async def test_a_person_is_in_one_conversation_per_channel(world: World) -> None:
    claim = ClaimPair(world.channel.id, ANA.contact, FIRST, Side.VISITOR)
    await world.must(claim)
    await world.must(claim)  # what one has one may claim again
    second = ClaimPair(world.channel.id, ANA.contact, SECOND, Side.AGENT)
    assert await world.change(second) == Conflict(second)
    elsewhere = await world.store.add_channel(world.workspace)
    await world.must(ClaimPair(elsewhere.id, ANA.contact, SECOND, Side.AGENT))
    (here,) = await pairs(world, ANA.contact, on=world.channel.id)
    assert (here.conversation, here.role) == (FIRST, Side.VISITOR)
    both = {(pair.channel, pair.conversation) for pair in await pairs(world, ANA.contact)}
    assert both == {(world.channel.id, FIRST), (elsewhere.id, SECOND)}


async def test_of_conversations_that_claim_a_person_one_wins(world: World) -> None:
    answers: list[bool] = []

    async def claim(conversation: int) -> None:
        change = ClaimPair(
            world.channel.id, ANA.contact, ConversationId(conversation), Side.VISITOR
        )
        answers.append(await world.change(change) is None)

    async with trio.open_nursery() as nursery:
        for number in range(1, 9):
            nursery.start_soon(claim, number)
    assert Counter(answers) == {True: 1, False: 7}


async def test_a_released_pair_remembers_its_last_conversation(world: World) -> None:
    here = (world.channel.id, ANA.contact)
    await world.must(ClaimPair(*here, FIRST, Side.AGENT), TouchPair(*here, AT))
    await world.must(ReleasePair(*here, SECOND))
    assert (await pairs(world, ANA.contact))[0].conversation == FIRST
    await world.must(ReleasePair(*here, FIRST))
    assert await pairs(world, ANA.contact) == [Pair(*here, None, Side.AGENT, FIRST, AT)]
    await world.must(ReleasePair(*here, FIRST))
    await world.must(ClaimPair(*here, SECOND, Side.VISITOR))
    (pair,) = await pairs(world, ANA.contact)
    assert (pair.conversation, pair.role, pair.inbound_at) == (SECOND, Side.VISITOR, AT)


async def test_a_window_only_moves_on(world: World) -> None:
    here = (world.channel.id, ANA.contact)
    later = AT + timedelta(minutes=1, microseconds=1)
    for at in (AT, later, AT):
        await world.must(TouchPair(*here, at))
    assert await pairs(world, ANA.contact) == [Pair(*here, None, None, None, later)]


async def test_pairs_are_read_of_the_named_people_and_workspace(world: World) -> None:
    other = await world.another()
    for of, contact in ((world, ANA), (world, BO), (other, ANA)):
        await of.must(ClaimPair(of.channel.id, contact.contact, FIRST, Side.VISITOR))
    assert {pair.contact for pair in await pairs(world, ANA.contact, BO.contact)} == {1, 2}
    assert [pair.channel for pair in await pairs(world, ANA.contact)] == [world.channel.id]
    assert [pair.channel for pair in await pairs(other, ANA.contact)] == [other.channel.id]
    assert await pairs(world) == []


async def test_the_load_counts_live_conversations(world: World) -> None:
    other = await world.another()
    started = [await world.start(ANA, BO) for _ in range(3)]
    await other.start(ANA, BO)
    closed = evolve(started[0].state, phase=Phase.CLOSED, ended_at=AT)
    await world.must(SaveConversation(closed, 2, None))
    assert await world.store.directory.load(world.workspace) == {world.channel.id: 2}


# --- tokens


async def test_a_token_stands_for_its_conversation(world: World) -> None:
    started = await world.start(ANA, BO)
    token = Token(
        value=started.token,
        conversation=started.id,
        channel=world.channel.id,
        until=AT,
        visitor=ANA.contact,
        used_by=None,
        live=True,
        url=f"https://wa.me/?{started.token}",
    )
    read = world.store.directory.token
    assert await read(world.workspace, started.token) == token
    assert await read(world.workspace, "another") is None
    await world.must(UseToken(started.token, BO.contact))
    await world.must(UseToken(started.token, ANA.contact))  # the first to use it stays
    assert await read(world.workspace, started.token) == evolve(token, used_by=BO.contact)
    ended = evolve(started.state, phase=Phase.ABANDONED, visitor=BO.contact)
    await world.must(SaveConversation(ended, 2, None))
    expected = evolve(token, used_by=BO.contact, live=False, visitor=BO.contact)
    assert await read(world.workspace, started.token) == expected


async def test_a_token_belongs_to_its_workspace(world: World) -> None:
    other = await world.another()
    started, theirs = await world.start(ANA, BO), await other.start(ANA, BO)
    assert await world.store.directory.token(other.workspace, started.token) is None
    await other.must(SaveToken(started.token, theirs.id, other.channel.id, AT))
    await other.must(UseToken(started.token, BO.contact))
    known = await world.store.directory.token(world.workspace, started.token)
    assert known is not None
    assert known.used_by is None


# --- what was said


CONTENTS: list[Content | Outgoing] = [
    Text("hej \0 \N{GRINNING FACE} '\"\\"),
    Media(MediaKind.AUDIO, "media-1", "audio/ogg", voice=True),
    Edit("wamid-1", Text("better")),
    Buttons("Take it?", (Button("yes", "Yes"),)),
    Template("kaisa_offer", "en", ("Ana",), ("yes",)),
]


async def test_contents_come_back_as_they_were(world: World) -> None:
    other = await world.another()
    stored = {MessageId(number): content for number, content in enumerate(CONTENTS, 1)}
    await world.must(
        *(
            StoreContent(message, FIRST, ANA.contact, Side.VISITOR, content, "wamid-1")
            for message, content in stored.items()
        )
    )
    read = world.store.directory.content
    assert await read(world.workspace, [*stored, MessageId(99)]) == stored
    assert await read(world.workspace, [MessageId(1)]) == {MessageId(1): CONTENTS[0]}
    assert await read(world.workspace, []) == {}
    assert await read(other.workspace, [*stored]) == {}


async def test_content_stored_again_is_the_newer_one(world: World) -> None:
    for body in ("first", "second"):
        await world.must(StoreContent(MessageId(1), None, ANA.contact, None, Text(body)))
    found = await world.store.directory.content(world.workspace, [MessageId(1)])
    assert found == {MessageId(1): Text("second")}


async def test_metadata_is_kept_byte_for_byte(world: World) -> None:
    other = await world.another()
    read = world.store.directory.metadata
    assert await read(world.workspace, FIRST) == b"{}"
    metadata = '{"plan": "gold", "név": "\N{GRINNING FACE}"}'.encode()
    await world.must(SaveMetadata(FIRST, ANA.contact, metadata))
    assert await read(world.workspace, FIRST) == metadata
    assert await read(other.workspace, FIRST) == b"{}"


# --- answers


async def test_an_answer_is_kept_until_its_time(world: World) -> None:
    other = await world.another()
    until = AT + timedelta(hours=24)
    await world.must(SaveAnswer("key", b"\0hash", b"\xffanswer", until))
    read = world.store.directory.answer
    assert await read(world.workspace, "key", AT) == (b"\0hash", b"\xffanswer")
    assert await read(world.workspace, "key", until) is None
    assert await read(world.workspace, "other", AT) is None
    assert await read(other.workspace, "key", AT) is None
    await other.must(SaveAnswer("key", b"other", b"other", until))
    assert await read(world.workspace, "key", AT) == (b"\0hash", b"\xffanswer")


@pytest.mark.parametrize("hours", [0, 23])
async def test_a_key_that_is_there_is_a_conflict(world: World, hours: int) -> None:
    await world.must(SaveAnswer("key", b"one", b"one", AT + timedelta(hours=24)))
    world.clock.forward(hours=hours)
    again = SaveAnswer("key", b"one", b"two", AT + timedelta(hours=48))
    assert await world.change(again) == Conflict(again)


async def test_a_key_whose_time_is_over_is_free(world: World) -> None:
    await world.must(SaveAnswer("key", b"one", b"one", AT + timedelta(hours=24)))
    world.clock.forward(hours=24)
    await world.must(SaveAnswer("key", b"two", b"two", AT + timedelta(hours=48)))
    kept = await world.store.directory.answer(world.workspace, "key", world.clock())
    assert kept == (b"two", b"two")
