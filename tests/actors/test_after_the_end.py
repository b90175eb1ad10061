"""What happens to a conversation whose agent is silent, and to one whose visitor comes back."""

from datetime import timedelta

import trio
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.content import Reaction
from kaisa_relay.domain.conversation.events import ConversationResumed
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.ids import ConversationId
from tests import fakes
from tests.actors.house import AGENT, BRUNO, VISITOR, House, Plan, form, open_house

USUAL = Plan(terms=Terms())
OTHER = form(101, "Otto Other")


async def ended(house: House) -> None:
    """Vera has talked to Anna; Bruno could have."""
    reservation = await house.reserved(BRUNO, AGENT)
    await house.scan(reservation)
    await house.tap(BRUNO, "Decline")
    await house.tap(AGENT, "Accept")
    await house.write(AGENT, "hello")
    await house.write(AGENT, "/close")


def resumed(house: House, conversation: ConversationId) -> bool:
    """Whether it is a search again."""
    return any(isinstance(each, ConversationResumed) for each in house.events(conversation))


async def test_a_silent_agent_is_reminded_and_replaced(autojump_clock: MockClock) -> None:
    """The next one sees what was said."""
    async with open_house(USUAL) as house:
        reservation = await house.reserved(AGENT, BRUNO)
        await house.scan(reservation)
        await house.tap(AGENT, "Accept")
        await house.write(VISITOR, "hello?")
        await house.pass_time(timedelta(minutes=5, seconds=5))
        assert house.texts(AGENT)[-1] == "Vera is waiting for your first answer."
        await house.pass_time(timedelta(minutes=5, seconds=5))
        assert "somebody else for Vera" in house.texts(AGENT)[-1]
        assert "finding somebody else" in house.texts(VISITOR)[-1]
        await house.tap(BRUNO, "Accept")
        assert house.texts(BRUNO)[-1] == "The latest messages:\nVera: hello?"
        await house.talking(AGENT, OTHER)  # whose pair is free
        house.check_finished()


async def test_a_visitor_who_comes_back_gets_the_same_agent(autojump_clock: MockClock) -> None:
    """Within the hour, in the same conversation; both pairs are claimed anew."""
    async with open_house(USUAL) as house:
        await ended(house)
        await house.write(VISITOR, Reaction("wamid.x", "👍"))
        assert "no open chat" in house.texts(VISITOR)[-1]
        await house.write(VISITOR, "one more thing")
        assert "Welcome back" in house.texts(VISITOR)[-1]
        await house.pass_time(1)
        assert house.offered(BRUNO) == 1
        await house.tap(AGENT, "Accept")
        assert house.texts(AGENT)[-1] == "one more thing"
        await house.write(AGENT, "yes?")
        assert house.texts(VISITOR)[-1] == "yes?"
        [row] = house.store.rows.conversations.values()
        assert resumed(house, row.state.id)
        await house.write(AGENT, "/close")
        await house.pass_time(timedelta(hours=1))
        await house.write(VISITOR, "hello?")
        assert "no open chat" in house.texts(VISITOR)[-1]
        house.check_finished()


async def test_somebody_else_comes_when_the_same_agent_cannot(autojump_clock: MockClock) -> None:
    """Who is in another conversation by then; the new one sees what was said."""
    async with open_house(USUAL) as house:
        await ended(house)
        await house.talking(AGENT, OTHER)
        await house.write(VISITOR, "one more thing")
        await house.pass_time(1)
        await house.tap(BRUNO, "Accept")
        assert "Anna: hello" in house.texts(BRUNO)[-2]
        assert house.texts(BRUNO)[-1] == "one more thing"
        house.check_finished()


async def test_messages_on_the_way_while_it_ends(autojump_clock: MockClock) -> None:
    """One POST holds the close and two words after it: nothing is lost, all in order."""
    async with open_house(USUAL) as house:
        reservation = await house.talking()
        await house.arrive(
            house.item(AGENT, "/close"), house.item(VISITOR, "wait"), house.item(VISITOR, "please")
        )
        await house.pass_time(5)
        await house.tap(AGENT, "Accept")
        assert house.texts(AGENT)[-2:] == ["wait", "please"]
        assert await house.phase(reservation.conversation) == "active"
        house.check_finished()


async def test_two_words_at_once_after_the_end(autojump_clock: MockClock) -> None:
    """The first brings it back while it is looked up whose the second is: both are its own."""
    async with open_house(USUAL) as house:
        await ended(house)
        [row] = house.store.rows.conversations.values()
        await house.pass_time(timedelta(minutes=30))
        assert house.slots.known == 0
        late = 0

        async def first_word_is_faster(conversation: ConversationId) -> None:
            nonlocal late
            while house.slots.known and not resumed(house, conversation):
                late += 1
                await trio.sleep(0.01)

        house.traps.ahead = first_word_is_faster
        await house.arrive(house.item(VISITOR, "one more thing"), house.item(VISITOR, "the bell"))
        await house.pass_time(5)
        assert late
        await house.tap(AGENT, "Accept")
        assert house.texts(AGENT)[-2:] == ["one more thing", "the bell"]
        assert not any("no open chat" in text for text in house.texts(VISITOR))
        assert await house.phase(row.state.id) == "active"
        house.check_finished()


async def test_an_unused_link_that_is_used_too_late(autojump_clock: MockClock) -> None:
    """By whom the form named: it begins after all. A stranger hears that it is over."""
    async with open_house(USUAL) as house:
        reservation = await house.reserved(AGENT)
        await house.pass_time(timedelta(minutes=31))
        assert await house.phase(reservation.conversation) == "abandoned"
        await house.scan(reservation, OTHER)
        assert "no longer valid" in house.texts(OTHER)[-1]
        await house.scan(reservation, VISITOR)
        await house.tap(AGENT, "Accept")
        assert await house.phase(reservation.conversation) == "active"
        house.check_finished()


async def test_a_new_link_is_a_new_conversation(autojump_clock: MockClock) -> None:
    """Whoever fills in the form again is in that one, not in the one before."""
    terms = evolve(fakes.PATIENT, resume_time=timedelta(days=1))
    async with open_house(Plan(terms=terms)) as house:
        first = await house.talking()
        await house.write(AGENT, "/close")
        second = await house.talking()
        assert await house.phase(first.conversation) == "closed"
        assert await house.phase(second.conversation) == "active"
        house.check_finished()
