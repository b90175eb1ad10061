"""Who sends when: as much as so many senders can, or so much a second, evenly spread.

Rule 1: with a rate, a turn that begins late is still made, and how late it was is kept.
"""

from collections import deque
from collections.abc import Awaitable, Callable

import trio

from benchmarks.wire import Caller

Turn = Callable[[Caller], Awaitable[None]]


async def at_most(port: int, turn: Turn, seconds: float, senders: int) -> None:
    """Have each sender take turn after turn on a connection of its own."""
    end = trio.current_time() + seconds

    async def send() -> None:
        async with Caller(port) as caller:
            while trio.current_time() < end:
                await turn(caller)

    async with trio.open_nursery() as nursery:
        for number in range(senders):
            nursery.start_soon(send, name=f"sender {number}")


async def at_rate(port: int, turn: Turn, rate: float, seconds: float, senders: int) -> list[float]:
    """Have `rate` turns begin a second; returns by how many seconds each was late."""
    began = trio.current_time()
    times = deque(began + n / rate for n in range(max(1, int(rate * seconds))))
    late: list[float] = []

    async def send() -> None:
        async with Caller(port) as caller:
            while times:
                at = times.popleft()
                await trio.sleep_until(at)
                late.append(trio.current_time() - at)
                await turn(caller)

    async with trio.open_nursery() as nursery:
        for number in range(senders):
            nursery.start_soon(send, name=f"sender {number}")
    return late
