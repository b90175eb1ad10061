"""What every directory promises: people, pairs, tokens, contents and kept answers."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.contact import Person, Sender, Side
from kaisa_relay.domain.content import Content, Edit, Media, MediaKind, Text
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.outgoing import Button, Buttons, Outgoing, Template
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.routing import Token
from kaisa_relay.domain.sending import Purpose, Rank, SendState
from kaisa_relay.ports import (
    Conflict,
    EndSend,
    ForgetNumbers,
    NewSend,
    SaveAnswer,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    SaveToken,
    StoreContent,
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
    found = await world.store.directory.find(world.workspace, portfolio, sender, phones)
    return list(found.contacts)


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
    assert await find(world, Sender(None, None), other_form) == ana
    assert await find(world, Sender(None, "US.2"), other_form) == []  # that is another's BSUID
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
    assert await find(world, Sender("1209", "US.1"), *phones[:1]) == [ANA.contact, numbered.contact]
    assert await find(world, Sender("1202", "US.1"), *phones) == [ANA.contact, BO.contact]
    assert await find(world, Sender("1202", "US.9"), *phones) == [BO.contact]
    assert await find(world, Sender("1209", "US.9"), *phones) == [numbered.contact]
    assert await find(world, Sender("1209", None), *phones) == [numbered.contact, ANA.contact]


async def test_a_bsuid_counts_in_its_portfolio_and_a_number_everywhere(world: World) -> None:
    await world.must(SaveContact(evolve(ANA, bsuid="US.1"), "one", (), "1202"))
    assert await find(world, Sender(None, "US.1"), portfolio="one") == [ANA.contact]
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


async def test_a_number_that_somebody_left(world: World) -> None:
    """It finds nobody, until somebody else has it; another's number is nobody's to leave."""
    await world.must(SaveContact(ANA, fakes.PORTFOLIO, (), "1202"))
    left = ForgetNumbers(ANA.contact, (fakes.phone(1), fakes.phone(2)), "1202")
    await world.must(SaveContact(BO, fakes.PORTFOLIO))
    moved = evolve(ANA, phone=fakes.phone(5))
    await world.must(left, SaveContact(moved, fakes.PORTFOLIO))
    assert await find(world, Sender("1202", None), fakes.phone(1)) == []
    assert await find(world, Sender(None, None), fakes.phone(5)) == [ANA.contact]
    assert await find(world, Sender(None, None), fakes.phone(2)) == [BO.contact]
    other = await world.another()
    await other.must(ForgetNumbers(BO.contact, (fakes.phone(2),)))
    assert await find(world, Sender(None, None), fakes.phone(2)) == [BO.contact]
    await world.must(SaveContact(evolve(BO, phone=ANA.phone), fakes.PORTFOLIO, (), "1202"))
    assert await find(world, Sender("1202", None)) == [BO.contact]


async def test_people_belong_to_their_workspace(world: World) -> None:
    other = await world.another()
    await world.must(SaveContact(evolve(ANA, bsuid="US.1"), fakes.PORTFOLIO, (), "1202"))
    sender = Sender("1202", "US.1")
    assert await find(other, sender, fakes.phone(1)) == []
    assert await people(other, ANA.contact) == {}
    await other.must(SaveContact(evolve(BO, bsuid="US.1"), fakes.PORTFOLIO))
    assert await find(other, sender) == [BO.contact]
    assert await find(world, sender) == [ANA.contact]


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


# --- one message, two chats


async def test_each_chat_has_its_own_name_for_a_message(world: World) -> None:
    """What a visitor wrote is known by one wamid to them and by another to the agent."""
    directory, workspace = world.store.directory, world.workspace
    said = MessageId(world.new_id())
    started = await world.start(ANA, BO)
    content = Text("hello")
    await world.must(
        StoreContent(said, started.id, ANA.contact, Side.VISITOR, content, "wamid.theirs")
    )
    send = evolve(world.outgoing(), message=said, contact=BO.contact, conversation=started.id)
    await world.must(NewSend(send))
    assert await directory.wamid(workspace, BO.contact, said) is None  # not sent yet
    sending = (SendState.READY,)
    await world.must(EndSend(send.id, sending, Rank.SENT, AT, "wamid.ours"))
    for contact, wamid in ((ANA.contact, "wamid.theirs"), (BO.contact, "wamid.ours")):
        assert await directory.wamid(workspace, contact, said) == wamid
        assert await directory.message(workspace, contact, wamid) == said
    assert await directory.message(workspace, ANA.contact, "wamid.ours") is None
    assert await directory.message(workspace, BO.contact, "wamid.theirs") is None
    elsewhere = WorkspaceId(workspace + 1)
    assert await directory.message(elsewhere, ANA.contact, "wamid.theirs") is None
    assert await directory.wamid(elsewhere, ANA.contact, said) is None


async def test_an_automatic_text_is_nobodys_message(world: World) -> None:
    directory, workspace = world.store.directory, world.workspace
    notice = MessageId(world.new_id())
    await world.must(StoreContent(notice, None, BO.contact, None, Text("hi")))
    send = evolve(world.outgoing(Purpose.NOTICE), message=notice, contact=BO.contact)
    await world.must(NewSend(send))
    await world.must(EndSend(send.id, (SendState.READY,), Rank.SENT, AT, "wamid.n"))
    assert await directory.message(workspace, BO.contact, "wamid.n") is None
