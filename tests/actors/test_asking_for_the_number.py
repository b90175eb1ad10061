"""The last rung of the ladder: somebody hides their number and brings nothing that tells who."""

from trio.testing import MockClock

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.content import ContactCard, ContactCards
from kaisa_relay.domain.outgoing import AskNumber
from tests.actors.house import AGENT, VISITOR, House, form, open_house, sender_of, unnumbered

HIDDEN = unnumbered("Vera", "US.vera")


def shared(number: str, requested: bool = True) -> ContactCards:
    card = ContactCard("Vera", (number,), (number.removeprefix("+"),), requested)
    return ContactCards((card,))


def asked(house: House, bsuid: str = "US.vera") -> int:
    return sum(isinstance(each, AskNumber) for each in house.gateway.sent_to(bsuid))


async def test_their_answer_finds_the_reservation(autojump_clock: MockClock) -> None:
    """Asked once; the form's number leads to the talk, and the agent never sees it."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.write(HIDDEN, "hello, about the boat")
        await house.write(HIDDEN, "anybody?")
        assert asked(house) == 1
        await house.write(HIDDEN, shared(VISITOR.phone))
        assert await house.phase(reservation.conversation) == "seeking"
        await house.tap(AGENT, "Accept")
        await house.write(HIDDEN, "is it red?")
        assert house.texts(AGENT)[-1] == "is it red?"
        await house.write(AGENT, "it is")
        assert "it is" in (*house.texts("US.vera"), *house.texts(VISITOR))
        assert VISITOR.phone.removeprefix("+") not in repr(house.sent(AGENT))
        house.check_finished()


async def test_shared_in_the_middle_of_a_talk(autojump_clock: MockClock) -> None:
    """It is for us alone: the agent gets nothing of it, and nobody is told that it failed."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation, HIDDEN)
        await house.tap(AGENT, "Accept")
        agent, visitor = len(house.sent(AGENT)), len(house.gateway.sent_to("US.vera"))
        await house.write(HIDDEN, shared("+46700000555"))
        assert (len(house.sent(AGENT)), len(house.gateway.sent_to("US.vera"))) == (agent, visitor)


async def test_a_card_that_somebody_typed_says_nothing(autojump_clock: MockClock) -> None:
    """Only WhatsApp marks an answer as one: a stranger gets nowhere with another's number."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.write(HIDDEN, "hello")
        await house.write(HIDDEN, shared(VISITOR.phone, requested=False))
        assert await house.phase(reservation.conversation) == "reserved"
        await house.write(HIDDEN, shared(form(170).phone))  # their own, which is on no form
        assert await house.phase(reservation.conversation) == "reserved"


async def test_who_is_not_asked(autojump_clock: MockClock) -> None:
    """Who shows a number, or comes with the link."""
    async with open_house() as house:
        await house.write(sender_of(form(171)), "hello")
        reservation = await house.reserved(AGENT)
        await house.scan(reservation, HIDDEN)
        assert asked(house) == 0
        assert asked(house, form(171).phone) == 0
        assert isinstance(HIDDEN, Sender)
