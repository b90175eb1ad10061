"""The team's part through the whole house: notes, texts to one side, whispers, transfers."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from trio.testing import MockClock

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.events import (
    AgentOffered,
    ConversationClosed,
    NoteKept,
    TeamWrote,
)
from kaisa_relay.domain.conversation.messages import AlreadyEnded, EndedBy
from kaisa_relay.domain.conversation.orders import (
    AgentNotFree,
    NoAgent,
    NobodyToAsk,
    NotStarted,
    TransferUnderWay,
    UnknownAgent,
)
from kaisa_relay.domain.ids import ContactId, ConversationId
from kaisa_relay.domain.outgoing import Labelled, Outgoing, Template
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Rank
from kaisa_relay.ports import KeyReused, NotFound, Repeatable, Reservation
from kaisa_relay.ports.supervising import (
    AgentAsked,
    Noted,
    Supervision,
    TeamNote,
    TeamText,
    TeamTransfer,
    Wrote,
)
from tests import fakes
from tests.actors.house import AGENT, BRUNO, VISITOR, House, form, open_house

SAM = Requester(RequesterKind.USER, 7)
CARLA = form(202, "Carla Agent")
OTHER = form(101, "Otto Other")
Wanted = TeamNote | TeamText | TeamTransfer


async def ask(
    house: House, reservation: Reservation, wanted: Wanted, key: Repeatable | None = None
) -> object:
    """Sam asks for something; returns the answer once all is quiet."""
    request = Supervision(wanted, SAM, key)
    answer = await house.desk.supervise(fakes.WORKSPACE, reservation.conversation, request)
    await house.quiet()
    return answer


async def three(house: House) -> Reservation:
    """Vera talks to Anna; Bruno and Carla could."""
    reservation = await house.reserved(AGENT, BRUNO, CARLA)
    await house.scan(reservation)
    await house.tap(AGENT, "Accept")
    return reservation


def labelled(sent: Sequence[Outgoing]) -> list[str]:
    """Return what came from the team."""
    return [each.body for each in sent if isinstance(each, Labelled)]


async def transcript(house: House, conversation: ConversationId) -> list[tuple[str, str, str]]:
    """Return what the team wrote: to whom, the text, how far it has come."""
    found = await house.store.archive.messages(fakes.WORKSPACE, conversation, 0, 99)
    return [
        (str(view.to and view.to.value), getattr(view.content, "body", ""), view.status)
        for _, view in found
        if view.author == "supervisor"
    ]


async def test_a_text_to_the_visitor(autojump_clock: MockClock) -> None:
    """They see that it is the team's, the agent sees it too, and events say who it was."""
    async with open_house() as house:
        reservation = await house.talking()
        answer = await ask(house, reservation, TeamText(Side.VISITOR, "We deliver today."))
        assert isinstance(answer, Wrote)
        assert not answer.held
        assert labelled(house.sent(VISITOR)) == ["From the team:\nWe deliver today."]
        assert labelled(house.sent(AGENT)) == [
            "Your team has written to the visitor:\nWe deliver today."
        ]
        await house.status(Rank.DELIVERED, 0)
        [event] = [
            each for each in house.events(reservation.conversation) if isinstance(each, TeamWrote)
        ]
        assert (event.message, event.by) == (answer.message, SAM)
        shown = await transcript(house, reservation.conversation)
        assert shown == [("visitor", "We deliver today.", "sent")]
        house.check_finished()


async def test_a_whisper_stays_with_the_agent(autojump_clock: MockClock) -> None:
    """An answer that quotes it is a note; the visitor sees neither, nor a reaction to it."""
    async with open_house() as house:
        reservation = await house.talking()
        before = len(house.sent(VISITOR))
        await ask(house, reservation, TeamText(Side.AGENT, "Offer ten per cent."))
        [whisper] = labelled(house.sent(AGENT))
        assert whisper == "From your team (the visitor does not see this):\nOffer ten per cent."
        quoted = house.gateway.accepted[-1].wamid
        await house.arrive(house.item(AGENT, "will do", quotes=quoted))
        await house.quiet()
        assert "visitor does not see it" in house.texts(AGENT)[-1]
        assert len(house.sent(VISITOR)) == before
        notes = [
            each for each in house.events(reservation.conversation) if isinstance(each, NoteKept)
        ]
        assert len(notes) == 1
        await house.write(AGENT, "ten per cent for you")
        assert house.texts(VISITOR)[-1] == "ten per cent for you"
        house.check_finished()


async def test_a_whisper_that_fails_is_told_to_nobody(autojump_clock: MockClock) -> None:
    """It shows in the transcript; the visitor never hears that there was one."""
    async with open_house() as house:
        reservation = await house.talking()
        before = len(house.sent(VISITOR))
        await ask(house, reservation, TeamText(Side.AGENT, "psst"))
        await house.status(Rank.FAILED, code=131050)
        assert await transcript(house, reservation.conversation) == [("agent", "psst", "failed")]
        assert len(house.sent(VISITOR)) == before


