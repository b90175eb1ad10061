"""Rows into a SQLite file, with one fsync for all that wait: a thread that does nothing else.

Rule 1: `stored` is called in the loop's thread, after the commit, in the order of `put`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final

from attrs import define, field
from pysqlite3 import dbapi2

from benchmarks.eventloop import EventLoop

Stored = Callable[[], None]
Row = tuple[str, str, bytes]
"""Kind, Meta's id, and the item as it came."""

LARGEST: Final = 1024
"""Rows in one statement; smaller ones are powers of two, so that few are ever prepared."""


@define(eq=False)
class Disk:
    """Gathers rows while the thread writes those before them."""

    loop: EventLoop
    path: Path
    _rows: list[Row] = field(factory=list)
    _waiting: list[Stored] = field(factory=list)
    _written: list[Stored] = field(factory=list)
    _busy: bool = False
    _work: "SimpleQueue[list[Row]]" = field(factory=SimpleQueue)
    _bell: int = field(factory=lambda: os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC))

    def start(self) -> None:
        """Begin to write."""
        self.loop.watch(self._bell, self._committed)
        Thread(target=self._run, name="disk", daemon=True).start()

    def put(self, rows: list[Row], stored: Stored) -> None:
        """Store these rows in the next commit."""
        self._rows += rows
        self._waiting.append(stored)

    def hand_over(self) -> None:
        """Give the thread what has gathered, unless it is still writing."""
        if self._rows and not self._busy:
            self._busy = True
            self._written, self._waiting = self._waiting, []
            rows, self._rows = self._rows, []
            self._work.put(rows)

    def _committed(self, _: int) -> None:
        os.eventfd_read(self._bell)
        written, self._busy = self._written, False
        self.hand_over()
        for stored in written:
            stored()

    # --- in the thread

    def _run(self) -> None:
        connection = dbapi2.connect(str(self.path), isolation_level=None)
        for pragma in ("journal_mode = wal", "synchronous = full", "wal_autocheckpoint = 1000"):
            connection.execute(f"pragma {pragma}")
        connection.execute("create table inbox (id integer primary key, kind, item, body)")
        while True:
            self._write(connection, self._work.get())
            os.eventfd_write(self._bell, 1)

    def _write(self, connection: Any, rows: list[Row]) -> None:
        connection.execute("begin immediate")
        at = 0
        while at < len(rows):
            size = min(LARGEST, 1 << ((len(rows) - at).bit_length() - 1))
            values = [part for row in rows[at : at + size] for part in row]
            connection.execute(_insert(size), values)
            at += size
        connection.execute("commit")


def _insert(size: int) -> str:
    return "insert into inbox (kind, item, body) values " + ",".join(["(?,?,?)"] * size)
