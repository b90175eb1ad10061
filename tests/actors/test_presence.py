"""Agents who are away or paused are not asked; what they have goes on."""

from datetime import timedelta

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.conversation.events import (
    AgentAvailable,
    AgentAway,
    AgentPaused,
    Event,
    OfferDeclined,
)
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.journal.memory.commits import Fault
from kaisa_relay.ports import FormPerson
from tests import fakes
from tests.actors.house import AGENT, BRUNO, VISITOR, House, Plan, form, open_house

HOUR = timedelta(hours=1)


def contact(house: House, who: FormPerson) -> ContactId:
    """Return how somebody is known."""
    return house.store.rows.identities[fakes.WORKSPACE, "phone", who.phone]


def said_of(house: House, who: FormPerson) -> list[Event]:
    """Return what happened to an agent."""
    key = (fakes.WORKSPACE, f"agent/{contact(house, who)}")
    return [recorded.event for recorded in house.store.rows.streams.get(key, ())]


@pytest.mark.parametrize("typed", ["/off", "/pause 2h", "/av", "/Pausa"])
async def test_who_is_away_is_not_asked(autojump_clock: MockClock, typed: str) -> None:
    """The next one is asked instead; an agent who was never asked before may say so too."""
    async with open_house() as house:
        link = await house.reserved(AGENT, BRUNO)
        await house.write(AGENT, typed)
        assert len(house.texts(AGENT)) == 1
        await house.scan(link)
        assert (house.offered(AGENT), house.offered(BRUNO)) == (0, 1)
        house.check_finished()


async def test_whoever_comes_back_is_asked_at_once(autojump_clock: MockClock) -> None:
    """Somebody waits for them."""
    async with open_house(Plan(terms=evolve(fakes.PATIENT, queue_time=HOUR))) as house:
        link = await house.reserved(AGENT)
        await house.write(AGENT, "/off")
        await house.scan(link)
        await house.pass_time(60)
        assert house.offered(AGENT) == 0
        await house.write(AGENT, "/on")
        assert "Welcome back" in house.texts(AGENT)[-1]
        assert house.offered(AGENT) == 1
        assert [type(each) for each in said_of(house, AGENT)] == [AgentAway, AgentAvailable]
        await house.tap(AGENT, "Accept")
        assert await house.phase(link.conversation) == "active"
        house.check_finished()


async def test_a_pause_ends_by_itself(autojump_clock: MockClock) -> None:
    """To the second: the journal says so, and who waits is served."""
    async with open_house(Plan(terms=evolve(fakes.PATIENT, queue_time=5 * HOUR))) as house:
        link = await house.reserved(AGENT)
        await house.write(AGENT, "/pause 2h")
        await house.scan(link)
        await house.pass_time(2 * HOUR - timedelta(seconds=5))
        assert house.offered(AGENT) == 0
        await house.pass_time(6)
        assert house.offered(AGENT) == 1
        assert [type(each) for each in said_of(house, AGENT)] == [AgentPaused, AgentAvailable]


async def test_a_pause_outlives_a_restart(autojump_clock: MockClock) -> None:
    """The next process ends it on time too."""
    async with open_house() as house:
        await house.reserved(AGENT)
        await house.write(AGENT, "/pause 2h")
        store = house.store
    async with open_house(Plan(store=store)) as house:
        await house.pass_time(HOUR)
        assert len(said_of(house, AGENT)) == 1
        await house.pass_time(HOUR)
        assert [type(each) for each in said_of(house, AGENT)] == [AgentPaused, AgentAvailable]


async def test_a_chat_goes_on_when_its_agent_goes_off(autojump_clock: MockClock) -> None:
    """They keep talking until it is closed, and get no offer after it."""
    async with open_house() as house:
        talk = await house.talking()
        await house.write(AGENT, "/off")
        assert "go on" in house.texts(AGENT)[-1]
        await house.write(VISITOR, "still there?")
        await house.write(AGENT, "Yes!")
        assert house.texts(AGENT)[-1] == "still there?"
        assert house.texts(VISITOR)[-1] == "Yes!"
        await house.write(AGENT, "/close")
        assert await house.phase(talk.conversation) == "closed"
        other = await house.reserved(AGENT, visitor=form(101))
        asked = house.offered(AGENT)
        await house.scan(other, form(101))
        assert house.offered(AGENT) == asked
        assert all("/off" not in text for text in house.texts(VISITOR))


