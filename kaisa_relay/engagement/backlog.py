"""How many deliveries wait in each workspace, known without counting them each time.

Rule 1: nothing is refused by an old count: where it seems to be too much, it is counted anew.
"""

from functools import partial
from typing import Final

import trio
from attrs import define, field

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.engagement import quota_rows
from kaisa_relay.store import Store

FRESH: Final = 10.0
"""Seconds for which a count is good enough to add to."""


@define(eq=False)
class Backlog:
    """What waits, as of the last count and with what was added since."""

    store: Store
    most: int
    _known: dict[WorkspaceId, tuple[int, float]] = field(factory=dict)

    async def room(self, of: WorkspaceId, wanted: int) -> int:
        """Return how many more deliveries may wait; at least `wanted`, or counted just now."""
        count, until = self._known.get(of, (0, 0.0))
        if trio.current_time() >= until or count + wanted > self.most:
            count = await self.store.browse(partial(quota_rows.waiting, of=of))
            self._known[of] = (count, trio.current_time() + FRESH)
        return max(0, self.most - count)

    def add(self, of: WorkspaceId, more: int) -> None:
        """So many were added."""
        count, until = self._known.get(of, (0, 0.0))
        self._known[of] = (count + more, until)
