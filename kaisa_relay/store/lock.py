"""One process serves a SQLite file: an advisory lock on a file beside it, gone with the process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedByOther(Exception):
    """Another process serves this database; the message says which."""


@contextmanager
def file_lock(database: Path) -> Iterator[None]:
    """Hold the lock of a database file, or raise `LockedByOther` at once."""
    database.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(database.with_name(database.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(file)
        yield
    finally:
        os.close(file)


def _take(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(file, 20, 0).decode("ascii", "replace").strip() or "unknown"
        raise LockedByOther(
            f"another kaisa-relay serves this database (process {holder})"
        ) from None
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode("ascii"), 0)
