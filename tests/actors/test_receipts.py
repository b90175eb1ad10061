"""Read receipts travel back to whoever wrote, late, together, and never instead of a message."""

import trio
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.actors.channel.lanes import Lanes
from kaisa_relay.actors.channel.receipts import KEPT, ROUND, TOGETHER
from kaisa_relay.actors.channel.traffic import Traffic
from kaisa_relay.domain.channel import throughput
from kaisa_relay.domain.sending import Deferred, Halted, Rank, Rejected
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, form, open_house

A_WHILE = TOGETHER + 0.5


def wamids(house: House) -> list[str]:
    """Return the wamids of what people have written, in order."""
    said = sorted(house.store.rows.contents.items())
    return [each.wamid for _, each in said if each.author is not None and each.wamid]


async def test_read_on_the_other_side(autojump_clock: MockClock) -> None:
    """The visitor's message is marked read when the agent has read it, and the other way round."""
    async with open_house() as house:
        await house.talking()
        await house.write(VISITOR, "hello")
        await house.status(Rank.DELIVERED)
        await house.pass_time(A_WHILE)
        assert house.gateway.read == []
        await house.status(Rank.READ)
        await house.pass_time(A_WHILE)
        assert house.gateway.read == [wamids(house)[-1]]
        await house.write(AGENT, "hi")
        await house.status(Rank.READ)
        await house.pass_time(A_WHILE)
        assert house.gateway.read == wamids(house)[-2:]
        house.check_finished()


async def test_only_the_latest(autojump_clock: MockClock) -> None:
    """One mark for a whole chat; what comes late is covered by it."""
    async with open_house() as house:
        await house.talking()
        for word in ("one", "two", "three"):
            await house.write(VISITOR, word)
        await house.statuses(house.update(Rank.READ, -1), house.update(Rank.READ, -2))
        await house.pass_time(A_WHILE)
        await house.status(Rank.READ, -3)
        await house.pass_time(A_WHILE)
        assert house.gateway.read == [wamids(house)[-1]]


async def test_our_own_texts_are_nobodys(autojump_clock: MockClock) -> None:
    """Offers and notices that were read mark nothing."""
    async with open_house() as house:
        await house.talking()
        updates = [house.update(Rank.READ, index) for index in range(len(house.gateway.accepted))]
        await house.statuses(*updates)
        await house.pass_time(A_WHILE)
        assert house.gateway.read == []


async def test_switched_off(autojump_clock: MockClock) -> None:
    """A workspace may keep to itself who has read what."""
    async with open_house() as house:
        await house.talking()
        house.accounts.add(evolve(house.accounts.workspace(fakes.WORKSPACE), read_receipts=False))
        await house.write(VISITOR, "hello")
        await house.status(Rank.READ)
        await house.pass_time(A_WHILE)
        assert house.gateway.read == []


async def test_a_number_that_stands_still(autojump_clock: MockClock) -> None:
    """While nothing may be sent nothing is marked; then it is."""
    async with open_house() as house:
        await house.talking()
        await house.write(VISITOR, "hello")
        read = house.update(Rank.READ)
        house.gateway.answer_next(AGENT.phone, Halted(190, "token expired"))
        await house.write(VISITOR, "more")
        await house.statuses(read)
        await house.pass_time(30)
        assert house.gateway.read == []
        await house.pass_time(60)
        assert len(house.gateway.read) == 1


async def test_a_number_that_stands_still_for_long(autojump_clock: MockClock) -> None:
    """Its marks are given up after a while: nobody is kept awake by them, and none comes late."""
    async with open_house() as house:
        await house.talking()
        await house.write(VISITOR, "hello")
        read = house.update(Rank.READ)
        house.gateway.answer_next(AGENT.phone, Halted(190, "token expired"))
        await house.write(VISITOR, "more")
        house.gateway.away = True
        await house.statuses(read)
        await house.pass_time(KEPT - 10)
        assert house.actors.receipts.statistics() == {"read": 0, "due": 1}
        await house.pass_time(20)
        assert house.actors.receipts.statistics() == {"read": 0, "due": 0}
        house.gateway.away = False
        await house.pass_time(200)
        assert house.gateway.read == []


async def test_a_number_that_is_ours_no_more(autojump_clock: MockClock) -> None:
    """What came to it may be read on another one: there is nothing to mark it with."""
    async with open_house() as house:
        await house.talking()
        await house.write(VISITOR, "hello")
        read = house.update(Rank.READ)
        await house.statuses(read)
        house.accounts.numbers.clear()
        await house.pass_time(A_WHILE)
        assert house.actors.receipts.statistics() == {"read": 0, "due": 0}
        assert house.gateway.read == []


async def test_put_off_and_refused(autojump_clock: MockClock) -> None:
    """Put off, it is tried again, but not for ever; refused, it is forgotten."""
    async with open_house() as house:
        await house.talking()
        await house.write(VISITOR, "hello")
        house.gateway.answer_marks(Deferred(2, "later"))
        await house.status(Rank.READ)
        await house.pass_time(10)
        assert len(house.gateway.read) == 1
        await house.write(VISITOR, "more")
        house.gateway.answer_marks(*[Deferred(2, "later")] * 9)
        await house.status(Rank.READ)
        await house.pass_time(20)
        house.gateway.answer_marks()
        await house.write(VISITOR, "even more")
        house.gateway.answer_marks(Rejected(131009, "too old"))
        await house.status(Rank.READ)
        await house.pass_time(20)
        assert len(house.gateway.read) == 1


async def test_a_slow_number_holds_up_no_other_message(autojump_clock: MockClock) -> None:
    """Marks that get no answer are given up; messages go out meanwhile."""
    async with open_house() as house:
        others = form(101), form(201)
        await house.talking()
        await house.talking(others[1], others[0])
        await house.write(VISITOR, "hello")
        read = house.update(Rank.READ)
        house.gateway.marking = 1000.0
        await house.statuses(read)
        await house.pass_time(A_WHILE)
        await house.write(others[0], "quick")
        assert house.texts(others[1])[-1] == "quick"
        await house.pass_time(ROUND)
        house.gateway.marking = 0.0
        await house.status(Rank.READ)
        await house.pass_time(A_WHILE)
        assert len(house.gateway.read) == 1


async def test_half_of_the_number_is_kept_for_messages(autojump_clock: MockClock) -> None:
    """Marks count towards the number's limit and stop at half of it."""
    lanes = Lanes(Traffic(throughput(80)), lambda _send: 0.0)
    now = trio.current_time()
    taken = 0
    while lanes.take_spare(now):
        taken += 1
    assert taken in (40, 41)  # floats
    assert lanes.take_spare(now + 0.1)
    lanes.not_before = now + 5
    assert not lanes.take_spare(now + 2)
