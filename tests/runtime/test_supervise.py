"""A crash is logged once, waited out, and forgiven up to the policy's measure."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest
import structlog.testing
import trio
from trio.testing import MockClock

from kaisa_relay.runtime.mailbox import Mailbox
from kaisa_relay.runtime.supervise import GaveUp, RestartPolicy, supervise

POLICY = RestartPolicy(intensity=3, period=60, first_delay=1, max_delay=8)


def crashing(times: int, after: float = 0) -> Callable[[], Awaitable[None]]:
    """A run that crashes so many times, each after so many seconds, and then returns."""
    left = iter(range(times))

    async def run() -> None:
        await trio.sleep(after)
        if next(left, None) is not None:
            raise ValueError("boom")

    return run


async def test_a_restart_keeps_the_mailbox(autojump_clock: MockClock) -> None:
    mailbox: Mailbox[int] = Mailbox(8)
    for n in range(4):
        mailbox.tell(n)
    read: list[int] = []

    async def run() -> None:
        while not mailbox.retire_if_empty():
            message = await mailbox.receive()
            read.append(message)
            if message == 1:
                raise ValueError("message 1 kills")

    await supervise("reader", run, POLICY, Random(1))
    assert read == [0, 1, 2, 3]


async def test_the_backoff_is_seeded_and_grows(autojump_clock: MockClock) -> None:
    expected = sum(POLICY.delay(n, rng) for rng in [Random(7)] for n in (1, 2, 3))
    await supervise("thrice", crashing(3), POLICY, Random(7))
    assert trio.current_time() == pytest.approx(expected)
    assert 0.5 * (1 + 2 + 4) <= expected <= 1 + 2 + 4


@pytest.mark.parametrize("crashes", [4, 40, 4000])
def test_the_backoff_has_a_ceiling(crashes: int) -> None:
    assert 4 <= POLICY.delay(crashes, Random(1)) <= 8


async def test_it_gives_up_after_the_intensity(autojump_clock: MockClock) -> None:
    with pytest.raises(GaveUp) as gave_up:
        await supervise("four times", crashing(4), POLICY, Random(1))
    assert gave_up.value.name == "four times"
    assert isinstance(gave_up.value.__cause__, ValueError)


async def test_old_crashes_are_forgiven(autojump_clock: MockClock) -> None:
    await supervise("now and then", crashing(20, after=30), POLICY, Random(1))
    assert trio.current_time() > 20 * 30


async def test_cancellation_is_not_a_crash() -> None:
    crashes: list[None] = []
    with trio.CancelScope() as scope, structlog.testing.capture_logs() as logs:
        scope.cancel()
        await supervise(
            "cancelled", trio.sleep_forever, POLICY, Random(1), lambda: crashes.append(None)
        )
    assert scope.cancelled_caught
    assert (crashes, logs) == ([], [])


async def test_a_crash_in_a_nursery_is_a_crash(autojump_clock: MockClock) -> None:
    """One for all: the sibling is cancelled, and the group starts again."""
    starts: list[str] = []

    async def group() -> None:
        starts.append("group")
        async with trio.open_nursery() as nursery:
            if len(starts) == 1:
                nursery.start_soon(crashing(1), name="crashing")
                nursery.start_soon(trio.sleep_forever, name="sibling")

    with structlog.testing.capture_logs() as logs:
        await supervise("group", group, POLICY, Random(1))
    assert starts == ["group", "group"]
    assert isinstance(logs[0]["exc_info"], ExceptionGroup)


async def test_each_crash_is_told_and_logged_once(autojump_clock: MockClock) -> None:
    crashed_at: list[float] = []
    with structlog.testing.capture_logs() as logs, pytest.raises(GaveUp):
        await supervise(
            "loud", crashing(9), POLICY, Random(1), lambda: crashed_at.append(trio.current_time())
        )
    assert crashed_at[0] == 0
    assert len(crashed_at) == 4
    assert [line["recent_crashes"] for line in logs] == [1, 2, 3, 4]
    assert {(line["event"], line["actor"], line["log_level"]) for line in logs} == {
        ("crashed", "loud", "error")
    }


@pytest.mark.parametrize("wrong", [{"intensity": -1}, {"period": 0}, {"first_delay": -1}])
def test_an_impossible_policy_is_refused(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"intensity": 1, "period": 1, "first_delay": 1, "max_delay": 1}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RestartPolicy(**(right | wrong))


class Hopeless(Exception):
    """Running again cannot help."""


async def test_a_fatal_exception_is_no_crash(autojump_clock: MockClock) -> None:
    """It passes straight through: no restart, no crash counted."""
    crashes: list[None] = []

    async def run() -> None:
        raise Hopeless

    policy = RestartPolicy(5, 60.0, 1.0, 1.0, fatal=(Hopeless,))
    with pytest.raises(Hopeless):
        await supervise("actor", run, policy, Random(1), lambda: crashes.append(None))
    assert crashes == []
