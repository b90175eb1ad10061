"""Reservations: one pair, one token, one answer per key, however many ask at once."""

from collections import Counter
from typing import Any

import pytest
import trio
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.conversation.messages import BusySide, NoPairFree
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.ports import (
    Busy,
    ChannelAsPerson,
    KeyReused,
    Repeatable,
    Reservation,
    ReserveRefusal,
    SamePerson,
)
from tests import fakes
from tests.actors.house import AGENT, BRUNO, VISITOR, House, Plan, form, open_house, sender_of

Answers = list[Reservation | ReserveRefusal]


async def all_at_once(house: House, count: int, **fields: Any) -> Answers:
    """Ask `count` times at one instant."""
    answers: Answers = []

    async def ask() -> None:
        answers.append(await house.reserve(AGENT, **fields))

    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(ask)
    return answers


async def test_equal_requests_at_once(autojump_clock: MockClock) -> None:
    """The same key and body, twenty times at once: one reservation, twenty equal answers."""
    async with open_house() as house:
        house.store.latency = 0.01
        answers = await all_at_once(house, 20, repeatable=Repeatable("key", b"body"))
        assert len(set(map(repr, answers))) == 1
        assert isinstance(answers[0], Reservation)
        assert {answer.url for answer in answers if isinstance(answer, Reservation)} == {
            answers[0].url
        }
        assert len(house.store.rows.conversations) == 1


async def test_another_body_is_refused(autojump_clock: MockClock) -> None:
    """The same key with another body says so, for a day; then the key is free."""
    async with open_house() as house:
        await house.reserved(AGENT, repeatable=Repeatable("key", b"body"))
        other = Repeatable("key", b"other")
        assert await house.reserve(BRUNO, visitor=form(101), repeatable=other) == KeyReused()
        autojump_clock.jump(24 * 3600)
        answer = await house.reserve(BRUNO, visitor=form(101), repeatable=other)
        assert isinstance(answer, Reservation)


async def test_fifty_for_one_visitor(autojump_clock: MockClock) -> None:
    """One visitor, three channels, fifty requests at once: three links, and no pair twice."""
    async with open_house(Plan(channels=3)) as house:
        house.store.latency = 0.001
        answers = await all_at_once(house, 50)
        given = [answer for answer in answers if isinstance(answer, Reservation)]
        assert Counter(int(each.channel) for each in given) == {1: 1, 2: 1, 3: 1}
        refused = [answer for answer in answers if isinstance(answer, NoPairFree)]
        assert len(refused) == 47
        first = min(each.expires_at for each in given)
        assert {(each.busy, each.free_at) for each in refused} == {(BusySide.VISITOR, first)}


async def test_no_agent_is_free(autojump_clock: MockClock) -> None:
    """The only agent talks on the only channel: the answer says whose fault and until when."""
    async with open_house() as house:
        await house.talking()
        refused = await house.reserve(AGENT, visitor=form(101))
        assert isinstance(refused, NoPairFree)
        assert refused.busy is BusySide.AGENTS
        assert refused.free_at is not None
        assert 23 * 3600 < (refused.free_at - house.wall()).total_seconds() <= 24 * 3600
        await house.write(AGENT, "/close")
        assert isinstance(await house.reserve(AGENT, visitor=form(101)), Reservation)


async def test_load_spreads_over_channels(autojump_clock: MockClock) -> None:
    """Fifty visitors and five channels: ten each."""
    async with open_house(Plan(channels=5)) as house:
        links = [await house.reserved(AGENT, visitor=form(1000 + n)) for n in range(50)]
        assert Counter(int(link.channel) for link in links) == dict.fromkeys(range(1, 6), 10)


async def test_impossible_people(autojump_clock: MockClock) -> None:
    """The visitor among the agents, an agent twice, one of our own numbers: each is named."""
    async with open_house() as house:
        assert await house.reserve(AGENT, VISITOR) == SamePerson(-1, 1)
        assert await house.reserve(AGENT, BRUNO, AGENT) == SamePerson(0, 2)
        channel = form(9001)
        assert await house.reserve(AGENT, channel) == ChannelAsPerson(1)
        assert await house.reserve(AGENT, visitor=channel) == ChannelAsPerson(-1)
        assert not house.store.rows.conversations


async def test_a_store_that_is_away_is_said_at_once(autojump_clock: MockClock) -> None:
    """Nobody waits ten seconds to hear that nothing was done."""
    async with open_house() as house:
        house.store.away = True
        start = trio.current_time()
        with pytest.raises(Busy):
            await house.reserve(AGENT)
        assert trio.current_time() - start < 1
        house.store.away = False
        assert isinstance(await house.reserve(AGENT), Reservation)


async def test_an_end_by_the_api(autojump_clock: MockClock) -> None:
    """Closing twice says when it ended; a stranger's id is not found; both sides are told."""
    async with open_house() as house:
        reservation = await house.talking()
        for expected in ("Ended", "AlreadyEnded"):
            answer = await house.desk.end(fakes.WORKSPACE, reservation.conversation)
            assert type(answer).__name__ == expected
        missing = await house.desk.end(fakes.WORKSPACE, type(reservation.conversation)(7))
        assert type(missing).__name__ == "NotFound"
        await house.quiet()
        assert "ended" in house.texts(VISITOR)[-1]
        assert "closed" in house.texts(AGENT)[-1]
        house.check_finished()


async def test_a_name_from_a_form_stays(autojump_clock: MockClock) -> None:
    """An agent whom a form named uses somebody's link: their nickname changes nothing."""
    async with open_house() as house:
        link = await house.reserved(BRUNO)
        await house.reserved(AGENT, visitor=form(101))
        nickname = evolve(sender_of(AGENT), name="Nickname")
        await house.scan(link, nickname)
        names = {each.name for each in house.store.rows.people.values()}
        assert AGENT.name in names
        assert "Nickname" not in names


async def test_a_draining_channel_gets_no_new_conversation(autojump_clock: MockClock) -> None:
    """What it has goes on, links included; when every channel drains a request is refused."""
    async with open_house(Plan(channels=2)) as house:
        link = await house.reserved(AGENT)
        used = int(link.channel)
        for number in (used, 3 - used):
            channel = house.accounts.numbers[ChannelId(number)]
            house.accounts.numbers[ChannelId(number)] = evolve(channel, draining=True)
            answer = await house.reserve(BRUNO, visitor=form(100 + number))
            if number == used:
                assert isinstance(answer, Reservation)
                assert answer.channel != link.channel
            else:
                assert answer == NoPairFree(BusySide.CHANNELS, None)
        await house.scan(link)
        await house.tap(AGENT, "Accept", used)
        assert await house.phase(link.conversation) == "active"
