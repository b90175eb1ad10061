"""Sleeping until an instant holds whatever is done to the wall clock."""

from datetime import UTC, datetime, timedelta

import pytest
import trio

from kaisa_relay.runtime.clock import sleep_until, system_clock, wall_from_trio

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0.0000004, 0.1, 1.0, 59.9, 60.0, 61.0, 86400.123456])
async def test_it_wakes_at_the_instant(
    seconds: float, autojump_clock: trio.testing.MockClock
) -> None:
    clock = wall_from_trio(EPOCH)
    at = EPOCH + timedelta(seconds=seconds)
    await sleep_until(at, clock)
    assert timedelta(0) <= clock() - at <= timedelta(milliseconds=1)


async def test_the_past_is_one_checkpoint(autojump_clock: trio.testing.MockClock) -> None:
    with trio.testing.assert_checkpoints():
        await sleep_until(EPOCH - timedelta(days=1), wall_from_trio(EPOCH))
    assert trio.current_time() == 0


async def test_a_clock_set_back_makes_it_wait_longer(
    autojump_clock: trio.testing.MockClock,
) -> None:
    steps = wall_from_trio(EPOCH)

    def set_back_after_a_minute() -> datetime:
        back = timedelta(hours=1) if trio.current_time() >= 60 else timedelta(0)
        return steps() - back

    await sleep_until(EPOCH + timedelta(minutes=10), set_back_after_a_minute)
    assert trio.current_time() == pytest.approx(70 * 60)


async def test_a_clock_set_forward_is_noticed_within_a_minute(
    autojump_clock: trio.testing.MockClock,
) -> None:
    steps = wall_from_trio(EPOCH)

    def set_forward_after_a_second() -> datetime:
        forward = timedelta(hours=2) if trio.current_time() >= 1 else timedelta(0)
        return steps() + forward

    await sleep_until(EPOCH + timedelta(hours=1), set_forward_after_a_second)
    assert trio.current_time() <= 60


def test_the_system_clock_has_a_zone() -> None:
    assert system_clock().tzinfo is UTC
