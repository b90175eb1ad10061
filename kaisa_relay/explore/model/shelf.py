"""The read model's database, open: a file beside the relay's own, or a schema of its PostgreSQL.

Rule 1: one task writes; readers see the relay's rows as well, beside the schema `explore`.
Rule 2: what was made by another layout is thrown away at the start and made again from the journal.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog
import trio
from attrs import field, frozen
from sqlalchemy import URL, Connection, Engine, event, make_url

from kaisa_relay.explore.model import layout
from kaisa_relay.explore.model.asking import ask
from kaisa_relay.explore.model.tables import SCHEMA
from kaisa_relay.store import postgres, sqlite
from kaisa_relay.store.faults import translated
from kaisa_relay.store.migrate import allowed

T = TypeVar("T")

logger = structlog.get_logger()

ASKERS: Final = 2
"""Lists, reports and exports at once; the relay's own readers are others."""
LISTED_WITHIN: Final = 10.0
"""Seconds for a page of a list, or what it counts."""
REPORTED_WITHIN: Final = 30.0
"""Seconds for a report, or for a piece of an export that somebody waits for."""
EXPORTED_WITHIN: Final = 600.0
"""Seconds for a piece of an export in the background."""


@frozen
class Shelf:
    """Reads and writes the read model on threads. Both raise `StoreUnavailable`."""

    writer: Engine
    reader: Engine
    path: Path | None = None
    """The relay's SQLite file; None on PostgreSQL."""
    _writing: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(1))
    _reading: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(1))
    _asking: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(ASKERS))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, and return what it returns."""
        return await trio.to_thread.run_sync(_run, self.writer, work, limiter=self._writing)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which is short, on one snapshot: no list or report delays it."""
        return await trio.to_thread.run_sync(_run, self.reader, work, limiter=self._reading)

    async def ask(self, work: Callable[[Connection], T], within: float) -> T:
        """Run `work` for somebody who waits, on one snapshot, for so many seconds at most.

        Raises `TooSlow` after those. What nobody waits for any more is ended where it is.
        """
        return await ask(self.reader, self._asking, work, within)

    async def renew(self) -> None:
        """Change over to what `explore rebuild` has made, where something is ready.

        Whoever reads or writes is waited for. On PostgreSQL the rebuilding process does it.
        """
        if self.path is None or not ready_beside(self.path).exists():
            return
        asking, reading = _alone(self._asking, ASKERS), _alone(self._reading, 1)
        async with asking, reading, _alone(self._writing, 1):
            await trio.to_thread.run_sync(self._change_over, self.path)
        logger.info("the read model was made anew, and is in use")

    def _change_over(self, path: Path) -> None:
        self.writer.dispose()
        self.reader.dispose()
        take_over(path)

    async def checkpoint(self) -> None:
        """Empty the log into the file, so that what was erased is in neither; PostgreSQL's own."""
        if self.writer.dialect.name == "sqlite":
            await trio.to_thread.run_sync(sqlite.checkpoint, self.writer, limiter=self._writing)


def _run(engine: Engine, work: Callable[[Connection], T]) -> T:
    with translated(), engine.begin() as connection:
        return work(connection)


@asynccontextmanager
async def _alone(limiter: trio.CapacityLimiter, tokens: int) -> AsyncIterator[None]:
    """Hold all of a limiter's tokens."""
    async with AsyncExitStack() as stack:
        for borrower in [object() for _ in range(tokens)]:
            await limiter.acquire_on_behalf_of(borrower)
            stack.callback(limiter.release_on_behalf_of, borrower)
        yield


def file_beside(path: Path) -> Path:
    """Return the read model's file for the relay's, e.g. `relay.explore.db` for `relay.db`."""
    return path.with_name(f"{path.stem}.explore{path.suffix}")


def ready_beside(path: Path) -> Path:
    """Return where a read model waits that was made anew, whole and closed."""
    return path.with_name(f"{path.stem}.explore.ready{path.suffix}")


def take_over(path: Path) -> None:
    """Put what is ready in the place of what nobody has open; of another layout it is dropped."""
    file, ready = file_beside(path), ready_beside(path)
    if ready.exists() and is_current(ready):
        for each in logs_of(file):  # first: a log is never to be found beside another file
            each.unlink(missing_ok=True)
        ready.replace(file)
    ready.unlink(missing_ok=True)


def logs_of(file: Path) -> tuple[Path, ...]:
    """Return the files that SQLite keeps beside one that is open."""
    return tuple(file.with_name(f"{file.name}-{end}") for end in ("wal", "shm"))


@asynccontextmanager
async def open_shelf(url: str) -> AsyncIterator[Shelf]:
    """Open the read model of the relay's database, which is open and migrated."""
    open_engines = partial(_engines, make_url(url))
    shelf = await trio.to_thread.run_sync(open_engines)
    async with closing(shelf):
        yield shelf


@asynccontextmanager
async def closing(shelf: Shelf) -> AsyncIterator[None]:
    """Close a shelf at the end."""
    try:
        yield
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(shelf.reader.dispose)
            await trio.to_thread.run_sync(shelf.writer.dispose)


def _engines(url: URL) -> Shelf:
    with translated():
        return _in_schema(url) if postgres.is_postgres(url) else _in_file(sqlite.path_of(url))


def _in_schema(url: URL) -> Shelf:
    writer = postgres.writer(url)
    with allowed(), writer.begin() as connection:
        if not layout.is_current(connection):
            layout.drop(connection)
            layout.make(connection)
    return Shelf(writer, postgres.reader(url))


def _in_file(path: Path) -> Shelf:
    take_over(path)
    file = file_beside(path)
    if not file.exists() or not is_current(file):
        make_file(file)
    return shelf_of(path, file)


def make_file(file: Path) -> None:
    """Make a read model's file, empty, in the place of any that is there."""
    for each in (file, *logs_of(file)):
        each.unlink(missing_ok=True)
    file.touch(mode=0o600)
    with _writer(file).begin() as connection:
        layout.make(connection, None)


def shelf_of(path: Path, file: Path) -> Shelf:
    """Open a read model's file, beside the relay's."""
    return Shelf(_writer(file), reader_with(path, file), path)


def is_current(file: Path) -> bool:
    """Say whether a read model's file is of this layout."""
    with _writer(file).begin() as connection:
        return layout.is_current(connection, None)


def _writer(file: Path) -> Engine:
    return sqlite.writer(file).execution_options(schema_translate_map={SCHEMA: None})


def reader_with(path: Path, file: Path) -> Engine:
    """Return the engine that reads the relay's file, and beside it the read model's."""
    reader = sqlite.reader(path)

    def attach(connection: Any, _: object) -> None:
        connection.execute("attach ? as explore", (f"{file.as_uri()}?mode=ro",))

    event.listen(reader, "connect", attach)
    return reader
