"""Whose message it is, and to whom nothing may ever go."""

from trio.testing import MockClock

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.conversation.events import IdentityMismatched, NoteAdded
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.inbound import IdentityChange
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.tokens import find_tokens
from kaisa_relay.ports import ItemKind, NewItem
from tests import fakes
from tests.actors.house import (
    AGENT,
    BRUNO,
    VISITOR,
    Plan,
    form,
    open_house,
    sender_of,
    unnumbered,
)

HIDDEN = unnumbered("Vera", "US.vera")
OTHER = form(150, "Otto Other")


async def test_a_visitor_without_a_number(autojump_clock: MockClock) -> None:
    """The token binds them, replies go to the BSUID, and never to the number on the form."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation, HIDDEN)
        await house.write(HIDDEN, "hello")
        await house.tap(AGENT, "Accept")
        await house.write(AGENT, "hi Vera")
        assert house.texts("US.vera")[-1] == "hi Vera"
        assert house.texts(AGENT)[-1] == "hello"
        assert house.sent(VISITOR) == []
        events = house.events(reservation.conversation)
        assert not any(isinstance(event, IdentityMismatched) for event in events)
        await house.write(AGENT, "/close")
        house.check_finished()


async def test_what_they_write_before_the_link_is_bound(autojump_clock: MockClock) -> None:
    """The link and the next messages come in one POST: all of them belong together."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        house.store.latency = 0.01
        said = [reservation.url, "one", "two"]
        await house.arrive(*[house.item(HIDDEN, text) for text in said])
        await house.pass_time(5)
        await house.tap(AGENT, "Accept")
        await house.pass_time(5)
        assert house.texts(AGENT)[-2:] == ["one", "two"]
        assert len(house.texts("US.vera")) == 2  # seeking, found
        house.check_finished()


async def test_another_phone_than_the_forms(autojump_clock: MockClock) -> None:
    """It is accepted and noted, the pair moves along, and the form's person hears nothing."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation, OTHER)
        await house.tap(AGENT, "Accept")
        await house.write(OTHER, "it is me")
        await house.write(AGENT, "welcome")
        assert house.texts(AGENT)[-1] == "it is me"
        assert house.texts(OTHER)[-1] == "welcome"
        assert house.sent(VISITOR) == []
        events = house.events(reservation.conversation)
        assert sum(isinstance(event, IdentityMismatched) for event in events) == 1
        view = await house.store.archive.conversation(fakes.WORKSPACE, reservation.conversation)
        assert view is not None
        assert (view.form.name, view.form.phone) == (VISITOR.name, VISITOR.phone)
        assert (view.visitor.name, view.visitor.phone) == (OTHER.name, OTHER.phone)
        await house.write(VISITOR, "and who am I?")
        assert house.texts(AGENT)[-1] == "it is me"
        assert "no open chat" in house.texts(VISITOR)[-1]
        assert (await house.reserved(BRUNO)).channel == reservation.channel


async def test_a_token_that_somebody_else_used(autojump_clock: MockClock) -> None:
    """A second phone scans the same code: told so, and nothing of it is relayed."""
    async with open_house() as house:
        reservation = await house.talking()
        before = len(house.sent(AGENT))
        await house.scan(reservation, OTHER)
        assert "already been used" in house.texts(OTHER)[-1]
        await house.write(OTHER, "let me in")
        assert len(house.sent(AGENT)) == before


async def test_two_phones_scan_in_the_same_moment(autojump_clock: MockClock) -> None:
    """One of them is bound, the other is told; neither reads what the other says."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        third = form(151, "Third")
        await house.arrive(*[house.item(who, reservation.url) for who in (OTHER, third)])
        await house.pass_time(1)
        assert ["already been used" in text for text in house.texts(third)] == [True]
        await house.tap(AGENT, "Accept")
        for who in (OTHER, third):
            await house.write(who, f"from {who.name}")
        assert house.texts(AGENT)[-1] == f"from {OTHER.name}"
        assert not any(f"from {third.name}" in text for text in house.texts(AGENT))
        await house.write(AGENT, "to the one")
        assert house.texts(OTHER)[-1] == "to the one"
        assert "to the one" not in house.texts(third)
        house.check_finished()


