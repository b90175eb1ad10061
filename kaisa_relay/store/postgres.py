"""PostgreSQL as the store wants it: psycopg from worker threads, and nothing that waits for ever.

Rule 1: a writer that stops inside a transaction is cut off, or it would block its own takeover.
Rule 2: the connections are direct ones; a pooler in transaction mode breaks what is prepared.
"""

from typing import Any, Final

from sqlalchemy import URL, Engine, NullPool, QueuePool, create_engine

READERS: Final = 4
LEASE_SECONDS: Final = 3
"""How long a node's lease lives without being renewed."""

_KEEPALIVES: Final = {
    "keepalives": 1,
    "keepalives_idle": LEASE_SECONDS,
    "keepalives_interval": 1,
    "keepalives_count": LEASE_SECONDS,
    "tcp_user_timeout": 2 * LEASE_SECONDS * 1000,
    "connect_timeout": 2 * LEASE_SECONDS,
}
_TIMEOUTS: Final = {
    "idle_in_transaction_session_timeout": LEASE_SECONDS * 1000,
    "statement_timeout": 10_000,
    "lock_timeout": 2_000,
}
"""Milliseconds, as the server counts them."""


def is_postgres(url: URL) -> bool:
    """Say whether a URL names a PostgreSQL database, in either spelling of the scheme."""
    return url.get_backend_name() in ("postgresql", "postgres")


def writer(url: URL) -> Engine:
    """Return the engine of the one connection that may write."""
    return _engine(url, _TIMEOUTS, poolclass=NullPool)


def reader(url: URL) -> Engine:
    """Return the engine whose connections only read, each time one snapshot (as SQLite does)."""
    settings = {
        **_TIMEOUTS,
        "default_transaction_read_only": "on",
        "default_transaction_isolation": r"repeatable\ read",
    }
    return _engine(
        url,
        settings,
        poolclass=QueuePool,
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=_TIMEOUTS["lock_timeout"] / 1000,
        pool_pre_ping=True,
    )


def patient(url: URL) -> Engine:
    """Return an engine for migrations and locks, which may take their time."""
    return _engine(url, {}, poolclass=NullPool)


def _engine(url: URL, settings: dict[str, Any], **pool: Any) -> Engine:
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        connect_args={**_KEEPALIVES, "options": options, "application_name": "kaisa-relay"},
        **pool,
    )
