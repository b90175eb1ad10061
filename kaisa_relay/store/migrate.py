"""Bring the tables up to this version of the code.

Rule 1: one process at a time, under a lock that dies with it.
Rule 2: a database that a newer version wrote is refused, never guessed at.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, Text, column, func, inspect, make_url, select, table
from sqlalchemy.exc import ProgrammingError

from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store import postgres, sqlite
from kaisa_relay.store.lock import file_lock

_MIGRATION_LOCK: Final = 0x6B61697361 + 1
_NOT_ALLOWED: Final = "42501"
"""PostgreSQL's insufficient_privilege."""
_AT: Final = table("alembic_version", column("version_num", Text))
_SCRIPTS: Final = Path(__file__).parent / "migrations"


class NewerDatabase(Exception):
    """A newer version of kaisa-relay wrote this database; the message says what to do."""


def migrate(url: str) -> None:
    """Create or upgrade the tables; blocks. Raises `NewerDatabase` or `LockedByOther`."""
    parsed = make_url(url)
    if postgres.is_postgres(parsed):
        upgrade_postgres(parsed)
        return
    path = sqlite.path_of(parsed)
    with file_lock(path):
        upgrade_sqlite(path)


def upgrade_sqlite(path: Path) -> None:
    """Upgrade the file, whose lock the caller holds; only our user may read it."""
    path.touch(mode=0o600, exist_ok=True)
    with _disposed(sqlite.writer(path)) as engine, engine.begin() as connection:
        upgrade(connection)


def upgrade_postgres(url: URL) -> None:
    """Upgrade the database, under its advisory lock. Raises `StoreUnavailable` if it may not."""
    with allowed(), _disposed(postgres.patient(url)) as engine, engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        upgrade(connection)


@contextmanager
def allowed() -> Iterator[None]:
    """Say what a role lacks; since PostgreSQL 15 only a database's owner may make tables in it."""
    try:
        yield
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_ALLOWED:
            raise
        raise StoreUnavailable(
            "the role of KAISA_DATABASE_URL may not make tables: make it the database's owner "
            "(alter database NAME owner to ROLE)"
        ) from error


def upgrade(connection: Connection) -> None:
    """Upgrade within the caller's transaction."""
    at = found(connection)
    if not at <= _known():
        raise NewerDatabase(
            "this database was written by a newer kaisa-relay; start that version or a later one"
        )
    if at != {newest()}:
        _upgrade(connection)


def is_current(connection: Connection) -> bool:
    """Say whether the tables are those of this version of the code."""
    return found(connection) == {newest()}


def newest() -> str:
    """Return the revision of this version of the code: files are named in their order."""
    return max(_known())


@cache
def _known() -> frozenset[str]:
    return frozenset(path.name[:4] for path in _SCRIPTS.glob("versions/[0-9]*.py"))


def found(connection: Connection) -> set[str]:
    """Return the revision of the tables that are there; none where there are no tables."""
    if not inspect(connection).has_table(_AT.name):
        return set()
    return set(connection.scalars(select(_AT.c.version_num)))


def _upgrade(connection: Connection) -> None:
    # Imported late: a database that is current needs none of it, and a fifth of a start was this.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    command.upgrade(config, "head")


@contextmanager
def _disposed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()
