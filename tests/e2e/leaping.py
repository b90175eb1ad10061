"""The relay as a program of its own, whose clock can leap forward as the simulator's can.

Rule 1: it is `serve` but for the clock; hours and days pass for all of it at once.
Rule 2: a leap is a line of seconds on a Unix socket, answered once it is made.
"""

import signal
import socket
import sys
import time
from datetime import datetime, timedelta
from functools import partial

import trio

from kaisa_relay.app import run
from kaisa_relay.logs import configure
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.settings import from_environment


class LeapingClock(trio.abc.Clock):
    """Trio's clock and the wall's, both so many seconds ahead."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def start_clock(self) -> None:
        """Nothing: the machine's clock runs already."""

    def current_time(self) -> float:
        """Seconds on a clock of no particular zero."""
        return time.perf_counter() + self.ahead

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """How long until then, if nobody leaps."""
        return deadline - self.current_time()

    def wall(self) -> datetime:
        """The instant that the relay believes it is."""
        return system_clock() + timedelta(seconds=self.ahead)


async def _serve(clock: LeapingClock, lever: str) -> None:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(lever)
    listening.listen()
    listener = trio.SocketListener(trio.socket.from_stdlib_socket(listening))
    with trio.open_signal_receiver(signal.SIGTERM) as signals:

        async def stop() -> None:
            async for _ in signals:
                return

        async with trio.open_nursery() as nursery:
            await nursery.start(trio.serve_listeners, partial(_leap, clock), [listener])
            await run(from_environment(), stop, wall=clock.wall)
            nursery.cancel_scope.cancel()


async def _leap(clock: LeapingClock, stream: trio.SocketStream) -> None:
    async for line in stream:
        clock.ahead += float(line)
        await stream.send_all(b"\n")


if __name__ == "__main__":
    configure("json")
    leaping = LeapingClock()
    trio.run(_serve, leaping, sys.argv[1], clock=leaping)
