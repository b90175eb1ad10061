"""The open database: reads on a few threads, writes through the one writer.

Rule 1: everything that is opened here is closed here, in reverse, also when the start fails.
Rule 2: blocking work never runs on the event loop.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

import trio
from attrs import frozen
from sqlalchemy import URL, Connection, Engine, make_url

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.runtime.callback import OnAnswer
from kaisa_relay.runtime.clock import seconds_of
from kaisa_relay.runtime.id_source import IdSource
from kaisa_relay.store import postgres, sqlite
from kaisa_relay.store.concealing import UNKEYED
from kaisa_relay.store.faults import translated
from kaisa_relay.store.highest_id import floor_of_ids
from kaisa_relay.store.lock import LockedByOther, file_lock
from kaisa_relay.store.migrate import upgrade_postgres, upgrade_sqlite
from kaisa_relay.store.operation import Operation
from kaisa_relay.store.ownership import Ownership
from kaisa_relay.store.writer import OnCommit, OnOutage, Writer

T = TypeVar("T")
U = TypeVar("U")
R = TypeVar("R")

NewId = Callable[[], int]

READERS: Final = 4
BROWSERS: Final = 2
"""Readers that reports and lists may hold at once; the rest are the relay's own."""
BEAT_SECONDS: Final = {"sqlite": 5.0, "postgresql": 1.0}
CLOSE_SECONDS: Final = 5.0
LOOK_AGAIN: Final = 0.25
LEASE_WAIT: Final = postgres.LEASE_SECONDS + 1.0
"""Seconds after which a lease that still lives is somebody's who renews it."""


@frozen
class Statistics:
    """How the writer is doing; times in seconds, `away_since` None while the database answers."""

    waiting: int
    batches: int
    units: int
    last_batch: int
    last_commit_seconds: float
    outages: int
    away_since: datetime | None


