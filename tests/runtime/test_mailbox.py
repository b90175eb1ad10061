"""A mailbox loses nothing it took, and never blocks a sender."""

import random

import pytest
import trio

from kaisa_relay.runtime.mailbox import Mailbox


async def test_messages_come_in_order() -> None:
    mailbox: Mailbox[int] = Mailbox(10)
    assert all(mailbox.tell(n) for n in range(3))
    assert [await mailbox.receive() for _ in range(3)] == [0, 1, 2]


async def test_receive_waits_for_a_message(nursery: trio.Nursery) -> None:
    mailbox: Mailbox[str] = Mailbox(1)
    got: list[str] = []

    async def read() -> None:
        got.append(await mailbox.receive())

    nursery.start_soon(read, name="reader")
    await trio.testing.wait_all_tasks_blocked()
    mailbox.tell("late")
    await trio.testing.wait_all_tasks_blocked()
    assert got == ["late"]


async def test_a_full_mailbox_says_no() -> None:
    mailbox: Mailbox[int] = Mailbox(2)
    assert [mailbox.tell(n) for n in range(3)] == [True, True, False]
    assert (mailbox.statistics().queued, mailbox.statistics().refused) == (2, 1)
    assert await mailbox.receive() == 0
    assert mailbox.tell(3)


@pytest.mark.parametrize(("queued", "limit", "taken"), [(1, 5, 1), (5, 5, 5), (7, 5, 5)])
async def test_receive_many_takes_all_up_to_the_limit(queued: int, limit: int, taken: int) -> None:
    mailbox: Mailbox[int] = Mailbox(10)
    for n in range(queued):
        mailbox.tell(n)
    with trio.testing.assert_checkpoints():
        assert await mailbox.receive_many(limit) == list(range(taken))
    assert mailbox.statistics().queued == queued - taken


async def test_a_cancelled_reader_leaves_its_message() -> None:
    mailbox: Mailbox[int] = Mailbox(1)
    mailbox.tell(1)
    with trio.CancelScope() as scope:
        scope.cancel()
        await mailbox.receive()
    assert scope.cancelled_caught
    assert await mailbox.receive() == 1


async def test_a_message_that_wakes_a_cancelled_reader_stays(nursery: trio.Nursery) -> None:
    """Woken and cancelled in the same instant: whatever happens, the message is somewhere."""
    mailbox: Mailbox[int] = Mailbox(1)
    got: list[int] = []
    scope = trio.CancelScope()

    async def read() -> None:
        with scope:
            got.append(await mailbox.receive())

    nursery.start_soon(read, name="reader")
    await trio.testing.wait_all_tasks_blocked()
    mailbox.tell(1)
    scope.cancel()
    await trio.testing.wait_all_tasks_blocked()
    assert len(got) + mailbox.statistics().queued == 1


async def test_close_refuses_and_wakes_the_reader() -> None:
    mailbox: Mailbox[int] = Mailbox(1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_reads_nothing, mailbox, name="reader")
        await trio.testing.wait_all_tasks_blocked()
        mailbox.close()
        mailbox.close()
    assert not mailbox.tell(1)
    assert mailbox.statistics().closed


async def _reads_nothing(mailbox: Mailbox[int]) -> None:
    with pytest.raises(trio.ClosedResourceError):
        await mailbox.receive()


async def test_clear_empties_and_stays_open() -> None:
    mailbox: Mailbox[int] = Mailbox(2)
    mailbox.tell(1)
    mailbox.clear()
    assert mailbox.statistics().queued == 0
    assert mailbox.tell(2)
    assert await mailbox.receive() == 2


async def test_retire_only_when_empty() -> None:
    mailbox: Mailbox[int] = Mailbox(2)
    mailbox.tell(1)
    assert not mailbox.retire_if_empty()
    await mailbox.receive()
    assert mailbox.retire_if_empty()
    assert not mailbox.tell(2)


@pytest.mark.parametrize("seed", range(20))
async def test_no_message_falls_between_idle_and_retired(
    seed: int, autojump_clock: trio.testing.MockClock
) -> None:
    """Traffic timed onto the idle deadline: each message was read, or its sender was told no."""
    rng = random.Random(seed)
    mailbox: Mailbox[int] = Mailbox(8)
    taken: list[int] = []
    read: list[int] = []

    async def send() -> None:
        for n in range(50):
            await trio.sleep(rng.choice([0.0, 0.5, 0.999999, 1.0]))
            for _ in range(rng.randrange(4)):
                await trio.lowlevel.checkpoint()
            if mailbox.tell(n):
                taken.append(n)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(send, name="sender")
        nursery.start_soon(_read_until_idle, mailbox, read, 1.0, name="actor")
    assert read == taken


async def _read_until_idle(mailbox: Mailbox[int], read: list[int], idle_after: float) -> None:
    while True:
        with trio.move_on_after(idle_after) as idle:
            read.extend(await mailbox.receive_many(3))
        if idle.cancelled_caught and mailbox.retire_if_empty():
            return
