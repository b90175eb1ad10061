"""A conversation that crashes at any step loses nothing, doubles nothing, and keeps the order."""

import pytest
from trio.testing import MockClock

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.ports import Append, Reservation
from tests.actors.house import AGENT, BRUNO, VISITOR, House, appends, form, open_house

WORDS = ["one", "two", "three", "four", "five"]


def decides(stream: ConversationId) -> object:
    """Match commits of a conversation that hold events."""
    matches = appends(stream)
    return lambda call: matches(call) and isinstance(call, Append) and bool(call.events)


async def say_all(house: House, words: list[str] = WORDS) -> None:
    """The visitor's messages come in at one instant."""
    await house.arrive(*[house.item(VISITOR, word) for word in words])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(len(WORDS)))
async def test_a_crash_on_any_message(autojump_clock: MockClock, step: int, after: bool) -> None:
    """Message k of n crashes the actor just before or after it is durable: all arrive, once."""
    async with open_house() as house:
        reservation = await house.talking()
        before = len(house.texts(AGENT))
        trap = house.traps.set(appends(reservation.conversation), after=after, skip=step)
        await say_all(house)
        await house.pass_time(20)
        assert trap.sprung == 1
        assert house.texts(AGENT)[before:] == WORDS
        house.check_finished()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(8))
async def test_a_crash_at_any_step_of_the_road(
    autojump_clock: MockClock, step: int, after: bool
) -> None:
    """Commit k of the way from the scan to the close crashes: everybody gets the same, once."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        house.traps.set(appends(reservation.conversation), after=after, skip=step)
        await walk(house, reservation)
        assert house.texts(AGENT)[-3:-1] == ["early", "late"]
        assert house.offered(AGENT) == 1
        assert len(house.texts(VISITOR)) == 4  # seeking, found, the answer, closed
        assert house.texts(VISITOR)[2] == "an answer"
        house.check_finished()


async def walk(house: House, reservation: Reservation) -> None:
    """Go the main road, with time at every step for a restart."""
    await house.scan(reservation)
    await house.write(VISITOR, "early")
    await house.pass_time(20)
    await house.tap(AGENT, "Accept")
    await house.pass_time(20)
    await house.write(VISITOR, "late")
    await house.write(AGENT, "an answer")
    await house.pass_time(20)
    await house.write(AGENT, "/close sold")
    await house.pass_time(20)
    assert await house.phase(reservation.conversation) == "closed"


async def test_a_crash_while_reading_a_message(autojump_clock: MockClock) -> None:
    """What waited is read from the directory on accept: a crash there only costs a moment."""
    async with open_house() as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        await say_all(house)
        await house.quiet()
        trap = house.traps.set(lambda call: isinstance(call, tuple) and call[0] == "content")
        await house.tap(AGENT, "Accept")
        await house.pass_time(20)
        assert trap.sprung == 1
        assert house.texts(AGENT)[-len(WORDS) :] == WORDS
        house.check_finished()


async def test_two_crashes_in_both_directions(autojump_clock: MockClock) -> None:
    """Messages of both sides cross while the actor crashes twice: both keep their order."""
    async with open_house() as house:
        reservation = await house.talking()
        seen = len(house.texts(AGENT)), len(house.texts(VISITOR))
        stream = appends(reservation.conversation)
        house.traps.set(stream, after=True, skip=2)
        house.traps.set(stream, skip=5)
        both = [(who, f"{who.name} {n}") for n in range(5) for who in (VISITOR, AGENT)]
        await house.arrive(*[house.item(who, text) for who, text in both])
        await house.pass_time(30)
        assert house.texts(AGENT)[seen[0] :] == [text for who, text in both if who is VISITOR]
        assert house.texts(VISITOR)[seen[1] :] == [text for who, text in both if who is AGENT]
        house.check_finished()


async def test_messages_that_come_during_the_crash(autojump_clock: MockClock) -> None:
    """What arrives while a conversation waits to be started again queues behind what was there."""
    async with open_house() as house:
        reservation = await house.talking()
        before = len(house.texts(AGENT))
        house.traps.set(appends(reservation.conversation), times=3)
        for word in WORDS:
            await house.write(VISITOR, word)
            await house.pass_time(0.05)
        await house.pass_time(20)
        assert house.texts(AGENT)[before:] == WORDS
        house.check_finished()


async def test_others_never_notice(autojump_clock: MockClock) -> None:
    """One conversation crashes; the messages of another one go through meanwhile."""
    async with open_house() as house:
        broken = await house.talking()
        zoe = form(101, "Zoe")
        await house.talking(BRUNO, zoe)
        house.traps.set(appends(broken.conversation), times=3)
        await house.write(VISITOR, "stuck for a moment")
        await house.write(zoe, "not stuck")
        assert house.texts(BRUNO)[-1] == "not stuck"
        assert house.texts(AGENT)[-1] != "stuck for a moment"
        await house.pass_time(20)
        assert house.texts(AGENT)[-1] == "stuck for a moment"


@pytest.mark.parametrize("fault", ["before", "after"])
@pytest.mark.parametrize("times", [1, 3])
async def test_the_store_fails_for_a_moment(
    autojump_clock: MockClock, fault: str, times: int
) -> None:
    """Commits fail before or after they are durable, whosever they are: all arrive, once."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        for word in WORDS:
            await house.arrive(house.item(VISITOR, word))
            house.store.fail_next(fault, times)
            await house.pass_time(5)
        await house.pass_time(60)
        assert house.texts(AGENT)[before:] == WORDS
        assert house.sent(AGENT).count(Text("one")) == 1
        house.check_finished()
