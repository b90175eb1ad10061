"""The one writer: whatever waits is committed together, on a worker thread.

Rule 1: a caller that gives up does not take its unit back; it is committed all the same.
Rule 2: while the database is away nobody waits for it: callers hear `StoreUnavailable` at once.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

import trio
from attrs import define, evolve, frozen
from sqlalchemy import Connection, Engine, update

from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.runtime.callback import OnAnswer
from kaisa_relay.store.faults import BrokenStorage, translated
from kaisa_relay.store.operation import Operation
from kaisa_relay.store.sqlite import checkpoint_now
from kaisa_relay.store.tables import config_version
from kaisa_relay.store.transaction import Ran, Ticket, Work, write

T = TypeVar("T")
U = TypeVar("U")
R = TypeVar("R")

BATCH: Final = 512
"""Units per transaction."""
QUEUE: Final = 4096
"""Units that may wait; more are refused, which becomes a 503 at the edge."""
FIRST_DELAY: Final = 0.05
LONGEST_DELAY: Final = 2.0
"""Seconds between two attempts to reach the database again."""

OnCommit = Callable[[int, float], None]
"""Hears the units and the seconds of each batch."""


@frozen
class Away:
    """The database is away: last known to be good `since` then, good again at `ended`.

    `ended` is None for as long as it lasts. `why` names the fault by its code.
    """

    since: datetime
    why: str
    ended: datetime | None = None


OnOutage = Callable[[Away], None]
"""Hears twice of each outage: when it is noticed, and when it is over."""


@define
class Counters:
    """What the writer has done so far; times in seconds."""

    batches: int = 0
    units: int = 0
    outages: int = 0
    last_batch: int = 0
    last_commit_seconds: float = 0.0


class Writer:
    """Owns the connection that writes. `run` must be running for anything to be committed."""

    def __init__(
        self,
        engine: Engine,
        wall: Callable[[], datetime],
        on_commit: OnCommit,
        on_outage: OnOutage,
    ) -> None:
        self.counters = Counters()
        self.away_since: datetime | None = None
        self.broken = False
        self._good_at = wall()
        self._engine = engine
        self._wall = wall
        self._on_commit = on_commit
        self._on_outage = on_outage
        self._waiting: deque[Ticket] = deque()
        self._bell = trio.Event()
        self._running = False
        self._connection: Connection | None = None
        self._thread = trio.CapacityLimiter(1)

    @property
    def waiting(self) -> int:
        """How many units wait."""
        return len(self._waiting)

    async def submit(self, operation: Operation[U, R], unit: U) -> R:
        """Commit the unit together with others and return its answer."""
        ticket = Ticket(operation, unit)
        self._queue((ticket,))
        answer: R = await ticket.wait()
        return answer

    def submit_nowait(self, operation: Operation[U, R], unit: U, on_answer: OnAnswer[R]) -> None:
        """Commit the unit together with others; `on_answer` hears what came of it.

        Raises `StoreUnavailable` where it is not even queued.
        """
        self._queue((Ticket(operation, unit, on_answer),))

    async def work(self, run: Callable[[Connection], T]) -> T:
        """Run it in a transaction of its own and return what it returns."""
        ticket = Ticket(None, Work(run))
        self._queue((ticket,))
        answer: T = await ticket.wait()
        return answer

    async def checkpoint(self) -> bool:
        """Empty SQLite's log between two batches, waiting for no reader; says whether it could."""
        return await trio.to_thread.run_sync(self._checkpoint, limiter=self._thread)

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Commit what comes until cancelled; whoever still waits then hears `StoreUnavailable`."""
        self._running = True
        task_status.started()
        try:
            while True:
                await self._wait_for_tickets()
                await self._commit(self._take())
        finally:
            self._running = False
            self._refuse_waiting("the store is closed")

    def close(self) -> None:
        """Close the connection; blocks."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _queue(self, tickets: Sequence[Ticket]) -> None:
        if not self._running or self.away_since is not None:
            raise StoreUnavailable("the database is away")
        if len(self._waiting) >= QUEUE:
            raise StoreUnavailable("too much waits to be committed")
        self._waiting.extend(tickets)
        self._bell.set()

    async def _wait_for_tickets(self) -> None:
        await trio.lowlevel.checkpoint()
        while not self._waiting:
            self._bell = trio.Event()
            await self._bell.wait()

    def _take(self) -> list[Ticket]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]

    async def _commit(self, tickets: list[Ticket]) -> None:
        began = time.perf_counter()
        try:
            ran = await trio.to_thread.run_sync(self._write, tickets, limiter=self._thread)
            # No checkpoint from here on: who listens hears all of it in order, then the callers.
            _tell(ran)
        except StoreUnavailable as error:
            _finish(tickets, str(error))
            await self._recover(str(error))
        else:
            self._count(len(tickets), time.perf_counter() - began)
        finally:
            _finish(tickets, "the store is closed")

    def _write(self, tickets: Sequence[Ticket]) -> list[Ran]:
        try:
            with translated():
                if self._connection is None:
                    self._connection = self._engine.connect()
            return write(self._connection, tickets)
        except BrokenStorage:
            self.broken = True
            raise

    def _checkpoint(self) -> bool:
        with translated():
            if self._connection is None:
                self._connection = self._engine.connect()
            return checkpoint_now(self._connection)

    def _count(self, units: int, seconds: float) -> None:
        counters = self.counters
        counters.batches += 1
        counters.units += units
        counters.last_batch, counters.last_commit_seconds = units, seconds
        self._good_at = self._wall()
        self._on_commit(units, seconds)

    async def _recover(self, why: str) -> None:
        """Return when the database can be written again."""
        away = Away(self._good_at, why)
        self.away_since = away.since
        self.counters.outages += 1
        self._on_outage(away)
        self._refuse_waiting("the database is away")
        delay = FIRST_DELAY
        while not await trio.to_thread.run_sync(self._reconnect, limiter=self._thread):
            await trio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY)
        self.away_since, self._good_at = None, self._wall()
        self._on_outage(evolve(away, ended=self._good_at))

    def _reconnect(self) -> bool:
        try:
            with translated():
                self.close()
                self._connection = self._engine.connect()
                _touch(self._connection)
        except StoreUnavailable:
            return False
        return True

    def _refuse_waiting(self, why: str) -> None:
        tickets = list(self._waiting)
        self._waiting.clear()
        _finish(tickets, why)


def _touch(connection: Connection) -> None:
    """Write something: a full disk can still be read."""
    with connection.begin():
        connection.execute(update(config_version).values(version=config_version.c.version))


def _tell(ran: Sequence[Ran]) -> None:
    for part in ran:
        told = [answer for answer in part.answers if not isinstance(answer, Exception)]
        if told:
            part.operation.committed(told)


def _finish(tickets: Sequence[Ticket], why: str) -> None:
    """Wake the callers; whose unit was not committed hears `why`."""
    for ticket in tickets:
        ticket.finish(why)
