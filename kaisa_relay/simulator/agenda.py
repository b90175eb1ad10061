"""Things to do later, in the order of their time and, at the same time, of their planning."""

import heapq
import itertools
import math
from collections.abc import Callable

import trio


class Agenda:
    """One task that does every planned thing when it is due on Trio's clock."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = trio.Event()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Plan `act` for `seconds` from now; it must not block."""
        heapq.heappush(self._heap, (trio.current_time() + seconds, next(self._order), act))
        self._changed.set()

    def clear(self) -> None:
        """Forget everything planned."""
        self._heap.clear()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            deadline = self._heap[0][0] if self._heap else math.inf
            with trio.move_on_at(deadline):
                await self._changed.wait()
            self._changed = trio.Event()
            while self._heap and self._heap[0][0] <= trio.current_time():
                heapq.heappop(self._heap)[2]()
