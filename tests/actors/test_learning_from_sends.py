"""What our own sends show of people: a BSUID, a number, how WhatsApp writes it, a new holder."""

from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.conversation.events import IdentityChanged
from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.domain.sending import Accepted, Rank
from tests.actors.faults import Trap
from tests.actors.house import AGENT, VISITOR, House, form, open_house, sender_of, unnumbered

HIDDEN_AGENT = unnumbered("Anna", "US.anna")


async def told(house: House, who: Sender, rank: Rank = Rank.DELIVERED) -> None:
    """WhatsApp reports on the last send, and shows to whom it went."""
    update = house.update(rank)
    await house.statuses(evolve(update, recipient_wa_id=who.wa_id, recipient_bsuid=who.bsuid))


def shifts(house: House, conversation: ConversationId) -> list[IdentityShift]:
    events = house.events(conversation)
    return [each.shift for each in events if isinstance(each, IdentityChanged)]


async def test_an_agent_is_known_from_the_status_of_their_offer(autojump_clock: MockClock) -> None:
    """They take a username before they answer: a plain "yes" without a number is theirs."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        await told(house, evolve(sender_of(AGENT), bsuid="US.anna"))
        assert shifts(house, reservation.conversation) == [IdentityShift.USER_ID_LEARNT]
        await house.write(HIDDEN_AGENT, "yes")
        assert await house.phase(reservation.conversation) == "active"
        await house.write(HIDDEN_AGENT, "good day")
        assert house.texts(VISITOR)[-1] == "good day"
        house.check_finished()


async def test_what_is_known_costs_no_read(autojump_clock: MockClock) -> None:
    """Neither the next status nor one that shows no BSUID, or no number, asks the directory."""
    async with open_house() as house:
        talk = (await house.talking()).conversation
        await house.write(VISITOR, "hello")
        asked: list[object] = []

        def notes(call: object) -> bool:
            asked.append(call)
            return False

        house.traps.set(notes)
        shown = evolve(sender_of(AGENT), bsuid="US.anna")
        await told(house, shown, Rank.SENT)
        assert asked
        asked.clear()
        for who in (shown, shown, sender_of(AGENT), HIDDEN_AGENT):
            await told(house, who, Rank.READ)
        assert not [each for each in asked if isinstance(each, tuple)]
        assert shifts(house, talk) == [IdentityShift.USER_ID_LEARNT]


async def test_two_contacts_turn_out_to_be_one(autojump_clock: MockClock) -> None:
    """Met by BSUID once, then by the form's number; nobody has to write for us to see it."""
    async with open_house() as house:
        await house.write(unnumbered("Vera", "US.vera"), "hello?")
        talk = (await house.talking()).conversation
        await house.write(AGENT, "good day")
        await told(house, evolve(sender_of(VISITOR), bsuid="US.vera"))
        assert shifts(house, talk) == [IdentityShift.MERGED]
        await house.write(unnumbered("Vera", "US.vera"), "hidden again")
        assert house.texts(AGENT)[-1] == "hidden again"


async def test_the_number_reached_somebody_else(autojump_clock: MockClock) -> None:
    """What comes later goes to the BSUID of who had it, and no more to the number."""
    async with open_house() as house:
        talk = (await house.talking()).conversation
        await house.write(evolve(sender_of(VISITOR), bsuid="US.vera"), "it is me")
        await house.write(AGENT, "the first")
        await told(house, evolve(sender_of(VISITOR), bsuid="US.thief"))
        await house.write(AGENT, "the second")
        assert house.texts("US.vera") == ["the second"]
        assert "the second" not in house.texts(VISITOR)
        assert shifts(house, talk)[-1] == IdentityShift.NUMBER_LOST


async def test_a_number_shown_by_a_send_to_a_bsuid(autojump_clock: MockClock) -> None:
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation, unnumbered("Vera", "US.vera"))
        await house.tap(AGENT, "Accept")
        await house.write(AGENT, "good day")
        await told(house, Sender(form(150).phone.removeprefix("+"), "US.vera"))
        assert shifts(house, reservation.conversation) == [IdentityShift.NUMBER_LEARNT]
        await house.write(AGENT, "and to your number")
        assert house.texts(form(150)) == ["and to your number"]


async def test_whatsapp_writes_a_number_in_its_own_way(autojump_clock: MockClock) -> None:
    """The answer to a send says how: who writes under it is whom we wrote to."""
    own = form(160).phone.removeprefix("+")
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        house.gateway.answer_next(AGENT.phone, Accepted("wamid.own", own))
        await house.scan(reservation)
        await house.write(Sender(own, None, "Anna"), "yes")
        assert await house.phase(reservation.conversation) == "active"
        assert shifts(house, reservation.conversation) == []
        await house.write(VISITOR, "hello")
        assert house.texts(form(160))[-1] == "hello"


async def test_an_answer_with_a_bsuid(autojump_clock: MockClock) -> None:
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        answer = Accepted("wamid.own", AGENT.phone.removeprefix("+"), "US.anna")
        house.gateway.answer_next(AGENT.phone, answer)
        await house.scan(reservation)
        await house.write(HIDDEN_AGENT, "yes")
        assert await house.phase(reservation.conversation) == "active"


async def test_somebody_we_never_wrote_to(autojump_clock: MockClock) -> None:
    """A status that names a stranger teaches nothing, and makes nobody up."""
    async with open_house() as house:
        await house.talking()
        people = dict(house.store.rows.people)
        await told(house, Sender("19995550000", "US.nobody"))
        assert house.store.rows.people == people


async def test_a_crash_while_learning(autojump_clock: MockClock) -> None:
    """The router goes on without it; the next message shows it again."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        trap: Trap = house.traps.set(
            lambda call: getattr(call, "stream", "").startswith("contact/")
        )
        await told(house, evolve(sender_of(AGENT), bsuid="US.anna"))
        await house.pass_time(5)
        assert trap.sprung == 1
        await house.tap(AGENT, "Accept")
        assert await house.phase(reservation.conversation) == "active"
        await house.write(evolve(sender_of(AGENT), bsuid="US.anna"), "good day")
        await house.write(HIDDEN_AGENT, "and again")
        assert house.texts(VISITOR)[-1] == "and again"