async def test_a_token_of_another_channel(autojump_clock: MockClock) -> None:
    """Sent to the wrong one of our numbers: the answer is the right link."""
    async with open_house(Plan(channels=2)) as house:
        reservation = await house.reserved(AGENT)
        wrong = 2 if reservation.channel == 1 else 1
        await house.scan(reservation, VISITOR, wrong)
        assert reservation.url in house.texts(VISITOR)[-1]
        assert await house.phase(reservation.conversation) == "reserved"
        await house.scan(reservation)
        assert await house.phase(reservation.conversation) == "seeking"


async def test_an_agent_scans_a_visitors_link(autojump_clock: MockClock) -> None:
    """While they talk they are sent to another phone; the link stays as it was."""
    async with open_house() as house:
        link = await house.reserved(AGENT, visitor=form(101))
        await house.talking()
        await house.scan(link, AGENT)
        assert "different phone" in house.texts(AGENT)[-1]
        assert await house.phase(link.conversation) == "reserved"
        await house.scan(link, form(101))
        assert await house.phase(link.conversation) == "seeking"


async def test_an_agent_is_not_asked_to_answer_themselves(autojump_clock: MockClock) -> None:
    """An idle agent uses a link in which they are listed: they are its visitor, Bruno is asked."""
    async with open_house() as house:
        link = await house.reserved(AGENT, BRUNO)
        await house.scan(link, AGENT)
        assert (house.offered(AGENT), house.offered(BRUNO)) == (0, 1)


async def test_a_needless_reservation(autojump_clock: MockClock) -> None:
    """A visitor in a live chat sends the token of another link: abandoned, and noted on this.

    What it says is passed on without the token.
    """
    async with open_house() as house:
        talk = await house.talking()
        other = await house.reserved(BRUNO, visitor=form(101, "Vera again"))
        await house.scan(other, VISITOR)
        assert await house.phase(other.conversation) == "abandoned"
        notes = [e for e in house.events(talk.conversation) if isinstance(e, NoteAdded)]
        assert [note.conversation for note in notes] == [other.conversation]
        assert find_tokens(house.texts(AGENT)[-1]) == ()
        await house.reserved(BRUNO, visitor=form(101))  # its pair is free again


async def test_nobody_we_know(autojump_clock: MockClock) -> None:
    """A stranger is answered, is one contact, and reaches nobody."""
    async with open_house() as house:
        await house.talking()
        before = len(house.sent(AGENT))
        stranger = unnumbered("Nobody", "US.nobody")
        for text in ("hello", "anybody?"):
            await house.write(stranger, text)
        assert len(house.gateway.sent_to("US.nobody")) == 2
        named = [each for each in house.store.rows.people.values() if each.bsuid == "US.nobody"]
        assert len(named) == 1
        assert len(house.sent(AGENT)) == before


async def test_a_former_agent(autojump_clock: MockClock) -> None:
    """After the end an agent's words go nowhere, and they are told that."""
    async with open_house() as house:
        reservation = await house.talking()
        await house.write(AGENT, "/close")
        seen = len(house.sent(VISITOR))
        await house.write(AGENT, "one more thing")
        assert "not passed on" in house.texts(AGENT)[-1]
        await house.write(AGENT, "/status")
        assert "We will write to you" in house.texts(AGENT)[-1]
        await house.write(AGENT, "/help")
        assert "/close" in house.texts(AGENT)[-1]
        assert len(house.sent(VISITOR)) == seen
        await house.tap(AGENT, "Accept")
        assert "no longer available" in house.texts(AGENT)[-1]
        assert await house.phase(reservation.conversation) == "closed"


