"""Who asks at the same time shares a read, and nobody suffers from another's leaving."""

from collections.abc import Sequence

import pytest
import trio
from attrs import define, field
from sqlalchemy import Connection, text

from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store.gathering import MOST, Gathering
from tests.contracts.sql_stores import SqlStore

pytestmark = pytest.mark.timeout(60)


@define
class Doubling:
    """Reads twice what is asked, and remembers what it was asked together."""

    reads: list[list[int]] = field(factory=list)
    away: bool = False

    def __call__(self, connection: Connection, questions: Sequence[int]) -> Sequence[int]:
        self.reads.append(list(questions))
        if self.away:
            raise StoreUnavailable("away")
        return [connection.scalar(text(f"select 2 * {each}")) or 0 for each in questions]


async def ask_all(gathering: Gathering[int, int], count: int) -> dict[int, int]:
    answers: dict[int, int] = {}

    async def ask(number: int) -> None:
        answers[number] = await gathering.ask(number)

    async with trio.open_nursery() as nursery:
        for number in range(count):
            nursery.start_soon(ask, number)
    return answers


async def test_everybody_gets_their_own_answer_from_few_reads(rooms: SqlStore) -> None:
    reading, count = Doubling(), MOST + 10
    answers = await ask_all(Gathering(rooms.store, reading), count)
    assert answers == {number: 2 * number for number in range(count)}
    assert sorted(each for read in reading.reads for each in read) == list(range(count))
    assert len(reading.reads) <= 4
    assert max(map(len, reading.reads)) <= MOST


async def test_who_leaves_takes_nobody_along(rooms: SqlStore) -> None:
    """The one who would have read for all is cancelled, and so is one who waits."""
    reading = Doubling()
    gathering = Gathering(rooms.store, reading)
    async with trio.open_nursery() as leaving:
        for number in (100, 101):
            leaving.start_soon(gathering.ask, number)
        leaving.cancel_scope.cancel()
        with trio.CancelScope(shield=True):
            answers = await ask_all(gathering, 3)
    assert answers == {0: 0, 1: 2, 2: 4}


async def test_a_read_that_fails_fails_each_and_the_next_one_is_fresh(rooms: SqlStore) -> None:
    reading = Doubling(away=True)
    gathering, refused = Gathering(rooms.store, reading), []

    async def ask(number: int) -> None:
        with pytest.raises(StoreUnavailable):
            await gathering.ask(number)
        refused.append(number)

    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(ask, number)
    assert sorted(refused) == [0, 1, 2]
    reading.away = False
    assert await ask_all(gathering, 2) == {0: 0, 1: 2}