async def test_going_off_declines_an_open_offer(autojump_clock: MockClock) -> None:
    """The visitor need not wait until it runs out."""
    async with open_house() as house:
        link = await house.reserved(AGENT, BRUNO)
        await house.scan(link)
        await house.write(AGENT, "/off")
        assert house.offered(BRUNO) == 1
        declined = [e for e in house.events(link.conversation) if isinstance(e, OfferDeclined)]
        assert [each.answer for each in declined] == [None]
        await house.tap(AGENT, "Accept")
        assert await house.phase(link.conversation) == "seeking"


async def test_status_says_it_all(autojump_clock: MockClock) -> None:
    """Presence, and whom they talk to; an offer is no chat yet."""
    async with open_house() as house:
        link = await house.reserved(AGENT)
        await house.write(AGENT, "/status")
        assert "no chat here" in house.texts(AGENT)[-1]
        await house.scan(link)
        await house.write(AGENT, "/status")
        assert "no chat here" in house.texts(AGENT)[-1]
        await house.tap(AGENT, "Accept")
        await house.write(AGENT, "/pause 90m")
        await house.pass_time(61)
        await house.write(AGENT, "/status")
        assert "1 (Vera)" in house.texts(AGENT)[-1]
        assert "another 89m" in house.texts(AGENT)[-1]
        await house.write(AGENT, "/pause forever")
        assert "/pause 30m" in house.texts(AGENT)[-1]
        assert len(said_of(house, AGENT)) == 1


async def missed(house: House, times: int) -> None:
    """Let an agent miss so many offers in a row, each of another visitor."""
    for number in range(times):
        link = await house.reserved(AGENT, visitor=form(300 + number))
        await house.scan(link, form(300 + number))
        await house.pass_time(125)
        await house.desk.end(fakes.WORKSPACE, link.conversation)
        await house.pass_time(1)


async def test_who_misses_three_in_a_row_is_paused(autojump_clock: MockClock) -> None:
    """For an hour; they are told where they last wrote, and `/on` brings them back."""
    async with open_house() as house:
        await house.reserved(AGENT)
        await house.write(AGENT, "/status")
        await missed(house, 3)
        [paused] = said_of(house, AGENT)
        assert isinstance(paused, AgentPaused)
        assert paused.until - paused.at == HOUR
        told = house.texts(AGENT)[-1]
        assert "/on" in told
        link = await house.reserved(AGENT, visitor=form(101))
        asked = house.offered(AGENT)
        await house.scan(link, form(101))
        assert house.offered(AGENT) == asked
        await house.write(AGENT, "/on")
        assert house.offered(AGENT) == asked + 1


async def test_an_answer_begins_anew(autojump_clock: MockClock) -> None:
    """Two misses, a no, two misses: nobody is paused."""
    async with open_house() as house:
        for number in range(6):
            link = await house.reserved(AGENT, BRUNO, visitor=form(400 + number))
            await house.scan(link, form(400 + number))
            if number == 2:
                await house.tap(AGENT, "Decline")
            else:
                await house.pass_time(125)
            await house.tap(BRUNO, "Accept")
            await house.write(BRUNO, "/close")
            expected = [] if number < 5 else [AgentPaused]
            assert [type(each) for each in said_of(house, AGENT)] == expected


async def test_a_command_whose_commit_seemed_to_fail(autojump_clock: MockClock) -> None:
    """It is decided again, found decided, and holds nobody up."""
    async with open_house() as house:
        await house.talking()
        await house.arrive(house.item(AGENT, "/off"))
        house.store.commits.faults.append(Fault.AFTER)
        await house.pass_time(60)
        assert [type(each) for each in said_of(house, AGENT)] == [AgentAway]
        await house.write(VISITOR, "still there?")
        assert house.texts(AGENT)[-1] == "still there?"
        house.check_finished()
