"""Where the accounts' transactions run: in the open store of `serve`, or in one's own."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Protocol, TypeVar

import trio
from attrs import field, frozen
from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import DatabaseError

from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store import postgres, sqlite
from kaisa_relay.store.faults import translated
from kaisa_relay.store.lock import file_lock
from kaisa_relay.store.migrate import upgrade_postgres, upgrade_sqlite

T = TypeVar("T")


class Transactions(Protocol):
    """What we need of a store; `Store` has it. Both raise `StoreUnavailable`."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads."""
        ...

    async def browse(self, work: Callable[[Connection], T]) -> T:
        """Do so for somebody who may wait, and never before the relay's own reads."""
        ...

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction of its own; an exception rolls it back."""
        ...


@frozen
class Alone:
    """Transactions of a process that is no node: it takes no lease and leaves no sign of life."""

    _engine: Engine = field(alias="engine")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction."""
        return await trio.to_thread.run_sync(self._run, work)

    async def browse(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction."""
        return await trio.to_thread.run_sync(self._run, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction."""
        return await trio.to_thread.run_sync(self._run, work)

    def _run(self, work: Callable[[Connection], T]) -> T:
        with _named(), translated(), self._engine.begin() as connection:
            return work(connection)


@asynccontextmanager
async def open_alone(url: str, upgrade: bool = True) -> AsyncIterator[Alone]:
    """Open the database for a command; `upgrade` brings its tables up to date, or makes them.

    On SQLite under the file's lock, so that only one process writes: raises `LockedByOther` while
    `serve` has it. Raises `NewerDatabase` or `StoreUnavailable`.
    """
    parsed = make_url(url)
    await trio.lowlevel.checkpoint()
    opened = _postgres if parsed.get_backend_name() == "postgresql" else _sqlite
    with opened(parsed, upgrade) as engine:
        yield Alone(engine)


@contextmanager
def _postgres(url: URL, upgrade: bool) -> Iterator[Engine]:
    if upgrade:
        with translated():
            upgrade_postgres(url)
    with _disposed(postgres.writer(url)) as engine:
        yield engine


@contextmanager
def _sqlite(url: URL, upgrade: bool) -> Iterator[Engine]:
    path = sqlite.path_of(url)
    if not upgrade and not path.exists():
        raise StoreUnavailable(f"there is no database yet: {path}")
    with file_lock(path):
        if upgrade:
            with _named(), translated():
                upgrade_sqlite(path)
        with _disposed(sqlite.writer(path)) as engine:
            yield engine


@contextmanager
def _named() -> Iterator[None]:
    """Name what SQLite says of a file that is no database, or a broken one."""
    try:
        yield
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        name = getattr(error.orig, "sqlite_errorname", "unknown")
        raise StoreUnavailable(f"the file is not a database that can be used ({name})") from None


@contextmanager
def _disposed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()
