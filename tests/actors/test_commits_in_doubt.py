"""The database goes away during a commit: what it came to is in the journal, and is no crash."""

import pytest
from trio.testing import MockClock

from kaisa_relay.journal.memory.commits import Fault
from kaisa_relay.ports import StoreUnavailable
from tests.actors.house import AGENT, VISITOR, House, open_house

MANY = 8
"""More often than a conversation may crash before it is quarantined."""


async def write_with(house: House, fault: Fault, word: str) -> None:
    """The visitor writes, and the commit that decides it meets a fault."""
    await house.arrive(house.item(VISITOR, word))
    house.store.commits.faults.append(fault)
    await house.pass_time(3)


@pytest.mark.parametrize("fault", Fault)
async def test_it_is_neither_lost_nor_doubled(autojump_clock: MockClock, fault: Fault) -> None:
    async with open_house() as house:
        await house.talking()
        seen = len(house.texts(AGENT))
        words = [f"word {n}" for n in range(MANY)]
        for word in words:
            await write_with(house, fault, word)
        await house.pass_time(30)
        assert not house.store.commits.faults
        assert house.texts(AGENT)[seen:] == words
        house.check_finished()


async def test_what_was_stored_unheard_keeps_its_place(autojump_clock: MockClock) -> None:
    """The webhook got no 200 and its row is durable: it goes before what comes after it."""
    async with open_house() as house:
        await house.talking()
        seen = len(house.texts(AGENT))
        one = house.item(VISITOR, "one")
        house.store.commits.faults.append(Fault.AFTER)
        with pytest.raises(StoreUnavailable):
            await house.arrive(one)
        await house.arrive(house.item(VISITOR, "two"))
        await house.pass_time(1)
        await house.arrive(one)  # Meta brings again what got no 200
        await house.pass_time(30)
        assert house.texts(AGENT)[seen:] == ["one", "two"]
        house.check_finished()


async def test_it_is_no_crash(autojump_clock: MockClock) -> None:
    """However often it happens within the minute, nothing is quarantined."""
    async with open_house() as house:
        await house.talking()
        for number in range(MANY):
            await write_with(house, Fault.AFTER, f"word {number}")
        statistics = house.actors.router.slots.statistics()
        assert statistics["quarantined"] == 0
