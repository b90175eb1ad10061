"""Reading a database beside the process that serves it: nothing is locked, migrated or written."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

import trio
from attrs import frozen
from sqlalchemy import URL, Connection, Engine

from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store import postgres, sqlite
from kaisa_relay.store.faults import translated
from kaisa_relay.store.migrate import is_current

T = TypeVar("T")


class Browsing(Protocol):
    """What is read without hurry, of an open database."""

    async def browse(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot that cannot be written to. Raises `StoreUnavailable`."""


@frozen
class Beside:
    """A database of this version that another process may serve."""

    _reader: Engine

    async def browse(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot that cannot be written to. Raises `StoreUnavailable`."""
        return await trio.to_thread.run_sync(self._read, work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with translated(), self._reader.connect() as connection, connection.begin():
            return work(connection)


@asynccontextmanager
async def read_beside(url: URL) -> AsyncIterator[Beside]:
    """Open a database that is there. Raises `StoreUnavailable`, also where it is not current."""
    if postgres.is_postgres(url):
        reader = postgres.reader(url)
    else:
        reader = sqlite.reader(sqlite.path_of(url))
    try:
        beside = Beside(reader)
        if not await beside.browse(is_current):
            raise StoreUnavailable("the database is not of this version: start serve once")
        yield beside
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(reader.dispose)
