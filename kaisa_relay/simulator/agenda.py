"""Things to do later, in the order of their time and, at the same time, of their planning."""

import heapq
import itertools
import math
from collections.abc import Callable

import trio

from .clock import Clock


class Agenda:
    """One task that does every planned thing when it is due on the simulator's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = trio.Event()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Plan `act` for `seconds` from now; it must not block."""
        heapq.heappush(self._heap, (self._clock.time() + seconds, next(self._order), act))
        self._changed.set()

    def clear(self) -> None:
        """Forget everything planned."""
        self._heap.clear()

    def advance(self, seconds: float) -> None:
        """Move the clock forward; what falls due on the way happens now, each at its own time."""
        target = self._clock.time() + seconds
        while self._heap and self._heap[0][0] <= target:
            self._clock.ahead += max(0.0, self._heap[0][0] - self._clock.time())
            heapq.heappop(self._heap)[2]()
        self._clock.ahead += max(0.0, target - self._clock.time())
        self._changed.set()

    def rewind(self) -> None:
        """Back to the real time; for a world that has nothing left of the future."""
        self._clock.ahead = 0.0
        self._changed.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            due = self._heap[0][0] if self._heap else math.inf
            with trio.move_on_at(due - self._clock.ahead):
                await self._changed.wait()
            self._changed = trio.Event()
            # A hair of tolerance: rounding must not make it spin on a deadline just missed.
            while self._heap and self._heap[0][0] <= self._clock.time() + 1e-6:
                heapq.heappop(self._heap)[2]()

    def planned(self) -> int:
        """How many things wait for their time."""
        return len(self._heap)
