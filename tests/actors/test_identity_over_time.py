"""People change numbers, hide them, and turn out to be somebody we know: the talk goes on."""

from datetime import timedelta

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.conversation.events import IdentityChanged
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.domain.ids import ChannelId, ConversationId
from kaisa_relay.domain.inbound import IdentityChange
from kaisa_relay.ports import FormPerson, ItemKind, NewItem, Reservation
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, Plan, form, open_house, sender_of, unnumbered

NEW = form(150, "Vera on a new phone")
VERA = evolve(sender_of(VISITOR), bsuid="US.vera")


async def system(house: House, before: Sender, after: Sender) -> None:
    """A `system` message comes in."""
    change = IdentityChange(f"wamid.{before}", before, after, house.wall())
    kind, channel = ItemKind.MESSAGE, ChannelId(1)
    await house.arrive(NewItem(fakes.WORKSPACE, channel, kind, change.wamid, b"{}", change))
    await house.quiet()


def shifts(house: House, conversation: ConversationId) -> list[IdentityShift]:
    events = house.events(conversation)
    return [each.shift for each in events if isinstance(each, IdentityChanged)]


@pytest.mark.parametrize("who", [VISITOR, AGENT], ids=["visitor", "agent"])
async def test_another_number_in_the_middle_of_a_talk(
    autojump_clock: MockClock, who: FormPerson
) -> None:
    """Either side: both directions go on, with an event, and the old number gets nothing."""
    async with open_house() as house:
        talk = (await house.talking()).conversation
        other = AGENT if who is VISITOR else VISITOR
        await system(house, sender_of(who), evolve(sender_of(NEW), bsuid="US.new"))
        before = len(house.sent(who))
        await house.write(other, "to the new number")
        assert house.texts(NEW)[-1] == "to the new number"
        await house.write(evolve(sender_of(NEW), bsuid="US.new"), "it works")
        assert house.texts(other)[-1] == "it works"
        assert len(house.sent(who)) == before
        assert shifts(house, talk) == [IdentityShift.NUMBER_CHANGED]
        house.check_finished()


async def test_another_bsuid_of_somebody_without_a_number(autojump_clock: MockClock) -> None:
    """A `user_changed_user_id`: only the BSUID is there to follow."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation, unnumbered("Vera", "US.old"))
        await house.tap(AGENT, "Accept")
        await system(house, Sender(None, "US.old"), Sender(None, "US.new"))
        await house.write(unnumbered("Vera", "US.new"), "still me")
        assert house.texts(AGENT)[-1] == "still me"
        await house.write(AGENT, "good")
        assert house.texts("US.new")[-1] == "good"
        assert shifts(house, reservation.conversation) == [IdentityShift.USER_ID_CHANGED]


async def test_the_notice_comes_after_the_first_message(autojump_clock: MockClock) -> None:
    """Webhooks have no order: the stranger who wrote first turns out to be the visitor."""
    async with open_house() as house:
        talk = (await house.talking()).conversation
        new = evolve(sender_of(NEW), bsuid="US.new")
        await house.write(new, "am I there?")
        assert "no open chat" in house.texts(NEW)[-1]
        await system(house, sender_of(VISITOR), new)
        await house.write(new, "now I am")
        assert house.texts(AGENT)[-1] == "now I am"
        assert shifts(house, talk) == [IdentityShift.NUMBER_CHANGED, IdentityShift.MERGED]


async def test_met_by_bsuid_and_by_number(autojump_clock: MockClock) -> None:
    """A stranger without a number, then the form's number without a BSUID, then both: one person,
    and the conversation of the one goes on for the other.
    """
    async with open_house() as house:
        await house.write(unnumbered("Vera", "US.vera"), "hello?")
        talk = (await house.talking()).conversation
        await house.write(VERA, "both at last")
        assert house.texts(AGENT)[-1] == "both at last"
        await house.write(unnumbered("Vera", "US.vera"), "and hidden again")
        assert house.texts(AGENT)[-1] == "and hidden again"
        assert shifts(house, talk) == [IdentityShift.MERGED]
        house.check_finished()


async def test_an_agent_met_by_bsuid_first(autojump_clock: MockClock) -> None:
    """The form knows the number, the first words showed only the BSUID: the agent is heard."""
    async with open_house() as house:
        await house.write(unnumbered("Aron", "US.aron"), "hello?")
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        await house.write(evolve(sender_of(AGENT), bsuid="US.aron"), "yes")
        assert await house.phase(reservation.conversation) == "active"
        await house.write(unnumbered("Aron", "US.aron"), "here I am")
        assert house.texts(VISITOR)[-1] == "here I am"


async def test_a_number_that_was_given_to_somebody_else(autojump_clock: MockClock) -> None:
    """Who writes from it under another BSUID is another person: neither hears nor is heard."""
    async with open_house() as house:
        talk = (await house.talking()).conversation
        await house.write(VERA, "it is me")
        thief = evolve(VERA, bsuid="US.other", name="Somebody")
        before = len(house.sent(AGENT))
        await house.write(thief, "who is this?")
        assert len(house.sent(AGENT)) == before
        assert "no open chat" in house.texts(VISITOR)[-1]  # an answer to who has the number now
        await house.write(AGENT, "for Vera alone")
        assert house.texts("US.vera")[-1] == "for Vera alone"
        assert "for Vera alone" not in house.texts(VISITOR)
        await house.write(unnumbered("Vera", "US.vera"), "thanks")
        assert house.texts(AGENT)[-1] == "thanks"
        assert shifts(house, talk) == [IdentityShift.NUMBER_LOST]
        house.check_finished()


async def met_again(house: House) -> Reservation:
    """Vera wrote without a number once, then talked under it; the talk is over."""
    await house.write(unnumbered("Vera", "US.vera"), "hello?")
    talk = await house.talking()
    await house.write(AGENT, "/close")
    return talk


async def test_who_is_met_under_both_comes_back_to_their_talk(autojump_clock: MockClock) -> None:
    async with open_house(Plan(terms=Terms())) as house:
        talk = await met_again(house)
        await house.write(VERA, "one more thing")
        assert await house.phase(talk.conversation) == "seeking"


async def test_who_is_met_under_both_used_their_link_themselves(autojump_clock: MockClock) -> None:
    """Long after the end: nobody else did."""
    async with open_house() as house:
        talk = await met_again(house)
        await house.pass_time(timedelta(hours=2))
        await house.scan(talk, VERA)
        assert "no longer valid" in house.texts(VISITOR)[-1]
