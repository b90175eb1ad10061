"""64-bit ids that rise: milliseconds, a node number, a counter."""

from collections.abc import Callable
from typing import Final

_NODE_BITS: Final = 8
_COUNTER_BITS: Final = 14
_START_MS: Final = 1_735_689_600_000
"""2025-01-01T00:00:00Z; 41 bits of milliseconds from there last until 2094."""


class IdSource:
    """Gives ids above `floor`, each larger than the one before, also when the clock steps back.

    `clock` returns Unix time in seconds; `node` (0 to 255) keeps processes apart that share a
    database.
    """

    def __init__(self, clock: Callable[[], float], node: int = 0, floor: int = 0) -> None:
        self._clock = clock
        self._node = node << _COUNTER_BITS
        # Ids of the floor's own millisecond may lie below it: begin in the next one.
        self._last_ms = (floor >> (_NODE_BITS + _COUNTER_BITS)) + (floor > 0)
        self._counter = 0

    def __call__(self) -> int:
        """Return the next id."""
        now = int(self._clock() * 1000) - _START_MS
        if now > self._last_ms:
            self._last_ms, self._counter = now, 0
        else:
            self._counter += 1
            if self._counter >> _COUNTER_BITS:
                self._last_ms, self._counter = self._last_ms + 1, 0
        return (self._last_ms << (_NODE_BITS + _COUNTER_BITS)) | self._node | self._counter


def first_id(at: float) -> int:
    """Return the lowest id that may be given at a Unix time in seconds: older ones are below."""
    return max(0, int(at * 1000) - _START_MS) << (_NODE_BITS + _COUNTER_BITS)


def born_at(identifier: int) -> float:
    """Return the Unix time in seconds at which an id was given."""
    return ((identifier >> (_NODE_BITS + _COUNTER_BITS)) + _START_MS) / 1000
