"""The block list at the edge: whoever is on it reaches nobody, and everybody else is let alone."""

from datetime import timedelta

from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.contact_events import BlockedBy, ContactBlocked, ContactUnblocked
from kaisa_relay.domain.conversation.events import ConversationClosed, Event, MessageBlocked
from kaisa_relay.domain.conversation.terms import EndedBy
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.ports import ChannelAsPerson, ListBlocked, ListUnblocked, NotFound, VisitorBlocked
from tests import fakes
from tests.actors.house import (
    AGENT,
    BRUNO,
    VISITOR,
    House,
    Plan,
    appends,
    form,
    open_house,
    sender_of,
    unnumbered,
)

VERA = evolve(sender_of(VISITOR), bsuid="US.vera")


async def block(house: House, who: object = VISITOR.phone) -> ListBlocked:
    """An API key blocks somebody."""
    listed = await house.desk.block(fakes.WORKSPACE, who, BlockedBy.API)  # type: ignore[arg-type] # a contact too
    assert isinstance(listed, ListBlocked)
    await house.quiet()
    return listed


def blocked_messages(house: House) -> list[MessageBlocked]:
    """What came from people on the list."""
    streams = house.store.rows.streams.values()
    events: list[Event] = [recorded.event for stream in streams for recorded in stream]
    return [each for each in events if isinstance(each, MessageBlocked)]


async def test_an_agent_blocks(autojump_clock: MockClock) -> None:
    """The visitor hears what anybody hears at an end, the agent how to undo it; then silence."""
    async with open_house() as house:
        talk = (await house.talking()).conversation
        await house.write(AGENT, "/block")
        assert "This chat has now ended" in house.texts(VISITOR)[-1]
        assert "Vera is blocked" in house.texts(AGENT)[-1]
        assert "supervisor can lift" in house.texts(AGENT)[-1]
        *_, listed, closed, _told, _said = house.events(talk)
        assert isinstance(listed, ContactBlocked)
        assert (listed.by, listed.conversation) == (BlockedBy.AGENT, talk)
        assert isinstance(closed, ConversationClosed)
        assert closed.by is EndedBy.BLOCKED
        heard, shown = len(house.sent(VISITOR)), len(house.sent(AGENT))
        stored = len(house.store.rows.contents)
        for _ in range(5):
            await house.write(VISITOR, "you will hear from me")
        assert (len(house.sent(VISITOR)), len(house.sent(AGENT))) == (heard, shown)
        assert len(house.store.rows.contents) == stored
        assert [each.answer for each in blocked_messages(house)] == [None] * 5
        assert await house.phase(talk) == "closed"
        house.check_finished()


async def test_no_form_brings_them_back(autojump_clock: MockClock) -> None:
    """Others are served as before, also with them as an agent: a block concerns visitors."""
    async with open_house() as house:
        await house.talking()
        await house.write(AGENT, "/blockera")
        assert await house.reserve(BRUNO) == VisitorBlocked()
        other = await house.reserve(BRUNO, visitor=form(101))
        assert not isinstance(other, VisitorBlocked)
        assert not isinstance(await house.reserve(VISITOR, visitor=form(102)), VisitorBlocked)


async def test_a_link_of_somebody_else(autojump_clock: MockClock) -> None:
    """They are told once a day that it leads nowhere; whose link it is can still use it."""
    async with open_house(Plan(channels=1)) as house:
        await house.talking()
        await house.write(AGENT, "/block")
        theirs = form(101, "Olga Other")
        link = await house.reserved(BRUNO, visitor=theirs, link_expires_after=timedelta(days=3))
        before = len(house.sent(VISITOR))
        for _ in range(3):
            await house.scan(link, VISITOR)
        assert [*house.texts(VISITOR)[before:]] == [
            "We are sorry, we cannot open a chat with you here."
        ]
        await house.pass_time(timedelta(hours=24))
        await house.scan(link, VISITOR)
        assert len(house.sent(VISITOR)) == before + 2
        await house.scan(link, theirs)
        assert await house.phase(link.conversation) == "seeking"
        house.check_finished()


async def test_every_identity_of_theirs(autojump_clock: MockClock) -> None:
    """Blocked by number, known by BSUID as soon as both were shown once."""
    async with open_house() as house:
        await block(house)
        await house.write(VERA, "hello")
        await house.write(unnumbered("Vera", "US.vera"), "hello again")
        assert len(blocked_messages(house)) == 2
        assert house.sent(VISITOR) == []
        assert house.texts("US.vera") == []


async def test_a_merger_keeps_the_block(autojump_clock: MockClock) -> None:
    """Blocked as a BSUID; the contact of the number turns out to be the same person."""
    async with open_house() as house:
        await house.write(unnumbered("Vera", "US.vera"), "hello?")
        (hidden,) = (who for _, who in house.store.rows.people)
        await block(house, hidden)
        talk = (await house.talking()).conversation  # nothing says yet that it is her
        await house.write(VERA, "both at last")
        assert await house.phase(talk) == "closed"
        assert blocked_messages(house)
        await house.write(sender_of(VISITOR), "by number alone")
        assert len(blocked_messages(house)) == 2
        assert await house.reserve(BRUNO) == VisitorBlocked()


async def test_what_they_are_in_ends_everywhere(autojump_clock: MockClock) -> None:
    """An agent blocks them on one channel: the talk on the other and a link given out end too."""
    async with open_house(Plan(channels=3)) as house:
        first = await house.talking()
        second = await house.talking(BRUNO)
        third = await house.reserved(form(202))
        assert len({first.channel, second.channel, third.channel}) == 3
        await house.write(AGENT, "/block", int(first.channel))
        for each in (first, second, third):
            assert await house.phase(each.conversation) == "closed"
        assert "closed for you" in house.texts(BRUNO)[-1]


