"""Clocks. Durations are Trio's; instants are the wall's, always in UTC, and always injected."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import trio

WallClock = Callable[[], datetime]

# Trio's clock stands still while the machine sleeps, and the wall clock may be set: look again.
LOOK_AGAIN = 60.0


def system_clock() -> datetime:
    """The wall clock of this machine, in UTC."""
    return datetime.now(UTC)


def seconds_of(clock: WallClock) -> Callable[[], float]:
    """Return the same clock in Unix seconds, without a `datetime` where the machine's will do."""
    return time.time if clock is system_clock else lambda: clock().timestamp()


def wall_from_trio(epoch: datetime) -> WallClock:
    """A wall clock for tests that reads `epoch` at Trio's zero, so one MockClock drives both."""
    return lambda: epoch + timedelta(seconds=trio.current_time())


async def sleep_until(at: datetime, clock: WallClock) -> None:
    """Return when `clock` has reached `at`, never earlier, however the wall clock is set."""
    await trio.lowlevel.checkpoint()
    while (left := (at - clock()).total_seconds()) > 0:  # noqa: ASYNC110 - nothing signals time
        await trio.sleep(min(left, LOOK_AGAIN))
