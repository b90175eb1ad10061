"""A PostgreSQL read model filled without its indexes, which are made when all rows are there.

Row by row they cost ten times what the rows do. SQLite's stay: its tables are their own indexes.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from sqlalchemy import Connection, text

from kaisa_relay.explore import Shelf

_KEYS: Final = """
select conrelid::regclass as tab, conname as name, pg_get_constraintdef(oid) as made
from pg_constraint where contype = 'p' and connamespace = 'explore'::regnamespace
"""
_OTHERS: Final = """
select indexdef as made, schemaname || '.' || indexname as name from pg_indexes
where schemaname = 'explore' and indexname not in (
    select conname from pg_constraint where connamespace = 'explore'::regnamespace
)
"""


@asynccontextmanager
async def indexed_afterwards(shelf: Shelf) -> AsyncIterator[None]:
    """Drop the indexes, and make them again at the end, with what the planner wants to know."""
    if shelf.writer.dialect.name == "sqlite":
        yield
        return
    again = await shelf.write(_drop)
    yield
    for statement in (*again, "analyze"):
        await shelf.write(partial(_make, statement=statement))


def _drop(connection: Connection) -> Sequence[str]:
    keys = connection.execute(text(_KEYS)).all()
    others = connection.execute(text(_OTHERS)).all()
    for key in keys:
        connection.exec_driver_sql(f"alter table {key.tab} drop constraint {key.name}")
    for index in others:
        connection.exec_driver_sql(f"drop index {index.name}")
    made = [f"alter table {key.tab} add constraint {key.name} {key.made}" for key in keys]
    return [*made, *(index.made for index in others)]


def _make(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql("set local statement_timeout = 0")
    connection.exec_driver_sql("set local maintenance_work_mem = '1GB'")
    connection.exec_driver_sql(statement)
