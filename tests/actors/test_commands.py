"""What an agent can type, what cannot be relayed, and how a conversation ends."""

from datetime import timedelta

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.content import (
    Content,
    Empty,
    Location,
    Text,
    Unknown,
    Unsupported,
)
from kaisa_relay.domain.conversation.events import ConversationClosed
from tests import fakes
from tests.actors.house import AGENT, VISITOR, Plan, form, open_house


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/help", "/close"),
        ("/ayuda", "/close"),
        ("/status", "Your open chats: 1 (Vera). You are available for more."),
        ("/who", "You are talking to Vera Visitor."),
        ("/whoops", "I do not know /whoops"),
        ("/", "I do not know /"),
    ],
)
async def test_commands(autojump_clock: MockClock, typed: str, answer: str) -> None:
    """Each is answered to the agent, and the visitor sees nothing of it."""
    async with open_house() as house:
        await house.talking()
        seen = len(house.sent(VISITOR))
        await house.write(AGENT, typed)
        assert answer in house.texts(AGENT)[-1]
        assert len(house.sent(VISITOR)) == seen
        house.check_finished()


async def test_a_note_is_kept_and_goes_nowhere(autojump_clock: MockClock) -> None:
    """The transcript shows it without its command; the visitor hears nothing, now or later."""
    async with open_house() as house:
        reservation = await house.talking()
        seen = len(house.sent(VISITOR))
        await house.write(AGENT, "/note wants a red bicycle")
        assert "note is kept" in house.texts(AGENT)[-1]
        await house.write(AGENT, "/anteckna")
        assert "Write the note" in house.texts(AGENT)[-1]
        assert len(house.sent(VISITOR)) == seen
        listed = await house.store.archive.messages(
            fakes.WORKSPACE, reservation.conversation, 0, 99
        )
        [note] = [view for _, view in listed if view.kind == "note"]
        assert (note.author, note.content) == ("agent", Text("wants a red bicycle"))
        house.check_finished()


async def test_history_shows_both_sides(autojump_clock: MockClock) -> None:
    """The latest messages in their order, with the writers' first names; commands are not said."""
    async with open_house() as house:
        await house.talking()
        await house.write(AGENT, "/history")
        assert house.texts(AGENT)[-1] == "Nothing has been said here yet."
        await house.write(VISITOR, "hello")
        await house.write(AGENT, "good morning")
        await house.write(AGENT, "/who")
        await house.write(VISITOR, Location(59.3, 18.1, "Slussen"))
        await house.write(AGENT, "/note has a dog")
        await house.write(AGENT, "/history")
        assert house.texts(AGENT)[-1].splitlines()[1:] == [
            "Vera: hello",
            "Anna: good morning",
            "Vera: 📍 Slussen",
            "Anna: /note has a dog",
        ]
        for n in range(40):
            await house.write(VISITOR, f"{n} " + "x" * 4000)
            await house.pass_time(7)
        await house.write(AGENT, "/history")
        shown = house.texts(AGENT)[-1]
        assert len(shown) <= 4096
        assert shown.splitlines()[-1].startswith("Vera: 39 x")
        assert len(shown.splitlines()) == 13
        house.check_finished()


async def test_a_doubled_slash_is_relayed_with_one(autojump_clock: MockClock) -> None:
    """The agent's loses one; a visitor knows no commands, and theirs stay as they are."""
    async with open_house() as house:
        await house.talking()
        await house.write(AGENT, "//close is a command")
        assert house.texts(VISITOR)[-1] == "/close is a command"
        for text in ("/close", "//both"):
            await house.write(VISITOR, text)
            assert house.texts(AGENT)[-1] == text


async def test_close_with_outcome_and_note(autojump_clock: MockClock) -> None:
    """Both sides get their closing text, the agent's word is kept, and the pairs are free."""
    async with open_house() as house:
        reservation = await house.talking()
        await house.write(AGENT, "/close sold a red bicycle")
        assert "closed" in house.texts(AGENT)[-1]
        assert "ended" in house.texts(VISITOR)[-1]
        assert not any("bicycle" in text for text in house.texts(VISITOR))
        closed = house.events(reservation.conversation)
        [end] = [each for each in closed if isinstance(each, ConversationClosed)]
        assert end.outcome is not None
        view = await house.store.archive.conversation(fakes.WORKSPACE, reservation.conversation)
        assert view is not None
        assert (view.outcome, view.note) == ("sold", "a red bicycle")
        await house.talking()
        house.check_finished()


