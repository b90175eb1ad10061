"""The read model's database, open: a file beside the relay's own, or a schema of its PostgreSQL.

Rule 1: one task writes; readers see the relay's rows as well, beside the schema `explore`.
Rule 2: what was made by another layout is thrown away at the start and made again from the journal.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import trio
from attrs import field, frozen
from sqlalchemy import URL, Connection, Engine, event, make_url

from kaisa_relay.explore import layout
from kaisa_relay.explore.tables import SCHEMA
from kaisa_relay.store import postgres, sqlite
from kaisa_relay.store.faults import translated
from kaisa_relay.store.migrate import allowed

T = TypeVar("T")

READERS: Final = 2
"""Lists and reports at once; the relay's own readers are others."""


@frozen
class Shelf:
    """Reads and writes the read model on threads. Both raise `StoreUnavailable`."""

    writer: Engine
    reader: Engine
    _writing: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(1))
    _reading: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(READERS))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, and return what it returns."""
        return await trio.to_thread.run_sync(_run, self.writer, work, limiter=self._writing)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot that cannot be written to."""
        return await trio.to_thread.run_sync(_run, self.reader, work, limiter=self._reading)

    async def checkpoint(self) -> None:
        """Empty the log into the file, so that what was erased is in neither; PostgreSQL's own."""
        if self.writer.dialect.name == "sqlite":
            await trio.to_thread.run_sync(sqlite.checkpoint, self.writer, limiter=self._writing)


def _run(engine: Engine, work: Callable[[Connection], T]) -> T:
    with translated(), engine.begin() as connection:
        return work(connection)


def file_beside(path: Path) -> Path:
    """Return the read model's file for the relay's, e.g. `relay.explore.db` for `relay.db`."""
    return path.with_name(f"{path.stem}.explore{path.suffix}")


@asynccontextmanager
async def open_shelf(url: str) -> AsyncIterator[Shelf]:
    """Open the read model of the relay's database, which is open and migrated."""
    open_engines = partial(_engines, make_url(url))
    writer, reader = await trio.to_thread.run_sync(open_engines)
    try:
        yield Shelf(writer, reader)
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(reader.dispose)
            await trio.to_thread.run_sync(writer.dispose)


def _engines(url: URL) -> tuple[Engine, Engine]:
    with translated():
        return _in_schema(url) if postgres.is_postgres(url) else _in_file(sqlite.path_of(url))


def _in_schema(url: URL) -> tuple[Engine, Engine]:
    writer = postgres.writer(url)
    with allowed(), writer.begin() as connection:
        if not layout.is_current(connection):
            layout.drop(connection)
            layout.make(connection)
    return writer, postgres.reader(url)


def _in_file(path: Path) -> tuple[Engine, Engine]:
    file = file_beside(path)
    if not _is_current(file):
        for each in (file, *(file.with_name(f"{file.name}-{end}") for end in ("wal", "shm"))):
            each.unlink(missing_ok=True)
        file.touch(mode=0o600)
        with _writer(file).begin() as connection:
            layout.make(connection, None)
    return _writer(file), reader_with(path, file)


def _is_current(file: Path) -> bool:
    if not file.exists():
        return False
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
