"""What happens on the phones, as it happens: a numbered tail that a page can follow."""

from collections import deque
from typing import Any

import trio
from attrs import frozen

_LONGEST = 10_000


@frozen
class Happening:
    """One thing that happened to a person's chat with a channel; `facts` are JSON."""

    index: int
    kind: str
    person: str
    channel: str
    facts: dict[str, Any]


class Feed:
    """The last happenings, numbered from 1 without gaps."""

    def __init__(self) -> None:
        self._tail: deque[Happening] = deque(maxlen=_LONGEST)
        self._changed = trio.Event()
        self.last = 0

    def tell(self, kind: str, person: str = "", channel: str = "", **facts: Any) -> None:
        """Add one and wake whoever waits."""
        self.last += 1
        self._tail.append(Happening(self.last, kind, person, channel, facts))
        self._changed.set()
        self._changed = trio.Event()

    def later_than(self, index: int) -> list[Happening]:
        """Those after number `index`."""
        missed = self.last - index
        return list(self._tail)[-missed:] if missed > 0 else []

    def lost_after(self, index: int) -> bool:
        """Whether some after number `index` are forgotten already."""
        return index < self.last - len(self._tail)

    async def wait_later_than(self, index: int) -> None:
        """Return once there is one after `index`; the deadline is the caller's."""
        while self.last <= index:
            await self._changed.wait()