IMPOSSIBLE: list[tuple[Content, str]] = [
    (Empty("image", "no id"), "your picture"),
    (Unsupported("poll_creation", 131051), "your poll"),
    (Unknown("hologram"), "that kind of message"),
]


@pytest.mark.parametrize(("content", "name"), IMPOSSIBLE)
async def test_what_cannot_be_relayed(
    autojump_clock: MockClock, content: Content, name: str
) -> None:
    """Its sender is told, on either side and also before there is an agent; nobody else is."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        await house.write(VISITOR, content)
        assert name in house.texts(VISITOR)[-1]
        await house.tap(AGENT, "Accept")
        for who, other in ((VISITOR, AGENT), (AGENT, VISITOR)):
            seen = len(house.sent(other))
            await house.write(who, content)
            assert name in house.texts(who)[-1]
            assert len(house.sent(other)) == seen
        house.check_finished()


async def test_nudge_and_expiry(autojump_clock: MockClock) -> None:
    """Silence: one nudge to the agent, then the end, told to both; a message starts it over."""
    terms = evolve(fakes.PATIENT, expires_after=timedelta(hours=1))
    async with open_house(Plan(terms=terms)) as house:
        reservation = await house.talking()
        await house.pass_time(timedelta(minutes=56))
        nudge = house.texts(AGENT)[-1]
        assert "quiet with Vera" in nudge
        await house.write(VISITOR, "no, wait")
        await house.pass_time(timedelta(minutes=54))
        assert house.texts(AGENT)[-1] == "no, wait"
        await house.pass_time(timedelta(minutes=2))
        assert house.texts(AGENT)[-1] == nudge
        await house.pass_time(timedelta(minutes=5))
        assert await house.phase(reservation.conversation) == "closed"
        assert "quiet" in house.texts(VISITOR)[-1]
        assert house.texts(AGENT).count(nudge) == 2
        await house.write(VISITOR, "hello?")
        assert "no open chat" in house.texts(VISITOR)[-1]
        house.check_finished()


async def test_a_deadline_does_not_starve(autojump_clock: MockClock) -> None:
    """The visitor writes twice a second, the agent says nothing: the offer runs out."""
    async with open_house() as house:
        bruno = form(201)
        reservation = await house.reserved(AGENT, bruno)
        await house.scan(reservation)
        await house.pass_time(115)
        house.store.latency = 0.3  # so that the deadline comes while a message is in hand
        for n in range(20):
            await house.arrive(house.item(VISITOR, str(n)))
            await house.pass_time(0.1)
        await house.pass_time(2)
        assert house.offered(bruno) == 1


async def test_nothing_is_left_running(autojump_clock: MockClock) -> None:
    """After a full life and a long quiet: no conversation in memory, no call, no row, no task."""
    async with open_house() as house:
        reservation = await house.talking()
        for n in range(20):
            await house.arrive(house.item(VISITOR, str(n)), house.item(AGENT, str(n)))
        await house.pass_time(10)
        await house.write(AGENT, "/close")
        await house.pass_time(1000)
        statistics = house.actors.router.statistics()
        kinds = ("in_flight", "remembered", "live", "quarantined", "queued")
        assert statistics == dict.fromkeys(kinds, 0)
        nursery = house.slots.nursery
        assert nursery is not None
        assert not nursery.child_tasks
        assert await house.phase(reservation.conversation) == "closed"
        house.check_finished()


async def test_a_stop_finishes_what_was_begun(autojump_clock: MockClock) -> None:
    """Draining waits for the calls under way, begins no more, and twice is harmless."""
    async with open_house() as house:
        await house.talking()
        house.gateway.latency = 3.0
        for n in range(3):
            await house.arrive(house.item(VISITOR, str(n)))
        await house.quiet()
        begun = house.gateway.calls
        await house.actors.drain()
        await house.actors.drain()
        assert house.gateway.calls == begun
        assert house.gateway.in_flight == 0
        assert house.context.exchange.calls == 0
        assert len(house.store.rows.sends) == 2  # for the next start