async def test_a_conversation_that_did_not_hear(autojump_clock: MockClock) -> None:
    """Nobody could tell it (a crash in between): it ends at their next word."""
    async with open_house(Plan(channels=2)) as house:
        first = await house.talking()
        second = await house.talking(BRUNO)
        house.context.exchange.workspaces[fakes.WORKSPACE].close()
        await house.write(AGENT, "/block", int(first.channel))
        assert await house.phase(second.conversation) == "active"
        await house.write(VISITOR, "are you there?", int(second.channel))
        assert await house.phase(second.conversation) == "closed"
        assert "are you there?" not in house.texts(BRUNO)
        assert len(blocked_messages(house)) == 1


async def test_a_message_on_its_way(autojump_clock: MockClock) -> None:
    """It came after `/block` and before the list was read: no answer, and nothing begins anew."""
    async with open_house() as house:
        talk = (await house.talking()).conversation
        heard = len(house.sent(VISITOR))
        await house.arrive(house.item(AGENT, "/block"), house.item(VISITOR, "wait!"))
        await house.quiet()
        assert len(house.sent(VISITOR)) == heard + 1
        assert await house.phase(talk) == "closed"
        house.check_finished()


async def test_lifted(autojump_clock: MockClock) -> None:
    """They are heard again, as somebody whose talk is over."""
    async with open_house() as house:
        await house.talking()
        await house.write(AGENT, "/block")
        lifted = await house.desk.unblock(fakes.WORKSPACE, VISITOR.phone, BlockedBy.OPERATOR)
        assert isinstance(lifted, ListUnblocked)
        await house.write(VISITOR, "hello?")
        assert "no open chat" in house.texts(VISITOR)[-1]
        assert not blocked_messages(house)
        again = await house.desk.unblock(fakes.WORKSPACE, VISITOR.phone, BlockedBy.OPERATOR)
        assert again == NotFound()
        streams = house.store.rows.streams
        (contact,) = lifted.contacts
        (event,) = (each.event for each in streams[fakes.WORKSPACE, f"contact/{contact}"])
        assert isinstance(event, ContactUnblocked)
        await house.talking()


async def test_blocked_twice_over(autojump_clock: MockClock) -> None:
    """A repeat changes nothing; blocked again after it was lifted is news."""
    async with open_house() as house:
        (contact,) = (await block(house)).contacts
        assert await block(house, contact) == ListBlocked((contact,), news=False)
        await house.desk.unblock(fakes.WORKSPACE, contact, BlockedBy.API)
        assert (await block(house)).news
        stream = house.store.rows.streams[fakes.WORKSPACE, f"contact/{contact}"]
        kinds = [type(each.event) for each in stream]
        assert kinds == [ContactBlocked, ContactUnblocked, ContactBlocked]
        view = await house.store.archive.block(fakes.WORKSPACE, contact)
        assert view is not None
        assert view.by is BlockedBy.API
        assert [*await house.store.archive.blocks(fakes.WORKSPACE, None, 9)] == [view]


async def test_whom_nobody_can_block(autojump_clock: MockClock) -> None:
    """Our own numbers, and contacts that do not exist."""
    async with open_house() as house:
        ours = house.accounts.numbers[next(iter(house.accounts.numbers))].phone
        desk = house.desk
        answer = await desk.block(fakes.WORKSPACE, ours, BlockedBy.API)
        assert answer == ChannelAsPerson(-1)
        nobody = ContactId(99)
        assert await desk.block(fakes.WORKSPACE, nobody, BlockedBy.API) == NotFound()
        assert await desk.unblock(fakes.WORKSPACE, nobody, BlockedBy.API) == NotFound()


async def test_an_agent_stays_an_agent(autojump_clock: MockClock) -> None:
    """A block concerns somebody as a visitor: as an agent they are asked, heard and obeyed."""
    async with open_house() as house:
        await house.reserved(AGENT, visitor=form(110))
        await block(house, AGENT.phone)
        await house.write(AGENT, "/status")
        assert "no chat here at the moment" in house.texts(AGENT)[-1]
        await house.write(AGENT, "hello?")
        assert len(blocked_messages(house)) == 1
        await house.talking()
        await house.write(AGENT, "good day")
        assert house.texts(VISITOR)[-1] == "good day"
        assert await house.reserve(BRUNO, visitor=AGENT) == VisitorBlocked()


async def test_a_crash_between_the_block_and_its_news(autojump_clock: MockClock) -> None:
    """The commit is durable and its actor crashes: the list holds, the talk is over."""
    async with open_house() as house:
        talk = (await house.talking()).conversation
        house.traps.set(appends(talk), after=True)
        await house.write(AGENT, "/block")
        await house.pass_time(5)
        assert await house.phase(talk) == "closed"
        heard = len(house.sent(VISITOR))
        await house.write(VISITOR, "hello?")
        assert len(house.sent(VISITOR)) == heard
        assert len(blocked_messages(house)) == 1


async def test_met_again_after_a_restart(autojump_clock: MockClock) -> None:
    """The list is in the rows."""
    async with open_house() as house:
        await house.talking()
        await house.write(AGENT, "/block")
    async with open_house(Plan(store=house.store, gateway=house.gateway)) as again:
        heard = len(again.sent(VISITOR))
        await again.write(Sender(VERA.wa_id, None, "Vera"), "hello?")
        assert len(again.sent(VISITOR)) == heard
        assert len(blocked_messages(again)) == 1
