"""Makes the read model anew beside the one in use, from the journal alone, and puts it in place.

Rule 1: a process of its own does it, and what relays pays nothing.
Rule 2: what is in the making is looked at by nobody, and thrown away if it is not finished.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from functools import partial
from pathlib import Path
from typing import Final

import trio
from sqlalchemy import URL, Connection, Engine, func, inspect, select, text

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.model import layout
from kaisa_relay.explore.model.shelf import (
    Shelf,
    closing,
    logs_of,
    make_file,
    ready_beside,
    shelf_of,
    take_over,
)
from kaisa_relay.explore.model.tables import SCHEMA
from kaisa_relay.explore.projecting import writing
from kaisa_relay.explore.projecting.projector import GATHER, Projector
from kaisa_relay.explore.projecting.reading import Decode
from kaisa_relay.ports import Following, StoreUnavailable
from kaisa_relay.store import Browsing, LockedByOther, postgres, sqlite
from kaisa_relay.store.faults import translated
from kaisa_relay.store.lock import file_lock
from kaisa_relay.store.tables import workspace

Report = Callable[[int, int], None]
"""Hears now and then how many events were taken in, of how many."""

NEW: Final = f"{SCHEMA}_new"
OLD: Final = f"{SCHEMA}_old"
TELL: Final = 0.2
"""Seconds between reports."""
TRIES: Final = 20
"""Times that a database may be away before the rebuilding gives up."""
AT_IT: Final = "somebody is making the read model anew already"
LOCKED_WITHIN: Final = 30_000
"""Milliseconds to wait for whoever reads or writes."""
_LOCK: Final = 0x6B61697361 + 2


class Rebuilding(Exception):
    """Somebody else is at it already."""


def in_the_making(url: URL) -> AbstractAsyncContextManager[Shelf]:
    """Open an empty read model, which is ready to be taken over when the block ends well.

    Raises `Rebuilding` and `StoreUnavailable`.
    """
    return _schema(url) if postgres.is_postgres(url) else _file(sqlite.path_of(url))


async def rebuild(
    url: URL, store: Browsing, following: Following, decode: Decode, report: Report
) -> int:
    """Make the read model anew from the journal; returns how many events it took in.

    What happens meanwhile is taken in by whoever serves, later. Raises `Rebuilding` where somebody
    is at it already, and `StoreUnavailable`.
    """
    ids = await store.browse(lambda each: list(each.scalars(select(workspace.c.id))))
    of = [WorkspaceId(id) for id in ids]
    goals = {each: await following.position(each) for each in of}
    async with in_the_making(url) as shelf:
        projector = Projector(shelf, store, following, decode, lambda: of)
        async with trio.open_nursery() as nursery:
            goal = sum(goals.values())
            nursery.start_soon(_tell, projector, goal, report, name="progress")
            is_whole = await _fill(projector, goals)
            nursery.cancel_scope.cancel()
        if not is_whole:
            raise StoreUnavailable("the database is away")
    report(projector.taken, projector.taken)
    return projector.taken


async def _fill(projector: Projector, goals: Mapping[WorkspaceId, int]) -> bool:
    for _ in range(TRIES):
        projector.look()
        await projector.catch_up()
        if await projector.shelf.read(partial(_has_come_to, goals=goals)):
            return True
    return False


async def _tell(projector: Projector, goal: int, report: Report) -> None:
    while True:
        report(projector.taken, max(projector.taken, goal))
        await trio.sleep(TELL)


def _has_come_to(connection: Connection, goals: Mapping[WorkspaceId, int]) -> bool:
    return all(writing.position(connection, of) >= goal for of, goal in goals.items())


async def put_in_place(url: URL, patience: float) -> bool:
    """Have what is ready be the one in use; False where `serve` has not changed over in time."""
    if postgres.is_postgres(url):
        return True
    path = sqlite.path_of(url)
    with suppress(LockedByOther), file_lock(path):  # nobody serves it
        take_over(path)
    with trio.move_on_after(patience) as waiting:
        await _taken_over(ready_beside(path))
    return not waiting.cancelled_caught


async def _taken_over(ready: Path) -> None:
    while True:
        if not await trio.Path(ready).exists():
            return
        await trio.sleep(GATHER)


# --- SQLite


@asynccontextmanager
async def _file(path: Path) -> AsyncIterator[Shelf]:
    file = path.with_name(f"{path.stem}.explore.making{path.suffix}")
    with _only_one(file):
        await trio.to_thread.run_sync(make_file, file)
        try:
            shelf = shelf_of(path, file)
            async with closing(shelf):
                yield shelf
                await shelf.checkpoint()
            file.replace(ready_beside(path))
        finally:
            for each in (file, *logs_of(file)):
                each.unlink(missing_ok=True)


@contextmanager
def _only_one(file: Path) -> Iterator[None]:
    try:
        with file_lock(file):
            yield
    except LockedByOther:
        raise Rebuilding(AT_IT) from None


# --- PostgreSQL


@asynccontextmanager
async def _schema(url: URL) -> AsyncIterator[Shelf]:
    patient = postgres.patient(url)
    connection = await trio.to_thread.run_sync(_lock, patient)
    try:
        await trio.to_thread.run_sync(_make, connection)
        renamed = {"schema_translate_map": {SCHEMA: NEW}}
        writer, reader = postgres.writer(url), postgres.reader(url)
        shelf = Shelf(writer.execution_options(**renamed), reader.execution_options(**renamed))
        async with closing(shelf):
            yield shelf
        await trio.to_thread.run_sync(_change_over, connection)
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(_tidy, connection)
            await trio.to_thread.run_sync(patient.dispose)


def _lock(patient: Engine) -> Connection:
    """Return a connection that alone makes a read model, for as long as it is open."""
    with translated():
        connection = patient.connect()
        locked = connection.scalar(select(func.pg_try_advisory_lock(_LOCK)))
        connection.commit()
    if not locked:
        connection.close()
        raise Rebuilding(AT_IT)
    return connection


def _make(connection: Connection) -> None:
    with translated(), connection.begin():
        for schema in (NEW, OLD):
            layout.drop(connection, schema)
        renamed = connection.execution_options(schema_translate_map={SCHEMA: NEW})
        layout.make(renamed, NEW)


def _change_over(connection: Connection) -> None:
    """Rename, while nobody takes anything in; a cursor that was waited for is found elsewhere."""
    with translated(), connection.begin():
        if inspect(connection).has_schema(SCHEMA):
            connection.execute(text(f"set local lock_timeout = {LOCKED_WITHIN}"))
            connection.execute(text(f"lock table {SCHEMA}.cursor in access exclusive mode"))
            connection.execute(text(f"update {SCHEMA}.cursor set seq = -1"))
            connection.execute(text(f"alter schema {SCHEMA} rename to {OLD}"))
        connection.execute(text(f"alter schema {NEW} rename to {SCHEMA}"))


def _tidy(connection: Connection) -> None:
    """Drop what is not in use; whoever still reads it is waited for, and what stays is harmless."""
    with suppress(StoreUnavailable), translated(), connection.begin():
        connection.execute(text(f"set local lock_timeout = {LOCKED_WITHIN}"))
        for schema in (NEW, OLD):
            layout.drop(connection, schema)
    connection.close()