async def test_the_button_of_an_old_offer(autojump_clock: MockClock) -> None:
    """An old button taken while the agent is offered another conversation decides nothing."""
    async with open_house() as house:
        first = await house.reserved(AGENT, BRUNO)
        await house.scan(first)
        old = house.button(AGENT, "Accept")
        await house.tap(AGENT, "Decline")
        second = await house.reserved(AGENT, visitor=form(101))
        await house.scan(second, form(101))
        await house.write(AGENT, old)
        assert await house.phase(second.conversation) == "seeking"
        assert await house.phase(first.conversation) == "seeking"
        await house.tap(AGENT, "Accept")
        assert await house.phase(second.conversation) == "active"


async def test_an_agent_who_hides_their_number(autojump_clock: MockClock) -> None:
    """The tap comes with a BSUID alone, and so does everything after it: it is the agent."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        hidden = unnumbered("Anna", "US.anna")
        await house.write(hidden, house.button(AGENT, "Accept"))
        assert await house.phase(reservation.conversation) == "active"
        await house.write(hidden, "hello from nowhere")
        assert house.texts(VISITOR)[-1] == "hello from nowhere"
        await house.write(VISITOR, "hello you")
        assert house.texts(AGENT)[-1] == "hello you"
        await house.write(hidden, "/close")
        assert await house.phase(reservation.conversation) == "closed"
        house.check_finished()


async def test_an_agent_known_by_both_then_by_one(autojump_clock: MockClock) -> None:
    """The tap shows number and BSUID; later the BSUID alone is enough."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        both = Sender(sender_of(AGENT).wa_id, "US.anna", "Anna")
        await house.write(both, house.button(AGENT, "Accept"))
        await house.write(unnumbered("Anna", "US.anna"), "still me")
        assert house.texts(VISITOR)[-1] == "still me"


async def test_a_changed_number(autojump_clock: MockClock) -> None:
    """A visitor's number moves in the middle of a talk: it goes on, at the new number."""
    async with open_house() as house:
        await house.talking()
        change = IdentityChange("wamid.change", sender_of(VISITOR), sender_of(OTHER), house.wall())
        item = NewItem(
            fakes.WORKSPACE, house.accounts.channels(fakes.WORKSPACE)[0].id, ItemKind.NOTICE,
            change.wamid, b"{}", change,
        )  # fmt: skip
        await house.arrive(item)
        await house.quiet()
        await house.write(AGENT, "to the new number")
        assert house.texts(OTHER)[-1] == "to the new number"
        assert "to the new number" not in house.texts(VISITOR)
        await house.write(OTHER, "it works")
        assert house.texts(AGENT)[-1] == "it works"
        house.check_finished()


async def test_a_number_that_somebody_else_has_now(autojump_clock: MockClock) -> None:
    """An agent took their account to a private number; the company's goes to a colleague.

    Who is listed with it is offered the visitor, and not the one who had it before.
    """
    async with open_house() as house:
        await house.talking(AGENT)
        await house.write(AGENT, "/close")
        change = IdentityChange("wamid.change", sender_of(AGENT), sender_of(OTHER), house.wall())
        kind, channel = ItemKind.MESSAGE, ChannelId(1)
        await house.arrive(NewItem(fakes.WORKSPACE, channel, kind, "wamid.change", b"{}", change))
        await house.quiet()
        colleague = form(200, "Bea")
        visitor = form(160, "Victor")
        reservation = await house.reserved(colleague, visitor=visitor)
        await house.scan(reservation, visitor)
        assert house.sent(OTHER) == []
        await house.tap(colleague, "Accept")
        await house.write(visitor, "for Bea")
        assert house.texts(colleague)[-1] == "for Bea"
        assert house.sent(OTHER) == []
        house.check_finished()


async def test_numbers_never_cross(autojump_clock: MockClock) -> None:
    """Neither side's phone ever gets a text, button or parameter with the other's number."""
    async with open_house() as house:
        await house.talking()
        await house.write(VISITOR, "hello")
        await house.write(AGENT, "/who")
        await house.status(Rank.FAILED, code=131026)
        await house.write(AGENT, "/close")
        assert VISITOR.phone[1:] not in repr(house.sent(AGENT))
        assert AGENT.phone[1:] not in repr(house.sent(VISITOR))
        assert "Agent" not in repr(house.texts(VISITOR))  # a first name is all they learn
