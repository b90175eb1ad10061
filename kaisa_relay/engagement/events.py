"""The events that deliveries are about: one of them is often for many endpoints."""

from typing import Final

from attrs import define, field

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports import Following, Recorded

MOST_KEPT: Final = 500


@define(eq=False)
class Events:
    """Reads events, and keeps the latest of them; an event never changes."""

    following: Following
    _kept: dict[tuple[WorkspaceId, int], Recorded] = field(factory=dict)

    async def at(self, of: WorkspaceId, seq: int) -> Recorded | None:
        """Return the event with this number; None when it is not kept any more."""
        known = self._kept.get((of, seq))
        if known is not None:
            return known
        found = await self.following.events(of, seq - 1, 1)
        if not found or found[0].seq != seq:
            return None
        if len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[of, seq] = found[0]
        return found[0]
