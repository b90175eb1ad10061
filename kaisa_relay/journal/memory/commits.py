"""Commits: one step each, with the faults that a test wants.

Rule 1: a commit waits before it is applied and never afterwards, so a cancelled caller either
committed nothing or has its answer.
Rule 2: subscribers hear of a commit before its caller does, in commit order, without a checkpoint.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeVar

import trio
from attrs import define, field

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.journal.memory.rows import Rows, Transaction
from kaisa_relay.ports import Fenced, InboxItem, NewItem, Recorded, Send, StoreUnavailable
from kaisa_relay.runtime.clock import WallClock

T = TypeVar("T")


class Fault(StrEnum):
    """When a commit fails: before anything is durable, or after all of it is."""

    BEFORE = "before"
    AFTER = "after"


@define(eq=False)
class Commits:
    """The way to the rows for everybody who writes or reads them.

    `latency` is in virtual seconds and delays every call. While `away`, and once for each of
    `faults`, calls raise `StoreUnavailable`; of a commit that fails `after`, nobody is told.
    Appends of a `fenced` workspace raise `Fenced`.
    """

    rows: Rows
    clock: WallClock
    new_id: Callable[[], int]
    latency: float = 0.0
    away: bool = False
    faults: deque[Fault] = field(factory=deque)
    fenced: set[WorkspaceId] = field(factory=set)
    commits: int = 0
    take_recorded: list[Callable[[Sequence[Recorded]], None]] = field(factory=list)
    take_items: list[Callable[[Sequence[InboxItem]], None]] = field(factory=list)
    overhearing: list[Callable[[Sequence[NewItem]], None]] = field(factory=list)
    doubting: list[Callable[[], None]] = field(factory=list)
    take_ended: list[Callable[[Sequence[Send]], None]] = field(factory=list)

    async def read(self) -> Rows:
        """Return the rows, as a read on another connection would find them."""
        await self._turn()
        return self.rows

    async def commit(self, write: Callable[[Transaction], T | None]) -> T | None:
        """Run `write` as one commit; rolled back if it returns something."""
        await self._turn()
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.BEFORE:
            raise StoreUnavailable
        transaction = Transaction(self.rows, self.new_id, self.clock())
        with _all_or_nothing(transaction):
            refusal = write(transaction)
        if refusal is not None:
            transaction.roll_back()
            return refusal
        self.commits += 1
        if fault is Fault.AFTER:
            raise StoreUnavailable
        self._announce(transaction)
        return None

    def fence(self, workspace: WorkspaceId) -> None:
        """Raise `Fenced` when somebody else owns the workspace."""
        if workspace in self.fenced:
            raise Fenced

    async def _turn(self) -> None:
        if self.latency:
            await trio.sleep(self.latency)
        else:
            await trio.lowlevel.checkpoint()
        if self.away:
            raise StoreUnavailable

    def _announce(self, transaction: Transaction) -> None:
        if transaction.recorded:
            for take in self.take_recorded:
                take(transaction.recorded)
        if transaction.items:
            for take_items in self.take_items:
                take_items(transaction.items)
        if transaction.ended:
            for take_ended in self.take_ended:
                take_ended(transaction.ended)


@contextmanager
def _all_or_nothing(transaction: Transaction) -> Iterator[None]:
    finished = False
    try:
        yield
        finished = True
    finally:
        if not finished:
            transaction.roll_back()
