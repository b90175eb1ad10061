"""Handing over through the whole house: names, pairs, races, and what everybody sees."""

import pytest
from trio.testing import MockClock

from kaisa_relay.domain.content import Location
from kaisa_relay.domain.conversation.events import ConversationTransferred
from kaisa_relay.domain.outgoing import Buttons, Template
from kaisa_relay.ports import Reservation
from tests import fakes
from tests.actors.house import AGENT, BRUNO, VISITOR, House, form, is_offer, open_house

CARLA = form(202, "Carla Agent")
OTHER = form(101, "Otto Other")


async def talking(house: House) -> Reservation:
    """Vera talks to Anna; Bruno and Carla could."""
    reservation = await house.reserved(AGENT, BRUNO, CARLA)
    await house.scan(reservation)
    await house.tap(AGENT, "Accept")
    return reservation


async def held_by(house: House, reservation: Reservation) -> list[str | None]:
    """Return who has the conversation, and everybody whose pair it holds."""
    view = await house.store.archive.conversation(fakes.WORKSPACE, reservation.conversation)
    assert view is not None
    assert view.agent is not None
    people = house.store.rows.people
    pairs = [
        people[owner, contact].name
        for (owner, _, contact), pair in house.store.rows.pairs.items()
        if pair.conversation == reservation.conversation
    ]
    return [view.agent.name, *sorted(pairs)]


@pytest.mark.parametrize(
    ("command", "note"),
    [
        ("/transfer bruno", "Handed over by Anna"),
        ("/transfer bruno Wants it in red.", "Handed over by Anna. Wants it in red"),
    ],
)
async def test_a_template_has_one_full_stop(
    autojump_clock: MockClock, command: str, note: str
) -> None:
    """The one of its own, which follows the note."""
    async with open_house() as house:
        await talking(house)
        await house.write(AGENT, command)
        offer = house.sent(BRUNO)[-1]
        assert isinstance(offer, Template)
        assert offer.parameters[1] == note


async def test_from_one_agent_to_another(autojump_clock: MockClock) -> None:
    """The old one has it until the new one accepts, who gets card, note and what was said."""
    async with open_house() as house:
        reservation = await talking(house)
        await house.write(VISITOR, "do you have it in red?")
        await house.write(AGENT, "/transfer bruno knows about red ones")
        assert "asked Bruno" in house.texts(AGENT)[-1]
        offer = house.sent(BRUNO)[-1]
        assert isinstance(offer, Template)
        assert offer.parameters[1] == "Handed over by Anna. knows about red ones"
        assert await held_by(house, reservation) == [
            "Anna Agent",
            "Anna Agent",
            "Bruno Agent",
            "Vera Visitor",
        ]
        await house.write(VISITOR, Location(59.3, 18.1, "Slussen"))
        await house.tap(BRUNO, "Accept")
        card, history = house.texts(BRUNO)[-2:]
        assert "now talking to Vera Visitor" in card
        assert history.splitlines()[1:] == [
            "Vera: do you have it in red?",
            "Anna: /transfer bruno knows about red ones",
            "Vera: 📍 Slussen",
        ]
        assert "Bruno has taken over" in house.texts(AGENT)[-1]
        assert "talking to Bruno" in house.texts(VISITOR)[-1]
        await house.write(BRUNO, "we do")
        await house.write(VISITOR, "good")
        assert house.texts(VISITOR)[-1] == "we do"
        assert house.texts(BRUNO)[-1] == "good"
        assert await held_by(house, reservation) == ["Bruno Agent", "Bruno Agent", "Vera Visitor"]
        await house.write(AGENT, "hello?")
        assert "no chat here" in house.texts(AGENT)[-1]
        house.check_finished()


async def test_names_that_nobody_has_and_people_who_are_busy(autojump_clock: MockClock) -> None:
    """The agent hears why, and who could have it."""
    async with open_house() as house:
        await house.talking(BRUNO, OTHER)
        await talking(house)
        for typed, said in (
            ("/transfer vera", "hand this chat over to: Bruno Agent, Carla Agent."),
            ("/transfer bruno", "Bruno cannot take a chat here"),
        ):
            await house.write(AGENT, typed)
            assert said in house.texts(AGENT)[-1]
        await house.write(CARLA, "/off")
        await house.write(AGENT, "/transfer")
        await house.write(CARLA, "/on")
        await house.write(AGENT, "/transfer")
        await house.pass_time(1)
        assert house.offered(CARLA) == 1
        house.check_finished()


async def test_in_an_open_window_the_offer_is_buttons(autojump_clock: MockClock) -> None:
    """With the note in full."""
    async with open_house() as house:
        await talking(house)
        await house.write(BRUNO, "/status")
        await house.write(AGENT, "/transfer bruno " + "x" * 200)
        [offer] = [each for each in house.sent(BRUNO) if is_offer(each)]
        assert isinstance(offer, Buttons)
        assert "Handed over by Anna. " + "x" * 200 in offer.body


@pytest.mark.parametrize("answer", ["Decline", None])
async def test_a_transfer_that_comes_to_nothing(
    autojump_clock: MockClock, answer: str | None
) -> None:
    """The old agent keeps it and hears so; the asked one is free again."""
    async with open_house() as house:
        reservation = await talking(house)
        await house.write(AGENT, "/transfer bruno")
        if answer is None:
            await house.pass_time(125)
            assert "Bruno has not answered" in house.texts(AGENT)[-1]
            await house.tap(BRUNO, "Accept")
            assert "no longer available" in house.texts(BRUNO)[-1]
        else:
            await house.tap(BRUNO, answer)
            assert "Bruno cannot take over" in house.texts(AGENT)[-1]
        assert await held_by(house, reservation) == ["Anna Agent", "Anna Agent", "Vera Visitor"]
        await house.write(AGENT, "still me")
        assert house.texts(VISITOR)[-1] == "still me"
        house.check_finished()


async def test_everything_at_once(autojump_clock: MockClock) -> None:
    """Two accepts, a close, and words of both sides in one POST: one of them comes first."""
    async with open_house() as house:
        reservation = await talking(house)
        await house.write(AGENT, "/transfer bruno")
        accept = house.button(BRUNO, "Accept")
        await house.arrive(
            house.item(BRUNO, accept),
            house.item(BRUNO, accept),
            house.item(AGENT, "/close"),
            house.item(VISITOR, "who are you?"),
        )
        await house.pass_time(5)
        events = house.events(reservation.conversation)
        assert sum(isinstance(event, ConversationTransferred) for event in events) == 1
        assert await house.phase(reservation.conversation) == "active"
        assert house.texts(BRUNO)[-1] == "who are you?"
        assert sum("taken over" in text for text in house.texts(AGENT)) == 1
        house.check_finished()


async def test_two_agents_want_the_same_third(autojump_clock: MockClock) -> None:
    """In one moment, with a slow store: one gets Carla, the other hears that she is busy."""
    async with open_house() as house:
        await talking(house)
        second = await house.reserved(BRUNO, CARLA, visitor=OTHER)
        await house.scan(second, OTHER)
        await house.tap(BRUNO, "Accept")
        house.store.latency = 0.05
        await house.arrive(
            house.item(AGENT, "/transfer carla"), house.item(BRUNO, "/transfer carla")
        )
        await house.pass_time(5)
        said = [house.texts(who)[-1] for who in (AGENT, BRUNO)]
        assert sorted("asked Carla" in text for text in said) == [False, True]
        assert sorted("cannot take" in text for text in said) == [False, True]
        assert house.offered(CARLA) == 1
        house.check_finished()
