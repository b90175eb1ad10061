"""SQLite as the store wants it: WAL, every commit on the disk, one writer, readers that only read.

Rule 1: the wheel's SQLite, not the machine's: before 3.51.3 a WAL reset can lose data.
Rule 2: only the writer's connection checkpoints, and what is deleted is overwritten.
"""

from pathlib import Path
from typing import Any, Final

from pysqlite3 import dbapi2
from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event

READERS: Final = 4
BUSY_SECONDS: Final = 5.0
"""How long a reader waits for a lock, e.g. while the write-ahead log is being reset."""

_CACHED_STATEMENTS: Final = 512
_WRITER_PRAGMAS: Final = (
    "journal_mode = wal",
    "synchronous = full",
    "secure_delete = on",
    "foreign_keys = on",
    "wal_autocheckpoint = 1000",
)
_READER_PRAGMAS: Final = ("query_only = on",)


# Without these the driver asks each null and each body twice whether it knows how to be stored,
# and makes an exception of every no: 1.3 µs instead of 0.1.
dbapi2.register_adapter(type(None), {}.get)
dbapi2.register_adapter(bytes, bytearray)


def path_of(url: URL) -> Path:
    """Return the database file that a URL such as `sqlite:///var/relay.db` names."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        raise ValueError("a database is sqlite:///path/to/relay.db or postgresql://host/name")
    return Path(str(url.database)).absolute()


def writer(path: Path) -> Engine:
    """Return the engine of the one connection that may write."""
    engine = _engine(path, "rwc", _WRITER_PRAGMAS, poolclass=NullPool)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reader(path: Path) -> Engine:
    """Return the engine whose connections cannot write; the file must exist."""
    engine = _engine(
        path, "ro", _READER_PRAGMAS, poolclass=QueuePool, pool_size=READERS, max_overflow=0
    )
    event.listen(engine, "begin", _begin)
    return engine


def checkpoint(engine: Engine) -> None:
    """Move the whole log into the file and empty it, so that what was erased is not in it."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("pragma wal_checkpoint(truncate)")
    finally:
        connection.close()


def checkpoint_now(connection: Connection) -> bool:
    """Do it on the writer's own connection without waiting; False while a reader is in the way."""
    if connection.dialect.name != "sqlite":
        return True
    driver = connection.connection.cursor()
    try:
        driver.execute("pragma busy_timeout = 0")
        busy, *_ = driver.execute("pragma wal_checkpoint(truncate)").fetchone()
        return not busy
    finally:
        driver.execute(f"pragma busy_timeout = {int(BUSY_SECONDS * 1000)}")
        driver.close()


def _engine(path: Path, mode: str, pragmas: tuple[str, ...], **pool: Any) -> Engine:
    def connect() -> Any:
        connection = dbapi2.connect(
            f"{path.as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_CACHED_STATEMENTS,
        )
        for pragma in pragmas:
            connection.execute(f"pragma {pragma}")
        return connection

    return create_engine(
        "sqlite+pysqlite://", module=dbapi2, creator=connect, hide_parameters=True, **pool
    )


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("begin immediate")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("begin")
