"""What is no plain text, from one phone to the other: who sees what, about which message."""

from trio.testing import MockClock

from kaisa_relay.domain.content import (
    ContactCard,
    ContactCards,
    Content,
    Edit,
    Location,
    Reaction,
    Revocation,
    Text,
)
from kaisa_relay.domain.outgoing import Emoji, Quoting
from kaisa_relay.ports import FormPerson
from tests.actors.house import AGENT, VISITOR, House, open_house

PLACE = Location(59.3, 18.1, "Slussen", "Stockholm")


def their_name(house: House, reader: FormPerson, body: str) -> str:
    """Return what a reader's chat calls a text that was passed on to them."""
    [wamid] = [
        each.wamid
        for each in house.gateway.accepted
        if each.recipient.phone == reader.phone and each.outgoing == Text(body)
    ]
    return wamid


async def test_places_and_contacts(autojump_clock: MockClock) -> None:
    cards = ContactCards((ContactCard("Ola", ("+46700000001",)),))
    async with open_house() as house:
        await house.talking()
        for who, other in ((VISITOR, AGENT), (AGENT, VISITOR)):
            for content in (PLACE, cards):
                await house.write(who, content)
                assert house.sent(other)[-1] == content
        house.check_finished()


async def test_an_answer_points_at_the_message_in_the_readers_own_chat(
    autojump_clock: MockClock,
) -> None:
    """Quoting what was passed on, quoting oneself, and quoting a text of ours."""
    async with open_house() as house:
        await house.talking()
        question = house.item(VISITOR, "which one?")
        await house.arrive(question)
        await house.quiet()
        await house.arrive(house.item(AGENT, "blue", quotes=their_name(house, AGENT, "which one?")))
        await house.quiet()
        asked = wamid_of(question)
        assert quoted(house, VISITOR) == (Text("blue"), asked)
        await house.arrive(house.item(VISITOR, "that is: how large?", quotes=asked))
        await house.quiet()
        own = their_name(house, AGENT, "which one?")
        assert quoted(house, AGENT) == (Text("that is: how large?"), own)
        notice = next(e.wamid for e in house.gateway.accepted if e.recipient.phone == VISITOR.phone)
        await house.arrive(house.item(VISITOR, "thanks", quotes=notice))
        await house.quiet()
        assert house.sent(AGENT)[-1] == Text("thanks")
        house.check_finished()


async def test_a_reaction_is_set_changed_and_taken_back(autojump_clock: MockClock) -> None:
    async with open_house() as house:
        await house.talking()
        said = house.item(VISITOR, "is it free?")
        await house.arrive(said)
        await house.quiet()
        target = their_name(house, AGENT, "is it free?")
        for emoji in ("👍", "❤️", None):
            await house.write(AGENT, Reaction(target, emoji))
            reaction = house.sent(VISITOR)[-1]
            assert isinstance(reaction, Emoji)
            assert (reaction.emoji, reaction.wamid) == (emoji, wamid_of(said))
        house.check_finished()


async def test_a_change_and_a_deletion_are_told_where_the_message_went(
    autojump_clock: MockClock,
) -> None:
    async with open_house() as house:
        await house.talking()
        said = house.item(VISITOR, "at six")
        await house.arrive(said)
        await house.quiet()
        name = their_name(house, AGENT, "at six")
        contents: list[tuple[Content, str]] = [
            (Edit(wamid_of(said), Text("at seven")), "Edited:\nat seven"),
            (Revocation(wamid_of(said)), "An earlier message was deleted."),
        ]
        for content, text in contents:
            await house.write(VISITOR, content)
            assert quoted(house, AGENT) == (Text(text), name)
        house.check_finished()


async def test_a_deletion_of_what_nobody_saw_is_nobodys_news(autojump_clock: MockClock) -> None:
    async with open_house() as house:
        await house.talking()
        seen = len(house.sent(AGENT))
        await house.write(VISITOR, Revocation("wamid.unknown"))
        await house.write(VISITOR, Reaction("wamid.unknown", "👍"))
        assert len(house.sent(AGENT)) == seen
        house.check_finished()


async def test_a_long_text_arrives_whole_and_in_order(autojump_clock: MockClock) -> None:
    body = " ".join(str(number) for number in range(2000))
    async with open_house() as house:
        await house.talking()
        await house.write(VISITOR, body)
        await house.write(VISITOR, "the end")
        *parts, end = house.texts(AGENT)[-4:]
        assert (" ".join(parts), end) == (body, "the end")
        house.check_finished()


def wamid_of(item: object) -> str:
    """Return the wamid of a message that is about to come in."""
    wamid = getattr(getattr(item, "item", None), "wamid", None)
    assert isinstance(wamid, str)
    return wamid


def quoted(house: House, reader: FormPerson) -> tuple[object, str | None]:
    """Return what came last, and the message that it points at."""
    last = house.sent(reader)[-1]
    assert isinstance(last, Quoting)
    return last.outgoing, last.wamid
