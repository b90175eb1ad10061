"""What the database's errors mean to us.

Rule 1: "away" is answered with `StoreUnavailable` and tried again; nothing was committed.
Rule 2: a disk that fails an fsync is never asked twice: the process ends.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kaisa_relay.ports import StoreUnavailable

# SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC: what reached the disk is unknown from here on.
_FSYNC: Final = frozenset((1034, 1290))
# Read-only after a failover (25006), and cut off while idle in a transaction (25P03).
_AWAY_STATES: Final = frozenset(("25006", "25P03"))
# How psycopg begins to say that no connection came about; such a text holds addresses and names of
# roles and databases, and no row.
_NO_CONNECTION: Final = re.compile(
    r"connection (?:failed|is bad): .*? failed: (?:FATAL: +)?(?P<server>.+)"
    r"|(?P<resolver>failed to resolve host .+)"
    r"|(?P<clock>connection timeout expired)"
)


class BrokenStorage(Exception):
    """The disk failed an fsync: nobody knows what it holds, and asking again would hide it."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise `StoreUnavailable` or `BrokenStorage` for errors that are the database's condition."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreUnavailable("no connection to the database is free") from error
    except DBAPIError as error:
        if _fsync_failed(error):
            raise BrokenStorage("the disk failed an fsync") from error
        if is_away(error):
            raise StoreUnavailable(_summary(error)) from error
        raise


def driver_errors(connection: Connection) -> Any:
    """Return the class of the errors that the driver under a connection raises."""
    module: Any = connection.dialect.dbapi
    return module.Error


def wrapped(connection: Connection, error: Any) -> Any:
    """Return a driver's error as SQLAlchemy's; a connection that it broke is not used again."""
    raw = connection.connection.dbapi_connection
    broken = raw is not None and connection.dialect.is_disconnect(error, raw, None)
    if broken:
        connection.invalidate(error)
    return DBAPIError.instance(
        None,
        None,
        error,
        driver_errors(connection),
        hide_parameters=True,
        connection_invalidated=broken,
        dialect=connection.dialect,
    )


def is_away(error: DBAPIError) -> bool:
    """Say whether the database cannot be reached or refuses to write."""
    if isinstance(error, IntegrityError):
        return False
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return True
    return isinstance(error, InternalError) and _sqlstate(error) in _AWAY_STATES


def _fsync_failed(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", None) in _FSYNC


def _sqlstate(error: DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else None


def _summary(error: DBAPIError) -> str:
    """Name the fault by its code; the message may hold a row."""
    code = _sqlstate(error) or getattr(error.orig, "sqlite_errorname", None)
    return f"the database is unavailable ({code or _no_connection(error)})"


def _no_connection(error: DBAPIError) -> str:
    found = _NO_CONNECTION.match(str(error.orig))
    return found[found.lastgroup or 0].strip() if found else type(error.orig).__name__
