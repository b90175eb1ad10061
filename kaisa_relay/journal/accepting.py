"""What the webhook lane brings: statuses of sends that exist are applied, all else is stored.

Rule 1: either way it is committed when the caller hears of it.
"""

from collections.abc import Sequence
from datetime import datetime

from attrs import define, frozen

from kaisa_relay.domain.ids import MessageId
from kaisa_relay.journal.arriving import Arrival, Arrived, Arriving
from kaisa_relay.journal.outcomes import legs_of
from kaisa_relay.journal.settling import Settled, Settlement, Settling
from kaisa_relay.ports import NewItem, StoreUnavailable
from kaisa_relay.runtime.callback import OnAnswer
from kaisa_relay.store import Store

OnStored = OnAnswer[int]
"""Hears how many rows were new."""


@frozen
class Accepting:
    """The writing half of the inbox."""

    store: Store
    arriving: Arriving
    settling: Settling

    def accept_nowait(self, rows: Sequence[NewItem], on_stored: OnStored) -> None:
        """Commit the rows; `on_stored` is called once, later.

        At once where there are none, or the store is away."""
        if not rows:
            on_stored(0)
            return
        at, new_id = self.store.wall(), self.store.new_id
        settlements: list[Settlement] = []
        stored: list[tuple[MessageId, NewItem]] = []
        for row in rows:
            settlement = self._settlement(row, at)
            if settlement is None:
                stored.append((MessageId(new_id()), row))
            else:
                settlements.append(settlement)
        together = _Together(on_stored, len(settlements) + bool(stored))
        try:
            for each in settlements:
                self.store.append_nowait(self.settling, each, together.settled)
            if stored:
                self.store.append_nowait(self.arriving, Arrival(stored, at), together.arrived)
        except StoreUnavailable as away:
            together.fail(away)

    def _settlement(self, row: NewItem, at: datetime) -> Settlement | None:
        """Return what applies a row at once, if it holds statuses of ours and nothing else."""
        workspace, legs = row.workspace, legs_of(row)
        if not legs or workspace is None or workspace not in self.store.epochs:
            return None
        ids = [self.store.new_id() for _ in legs]
        # Either outcomes are told under these ids or the row is stored, never both.
        return Settlement(workspace, legs, ids, at, row=(MessageId(ids[0]), row))


@define(eq=False)
class _Together:
    """Adds up what came of the units of one call, and tells it once."""

    on_stored: OnStored
    left: int
    new: int = 0

    def settled(self, answer: Settled | Exception) -> None:
        """One settlement was committed."""
        self._count(answer if isinstance(answer, Exception) else 1)

    def arrived(self, answer: Arrived | Exception) -> None:
        """The rows were committed."""
        self._count(answer if isinstance(answer, Exception) else answer.new)

    def fail(self, error: Exception) -> None:
        """Tell that not all was committed, whatever comes of the rest."""
        if self.left:
            self.left = 0
            self.on_stored(error)

    def _count(self, answer: int | Exception) -> None:
        if isinstance(answer, Exception):
            self.fail(answer)
        elif self.left:
            self.new += answer
            self.left -= 1
            if not self.left:
                self.on_stored(self.new)
