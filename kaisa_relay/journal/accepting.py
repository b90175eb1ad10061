"""What the webhook lane brings: statuses of sends that exist are applied, all else is stored.

Rule 1: either way it is committed when the caller hears of it.
"""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.ids import MessageId
from kaisa_relay.journal.arriving import Arrival, Arriving
from kaisa_relay.journal.outcomes import legs_of
from kaisa_relay.journal.settling import Settlement, Settling
from kaisa_relay.ports import NewItem
from kaisa_relay.store import Store


@frozen
class Accepting:
    """The writing half of the inbox."""

    store: Store
    arriving: Arriving
    settling: Settling

    async def accept(self, rows: Sequence[NewItem]) -> int:
        """Commit the rows and return how many were new."""
        at, new_id = self.store.wall(), self.store.new_id
        settlements: list[Settlement] = []
        stored: list[tuple[MessageId, NewItem]] = []
        for row in rows:
            settlement = self._settlement(row, at)
            if settlement is None:
                stored.append((MessageId(new_id()), row))
            else:
                settlements.append(settlement)
        if settlements:
            await self.store.append_all(self.settling, settlements)
        if not stored:
            return len(settlements)
        arrived = await self.store.append(self.arriving, Arrival(stored, at))
        return len(settlements) + arrived.new

    def _settlement(self, row: NewItem, at: datetime) -> Settlement | None:
        """Return what applies a row at once, if it holds statuses of ours and nothing else."""
        workspace, legs = row.workspace, legs_of(row)
        if not legs or workspace is None or workspace not in self.store.epochs:
            return None
        ids = [self.store.new_id() for _ in legs]
        # Either outcomes are told under these ids or the row is stored, never both.
        return Settlement(workspace, legs, ids, at, row=(MessageId(ids[0]), row))
