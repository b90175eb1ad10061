"""Every ask ends: answered, or with the named reason why not, at once."""

import pytest
import trio
from attrs import frozen

from kaisa_relay.runtime.ask import ActorGone, Ask, NotTaken, TooLate, Unanswered
from kaisa_relay.runtime.mailbox import Mailbox


@frozen
class Double(Ask[int]):
    number: int


@frozen
class Note:
    text: str


Message = Double | Note


async def _ask(mailbox: Mailbox[Message], heard: list[int | type[Unanswered]]) -> None:
    try:
        heard.append(await Double(21).put_to(mailbox, within=5))
    except Unanswered as reason:
        assert trio.current_time() == 0, "it must hear at once, not at its deadline"
        heard.append(type(reason))


async def _take_ask(mailbox: Mailbox[Message]) -> Double:
    message = await mailbox.receive()
    assert isinstance(message, Double)
    return message


@pytest.fixture
def mailbox() -> Mailbox[Message]:
    return Mailbox(4)


@pytest.fixture
def heard() -> list[int | type[Unanswered]]:
    return []


async def test_an_ask_is_answered(
    mailbox: Mailbox[Message], heard: list[int | type[Unanswered]]
) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_ask, mailbox, heard, name="asker")
        ask = await _take_ask(mailbox)
        ask.reply.answer(ask.number * 2)
        ask.reply.answer(0)
    assert heard == [42]
    assert mailbox.statistics().unanswered == 0


async def test_asks_queued_and_in_hand_fail_at_once_on_a_crash(
    mailbox: Mailbox[Message],
    heard: list[int | type[Unanswered]],
    autojump_clock: trio.testing.MockClock,
) -> None:
    mailbox.tell(Note("stays"))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_ask, mailbox, heard, name="in hand")
        nursery.start_soon(_ask, mailbox, heard, name="queued")
        await trio.testing.wait_all_tasks_blocked()
        await mailbox.receive_many(2)
        assert mailbox.statistics().unanswered == 1
        mailbox.tell(Note("stays too"))
        mailbox.break_asks()
    assert heard == [ActorGone, ActorGone]
    assert await mailbox.receive_many(9) == [Note("stays too")]


async def test_close_breaks_queued_asks(
    mailbox: Mailbox[Message],
    heard: list[int | type[Unanswered]],
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_ask, mailbox, heard, name="asker")
        await trio.testing.wait_all_tasks_blocked()
        mailbox.close()
    assert heard == [ActorGone]


async def test_an_unanswered_ask_keeps_the_actor(
    mailbox: Mailbox[Message], autojump_clock: trio.testing.MockClock
) -> None:
    """Idle means that nobody waits; an asker who left does not count."""

    async def ask_in_vain() -> None:
        with pytest.raises(TooLate):
            await Double(1).put_to(mailbox, within=5)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask_in_vain, name="asker")
        await _take_ask(mailbox)
        assert not mailbox.retire_if_empty()
    assert mailbox.retire_if_empty()


@pytest.mark.parametrize("closed", [True, False])
async def test_a_full_or_closed_mailbox_takes_no_ask(closed: bool) -> None:
    mailbox: Mailbox[Message] = Mailbox(0)
    if closed:
        mailbox.close()
    with pytest.raises(NotTaken):
        await Double(1).put_to(mailbox, within=1)


async def test_an_asker_in_time_ignores_the_answer_that_comes_late(
    mailbox: Mailbox[Message], autojump_clock: trio.testing.MockClock
) -> None:
    with pytest.raises(TooLate):
        await Double(1).put_to(mailbox, within=3)
    assert trio.current_time() == 3
    ask = await _take_ask(mailbox)
    ask.reply.answer(2)
    with pytest.raises(ActorGone):
        await ask.reply.wait()


def test_asks_compare_by_what_they_ask() -> None:
    assert Double(1) == Double(1)
    assert "reply" not in repr(Double(1))
