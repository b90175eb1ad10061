"""WhatsApp's limits: for one person, for one number, and what its answers slow down."""

from collections import Counter

import pytest
import trio
from trio.testing import MockClock

from kaisa_relay.actors.channel.traffic import Traffic
from kaisa_relay.domain.channel import throughput
from kaisa_relay.domain.sending import Deferred, Halted
from tests.actors.house import AGENT, BRUNO, VISITOR, Plan, form, open_house
from tests.actors.phone import said


async def test_sixty_to_one_person(autojump_clock: MockClock) -> None:
    """The burst goes at once, the rest of the short texts as one, in order, one call at a time."""
    async with open_house() as house:
        await house.talking()
        before = len(house.sent(AGENT))
        house.gateway.latency = 0.01
        words = [str(n) for n in range(60)]
        await house.arrive(*[house.item(VISITOR, word) for word in words])
        await house.pass_time(120)
        assert said(house, AGENT, before) == words
        times = [each.at for each in house.gateway.accepted if each.recipient.phone == AGENT.phone]
        assert len(times) < before + 60
        for start in range(len(times) - 45):
            assert times[start + 45] - times[start] >= 6
        assert max(house.gateway.most_in_flight.values()) == 1
        house.check_finished()


async def test_others_do_not_wait_for_them(autojump_clock: MockClock) -> None:
    """One person's limit is nobody else's."""
    async with open_house() as house:
        await house.talking()
        await house.talking(BRUNO, form(101))
        await house.arrive(*[house.item(VISITOR, str(n)) for n in range(60)])
        await house.write(form(101), "me too")
        assert house.texts(BRUNO)[-1] == "me too"


async def test_a_numbers_throughput(autojump_clock: MockClock) -> None:
    """Two hundred people are answered at one instant: never more than 80 in a second, twice."""
    async with open_house() as house:
        strangers = [form(1000 + n) for n in range(200)]
        await house.pass_time(5)
        await house.arrive(*[house.item(who, "hello") for who in strangers])
        await house.pass_time(10)
        times = sorted(each.at for each in house.gateway.accepted)
        assert len(times) == 200
        # A burst of 80, then 80 a second: no second holds more than both together.
        assert all(late - early >= 0.999 for early, late in zip(times, times[160:], strict=False))
        assert all(late - early >= 0.49 for early, late in zip(times, times[120:], strict=False))
        house.check_finished()


async def test_a_limit_of_one_person(autojump_clock: MockClock) -> None:
    """131056 slows that person only, and keeps the order."""
    async with open_house() as house:
        await house.talking()
        await house.talking(BRUNO, form(101))
        before = len(house.texts(AGENT))
        slow = Deferred(131056, "pair rate limit", after=10.0)
        house.gateway.answer_next(AGENT.phone, slow, None)
        await house.write(VISITOR, "one")
        await house.write(VISITOR, "two")
        await house.write(form(101), "quick")
        assert house.texts(BRUNO)[-1] == "quick"
        assert house.texts(AGENT)[before:] == []
        await house.pass_time(11)
        assert house.texts(AGENT)[before:] == ["one", "two"]
        house.check_finished()


async def test_a_person_who_got_too_many(autojump_clock: MockClock) -> None:
    """131056 without a hint: 1, 4, 16 seconds; what was tried since counts as one per six."""
    async with open_house() as house:
        await house.talking()
        await house.pass_time(600)
        house.gateway.answer_next(AGENT.phone, *[Deferred(131056, "too many")] * 3)
        start = trio.current_time()
        await house.arrive(*[house.item(VISITOR, word) for word in ("one", "two", "three")])
        await house.pass_time(60)
        times = [each.at - start for each in house.gateway.accepted[-2:]]
        assert times == [pytest.approx(22, abs=0.1)] * 2
        assert said(house, AGENT, -2) == ["one", "two", "three"]
        house.check_finished()


async def test_what_comes_in_counts_too(autojump_clock: MockClock) -> None:
    """A number that takes in eighty messages a second has nothing left to send with."""
    async with open_house() as house:
        await house.pass_time(5)
        strangers = [form(1000 + n) for n in range(80)]
        start = trio.current_time()
        await house.arrive(*[house.item(who, "hello") for who in strangers])
        await house.pass_time(10)
        times = [each.at - start for each in house.gateway.accepted]
        assert len(times) == 80
        # A burst of 80 is 40 each way as they alternate; after that every second one is ours.
        assert len([at for at in times if at < 0.5]) <= 62
        house.check_finished()


def test_a_flood_coming_in_stops_nobody_for_long() -> None:
    """However much comes in, what goes out waits for one burst at the most."""
    traffic = Traffic(throughput(80))
    for _ in range(10_000):
        traffic.received(0.0)
    assert 0.9 <= traffic.slot(0.0) <= 1.1


async def test_a_limit_of_the_whole_number(autojump_clock: MockClock) -> None:
    """130429 pauses this channel, also what is queued already, and no other channel."""
    async with open_house(Plan(channels=2)) as house:
        people = [(form(100 + n), form(200 + n)) for n in range(8)]
        talks = [await house.talking(agent, visitor) for visitor, agent in people]
        by_channel = Counter(int(talk.channel) for talk in talks)
        assert by_channel == {1: 4, 2: 4}
        slow = Deferred(130429, "rate limit", after=20.0, whole_channel=True)
        first = next(n for n, talk in enumerate(talks) if talk.channel == 1)
        house.gateway.answer_next(people[first][1].phone, slow)
        await house.write(people[first][0], "first", 1)
        for (visitor, _), talk in zip(people, talks, strict=True):
            await house.write(visitor, "hello", int(talk.channel))
        heard = Counter(
            int(talk.channel)
            for (_, agent), talk in zip(people, talks, strict=True)
            if house.texts(agent)[-1] == "hello"
        )
        assert heard == {2: 4}
        await house.pass_time(21)
        assert all(house.texts(agent)[-1] == "hello" for _, agent in people)
        house.check_finished()


async def test_a_halted_channel(autojump_clock: MockClock) -> None:
    """The token expired: nothing is tried but a probe a minute, and then it all goes out."""
    async with open_house() as house:
        await house.talking()
        before = len(house.texts(AGENT))
        house.gateway.answer_next(AGENT.phone, *[Halted(190, "token expired")] * 3)
        calls = house.gateway.calls
        for word in ("one", "two", "three"):
            await house.write(VISITOR, word)
            await house.write(AGENT, "answer")
        assert house.gateway.calls == calls + 1
        await house.pass_time(59)
        assert house.gateway.probes == 0
        await house.pass_time(150)
        assert house.gateway.probes == 3
        assert house.texts(AGENT)[before:] == ["one", "two", "three"]
        house.check_finished()
