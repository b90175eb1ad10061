"""Short texts that wait for one person's limit go as one: none lost, none twice, in their order."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from kaisa_relay.domain.content import Location
from kaisa_relay.domain.conversation.events import MessageFailed, MessageUnconfirmed
from kaisa_relay.domain.outgoing import Joined, Quoting
from kaisa_relay.domain.sending import Deferred, Rank, Rejected, Uncertain
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.ports import Append, JoinSends
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, Plan, open_house
from tests.actors.phone import said

BURST = 45
LINES = ["one", "two", "three"]


async def exhausted(house: House) -> int:
    """Use up the agent's limit but for one message; return how many things they have got."""
    await house.talking()
    await house.pass_time(600)
    for number in range(BURST - 1):
        await house.write(VISITOR, f"w{number}")
        await house.pass_time(0.01)  # the number has a limit of its own
    return len(house.sent(AGENT))


def joined(house: House) -> list[Joined]:
    """Return the messages to the agent in which several were joined."""
    return [each for each in house.sent(AGENT) if isinstance(each, Joined)]


async def burst(house: House, *words: str) -> None:
    """Let the visitor write several texts at one instant."""
    await house.arrive(*[house.item(VISITOR, word) for word in words or LINES])


async def test_what_waits_goes_as_one(autojump_clock: MockClock) -> None:
    """Each on a line of its own; the statuses of the one count for every message in it."""
    async with open_house() as house:
        before = await exhausted(house)
        await house.write(VISITOR, "the last of the burst")
        await burst(house)
        await house.pass_time(60)
        assert [each.body for each in joined(house)] == ["one\ntwo\nthree"]
        assert len(house.sent(AGENT)) == before + 2
        await house.status(Rank.READ)
        streams = house.store.rows.streams.values()
        events = [each.event for stream in streams for each in stream]
        statuses = [each for each in events if isinstance(each, MessageStatus)]
        read = sorted(each.message for each in statuses if each.rank is Rank.READ)
        assert read == sorted(joined(house)[0].messages)
        await house.pass_time(5)
        assert len(house.gateway.read) == 1
        house.check_finished()


async def test_a_quote_and_a_place_stand_alone(autojump_clock: MockClock) -> None:
    """Nothing is joined across them, so the order holds."""
    async with open_house() as house:
        before = await exhausted(house)
        first = house.item(VISITOR, "a quoted word")
        place = house.item(VISITOR, Location(1, 2))
        quoting = house.item(VISITOR, "about it", quotes=getattr(first.item, "wamid", None))
        texts = [house.item(VISITOR, word) for word in ("x", "y")]
        await house.arrive(first, place, quoting, *texts)
        await house.pass_time(120)
        got = house.sent(AGENT)[before:]
        assert [type(each) for each in got][1:3] == [Location, Quoting]
        assert said(house, AGENT, before) == ["a quoted word", "x", "y"]
        house.check_finished()


async def test_a_failure_is_told_for_each(autojump_clock: MockClock) -> None:
    """Every message in it has failed, and its writer hears so once, below it."""
    async with open_house() as house:
        await exhausted(house)
        ((_, conversation),) = house.store.rows.conversations
        house.gateway.answer_next(AGENT.phone, None, Rejected(131026, "no"))
        await house.write(VISITOR, "the last of the burst")
        await burst(house)
        await house.pass_time(60)
        failed = [each for each in house.events(conversation) if isinstance(each, MessageFailed)]
        assert len({each.message for each in failed}) == len(failed) == 3
        notes = [each for each in house.sent(VISITOR) if isinstance(each, Quoting)]
        assert [each.message for each in notes] == [each.message for each in failed]
        house.check_finished()


async def test_an_unknown_outcome_is_asked_for_each(autojump_clock: MockClock) -> None:
    """Parked, each message can be asked for again."""
    async with open_house() as house:
        await exhausted(house)
        ((_, conversation),) = house.store.rows.conversations
        house.gateway.answer_next(AGENT.phone, None, Uncertain("no answer"))
        await house.write(VISITOR, "the last of the burst")
        await burst(house)
        await house.pass_time(200)
        events = house.events(conversation)
        lost = [each for each in events if isinstance(each, MessageUnconfirmed)]
        assert len({each.message for each in lost}) == len(lost) == 3


def joins(call: object) -> bool:
    """Match the commit that joins sends."""
    changes = call.changes if isinstance(call, Append) else ()
    return any(isinstance(change, JoinSends) for change in changes)


@pytest.mark.parametrize("after", [False, True])
async def test_a_crash_around_the_commit(autojump_clock: MockClock, after: bool) -> None:
    """Before it, nothing has happened; after it they are begun: people decide, as of any send."""
    async with open_house() as house:
        before = await exhausted(house)
        trap = house.traps.set(joins, after=after)
        await house.write(VISITOR, "the last of the burst")
        await burst(house)
        await house.pass_time(100)
        assert trap.sprung == 1
        got = said(house, AGENT, before)[1:]
        assert got == ([] if after else LINES)
        assert len(house.store.rows.sends) == int(after)


async def test_a_commit_that_seemed_to_fail(autojump_clock: MockClock) -> None:
    """It was durable, and its caller was told that it was not: it goes out once."""
    async with open_house() as house:
        before = await exhausted(house)
        await house.write(VISITOR, "the last of the burst")
        await burst(house)
        house.store.fail_next("after")
        await house.pass_time(400)
        assert said(house, AGENT, before)[1:] == LINES
        house.check_finished()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10_000), restarts=st.integers(0, 2))
async def test_any_schedule(autojump_clock: MockClock, seed: int, restarts: int) -> None:
    """Bursts, pauses, delays and restarts: each line once, in the order in which it came."""
    rng, lines = random.Random(seed), list[str]()
    gateway, store = fakes.FakeGateway(), None
    for run in range(restarts + 1):
        async with open_house(Plan(store=store, gateway=gateway)) as house:
            if store is None:
                await house.talking()
            store, gateway.latency = house.store, 0.02
            await some_bursts(house, rng, lines)
            if run < restarts:
                await house.actors.drain()
                continue
            await house.pass_time(3600)
            house.check_finished()
            got = [line for line in said(house, AGENT, 0) if line.startswith("line ")]
            assert got == lines


async def some_bursts(house: House, rng: random.Random, lines: list[str]) -> None:
    """Let the visitor write, in fits and starts, while WhatsApp puts some of it off."""
    for _ in range(6):
        words = [f"line {len(lines) + number}" for number in range(rng.randint(1, 30))]
        lines += words
        answers = [rng.choice((Deferred(2, "later"), None, None)) for _ in range(2)]
        house.gateway.answer_next(AGENT.phone, *answers)
        await burst(house, *words)
        await house.pass_time(rng.choice((0.0, 0.5, 7.0, 60.0)))