async def test_what_waits_for_a_window_follows_in_order(autojump_clock: MockClock) -> None:
    """The team's texts wait among the others; the other side hears only of its own."""
    async with open_house() as house:
        reservation = await house.talking(expires_after=timedelta(days=5))
        await house.pass_time(timedelta(hours=25))
        answer = await ask(house, reservation, TeamText(Side.AGENT, "first"))
        assert isinstance(answer, Wrote)
        assert answer.held
        assert not any("kept" in text for text in house.texts(VISITOR))
        await house.write(VISITOR, "second")
        assert "Your message is kept" in house.texts(VISITOR)[-1]
        shown = await transcript(house, reservation.conversation)
        assert shown == [("agent", "first", "held")]
        start = len(house.sent(AGENT))
        await house.write(AGENT, "here I am")
        bodies = [getattr(each, "body", None) for each in house.sent(AGENT)[start:]]
        assert bodies[0].endswith("first")  # type: ignore[union-attr] # all have a text
        assert bodies[1] == "second"
        house.check_finished()


async def test_a_transfer_by_the_team(autojump_clock: MockClock) -> None:
    """An offer like the agent's own, with the note, and the agent is told."""
    async with open_house() as house:
        reservation = await three(house)
        asked = await ask(house, reservation, TeamTransfer(BRUNO.phone, "/transfer speaks Finnish"))
        assert isinstance(asked, AgentAsked)
        offer = house.sent(BRUNO)[-1]
        assert isinstance(offer, Template)
        assert offer.parameters[1] == "Handed over by Anna. /transfer speaks Finnish"
        assert "team has asked Bruno" in house.texts(AGENT)[-1]
        again = await ask(house, reservation, TeamTransfer(None))
        assert again == TransferUnderWay(asked.agent)
        await house.tap(BRUNO, "Accept")
        assert "Bruno has taken over" in house.texts(AGENT)[-1]
        made = [
            each
            for each in house.events(reservation.conversation)
            if isinstance(each, AgentOffered)
        ]
        assert [each.by for each in made] == [None, SAM]
        assert made[-1].offer == asked.offer
        house.check_finished()


async def test_who_cannot_take_over(autojump_clock: MockClock) -> None:
    """Busy, unknown, or nobody at all."""
    async with open_house() as house:
        await house.talking(BRUNO, OTHER)
        reservation = await three(house)
        people = house.store.rows.people
        [bruno] = [each for (_, each), who in people.items() if who.name == BRUNO.name]
        assert await ask(house, reservation, TeamTransfer(bruno)) == AgentNotFree(bruno)
        for nobody in (ContactId(1), VISITOR.phone, AGENT.phone):
            assert await ask(house, reservation, TeamTransfer(nobody)) == UnknownAgent()
        await house.write(CARLA, "/off")
        assert await ask(house, reservation, TeamTransfer(None)) == NobodyToAsk()
        await house.write(CARLA, "/on")
        assert isinstance(await ask(house, reservation, TeamTransfer(None)), AgentAsked)
        assert house.offered(CARLA) == 1


async def test_too_early_and_too_late(autojump_clock: MockClock) -> None:
    """A note can always be kept; the rest needs somebody to be there."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        to_visitor, to_agent = TeamText(Side.VISITOR, "hi"), TeamText(Side.AGENT, "hi")
        for wanted in (to_visitor, to_agent, TeamTransfer(None)):
            assert await ask(house, reservation, wanted) == NotStarted()
        await house.scan(reservation)
        for wanted in (to_agent, TeamTransfer(None)):
            assert await ask(house, reservation, wanted) == NoAgent()
        assert isinstance(await ask(house, reservation, to_visitor), Wrote)
        await house.desk.end(fakes.WORKSPACE, reservation.conversation, SAM)
        for wanted in (to_visitor, to_agent, TeamTransfer(None)):
            assert isinstance(await ask(house, reservation, wanted), AlreadyEnded)
        assert isinstance(await ask(house, reservation, TeamNote("late")), Noted)
        [closed] = [
            each
            for each in house.events(reservation.conversation)
            if isinstance(each, ConversationClosed)
        ]
        assert (closed.by, closed.requester) == (EndedBy.SUPERVISOR, SAM)
        shown = await transcript(house, reservation.conversation)
        assert shown == [("visitor", "hi", "sent"), ("None", "late", "received")]
        unknown = await house.desk.supervise(
            fakes.WORKSPACE, ConversationId(9), Supervision(TeamNote("?"), SAM)
        )
        assert unknown == NotFound()
        house.check_finished()


@pytest.mark.parametrize(
    "wanted", [TeamNote("x"), TeamText(Side.VISITOR, "x"), TeamTransfer(None, "x")]
)
async def test_a_repeat_is_answered_and_not_done(autojump_clock: MockClock, wanted: Wanted) -> None:
    """Also when both arrive in one instant; another request with the key is refused."""
    async with open_house() as house:
        reservation = await three(house)
        key = Repeatable("once", b"1" * 32)
        first = await ask(house, reservation, wanted, key)
        count = len(house.events(reservation.conversation))
        assert await ask(house, reservation, wanted, key) == first
        assert len(house.events(reservation.conversation)) == count
        other = await ask(house, reservation, TeamNote("y"), Repeatable("once", b"2" * 32))
        assert other == KeyReused()
        elsewhere = await house.talking(form(203, "Dora"), OTHER)
        assert await ask(house, elsewhere, wanted, Repeatable("once", b"3" * 32)) == KeyReused()


async def test_who_is_lost_hands_the_whisper_on(autojump_clock: MockClock) -> None:
    """What did not reach one agent waits for the next, with its label."""
    async with open_house() as house:
        reservation = await three(house)
        await ask(house, reservation, TeamText(Side.AGENT, "be kind"))
        await house.status(Rank.FAILED, code=131026)
        await house.pass_time(1)
        await house.tap(BRUNO, "Accept")
        assert [each.splitlines()[1] for each in labelled(house.sent(BRUNO))] == ["be kind"]