class Store:
    """The open database. `run` must be running for anything to be written."""

    def __init__(
        self,
        reader: Engine,
        writer: Writer,
        ownership: Ownership,
        new_id: NewId,
        wall: Callable[[], datetime],
    ) -> None:
        self.concealing = UNKEYED
        """How addresses are concealed; whoever opens it for good gives it keys."""
        self.new_id = new_id
        self.wall = wall
        self.ownership = ownership
        self._reader = reader
        self._writer = writer
        self._threads = trio.CapacityLimiter(READERS)
        self._browsers = trio.CapacityLimiter(BROWSERS)

    async def browse(self, work: Callable[[Connection], T]) -> T:
        """Read as `read` does, but never so many at once that the relay itself must wait."""
        async with self._browsers:
            return await self.read(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a connection that cannot write and return what it returns."""
        return await trio.to_thread.run_sync(self._read, work, limiter=self._threads)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` through the writer, in a transaction of its own; keep it under 5 ms."""
        return await self._writer.work(work)

    async def checkpoint(self) -> bool:
        """Empty SQLite's log into the file, so that what was deleted is in neither; says whether
        it could: while somebody reads what was, it cannot. PostgreSQL keeps its own."""
        return await self._writer.checkpoint()

    def append(self, operation: Operation[U, R], unit: U) -> Awaitable[R]:
        """Await this to commit the unit together with whatever else waits, for its answer."""
        return self._writer.submit(operation, unit)

    def append_nowait(self, operation: Operation[U, R], unit: U, on_answer: OnAnswer[R]) -> None:
        """Commit the unit like `append`, for a caller that waits in no task.

        Raises `StoreUnavailable` at once where it is not even queued.
        """
        self._writer.submit_nowait(operation, unit, on_answer)

    async def own(self) -> dict[WorkspaceId, int]:
        """Take every workspace over: raise its epoch, once, at the start."""
        return self._note(await self.write(self.ownership.take_all))

    async def own_new(self) -> dict[WorkspaceId, int]:
        """Take workspaces over that were added since; returns all that are ours, with epochs."""
        return self._note(await self.write(self.ownership.take_new))

    @property
    def epochs(self) -> Mapping[WorkspaceId, int]:
        """The workspaces that this process owns, each with its epoch; always current."""
        return self.ownership.epochs

    def last_alive(self) -> datetime | None:
        """Return the last sign of life of the process before this one; None the first time."""
        return self.ownership.last_alive

    def statistics(self) -> Statistics:
        """Return how the writer is doing."""
        counters = self._writer.counters
        return Statistics(
            waiting=self._writer.waiting,
            batches=counters.batches,
            units=counters.units,
            last_batch=counters.last_batch,
            last_commit_seconds=counters.last_commit_seconds,
            outages=counters.outages,
            away_since=self._writer.away_since,
        )

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Write what is asked for until cancelled. Raises `BrokenStorage` or `Displaced`."""
        async with trio.open_nursery() as nursery:
            await nursery.start(self._writer.run)
            task_status.started()
            await self._beat()

    async def _beat(self) -> None:
        seconds = BEAT_SECONDS[self._reader.dialect.name]
        while True:
            with suppress(StoreUnavailable):
                await self.write(self.ownership.beat)
            await trio.sleep(seconds)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with translated(), self._reader.connect() as connection, connection.begin():
            return work(connection)

    def _note(self, epochs: dict[WorkspaceId, int]) -> dict[WorkspaceId, int]:
        self.ownership.epochs.clear()
        self.ownership.epochs.update(epochs)
        return epochs


@asynccontextmanager
async def open_store(
    url: str,
    *,
    wall: Callable[[], datetime],
    new_id: NewId | None = None,
    on_commit: OnCommit = lambda units, seconds: None,
    on_outage: OnOutage = lambda away: None,
) -> AsyncIterator[Store]:
    """Open a database for this process alone, with its tables brought up to date.

    `url` is `sqlite:///path/to/relay.db` or `postgresql://…`. Without `new_id` ids come from the
    wall clock, above every id in the database. Raises `LockedByOther`, `NewerDatabase` or
    `StoreUnavailable`.
    """
    async with AsyncExitStack() as stack:
        readers, writers = await _prepare(stack, make_url(url))
        floor = await trio.to_thread.run_sync(_in_transaction, writers, floor_of_ids)
        ids = new_id or IdSource(seconds_of(wall), floor=floor)
        ownership = Ownership(ids(), wall)
        await _enter(writers, ownership)
        writer = Writer(writers, wall, on_commit, on_outage)
        try:
            yield Store(readers, writer, ownership, ids, wall)
        finally:
            await _close(partial(_leave, writer, writers, ownership))


async def _prepare(stack: AsyncExitStack, url: URL) -> tuple[Engine, Engine]:
    """Lock and migrate the database; return the engines that read and write it."""
    if postgres.is_postgres(url):
        await trio.to_thread.run_sync(_migrated, upgrade_postgres, url)
        readers, writers = postgres.reader(url), postgres.writer(url)
    else:
        path = sqlite.path_of(url)
        stack.enter_context(file_lock(path))
        await trio.to_thread.run_sync(_migrated, upgrade_sqlite, path)
        readers, writers = sqlite.reader(path), sqlite.writer(path)
    stack.push_async_callback(_close, readers.dispose)
    return readers, writers


def _migrated(upgrade: Callable[[T], None], target: T) -> None:
    with translated():
        upgrade(target)


async def _enter(writers: Engine, ownership: Ownership) -> None:
    """Take the node's row, waiting for the lease of a process that died to run out."""
    with trio.move_on_after(LEASE_WAIT):
        while True:  # a lease is the database's: nothing here could signal its end
            if await trio.to_thread.run_sync(_in_transaction, writers, ownership.enter):
                return
            await trio.sleep(LOOK_AGAIN)
    raise LockedByOther("another kaisa-relay holds the lease of this database")


def _in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    with translated(), engine.begin() as connection:
        return work(connection)


def _leave(writer: Writer, writers: Engine, ownership: Ownership) -> None:
    writer.close()
    if writer.broken:
        return
    with suppress(StoreUnavailable):
        _in_transaction(writers, ownership.leave)
        if writers.dialect.name == "sqlite":
            sqlite.checkpoint(writers)


async def _close(work: Callable[[], None]) -> None:
    """Run blocking work on the way out, also when cancelled, but not for ever."""
    with trio.move_on_after(CLOSE_SECONDS, shield=True):
        await trio.to_thread.run_sync(work, abandon_on_cancel=True)
