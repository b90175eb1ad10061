"""Fills a file with everything that an export holds, page by page.

Rule 1: a reader of the database is held for one page; cells are made and written without it.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import IO, Protocol, assert_never

import trio

from kaisa_relay.domain.explore.wanted import Format, Wanted
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.exports.extracting import Extract, extract
from kaisa_relay.explore.exports.formats import Tuples, csv_head, csv_lines, json_lines
from kaisa_relay.explore.exports.job_rows import Progress
from kaisa_relay.explore.exports.parquet import Parquet
from kaisa_relay.explore.exports.sheets import Workbook
from kaisa_relay.explore.finding.query import total
from kaisa_relay.explore.model.shelf import EXPORTED_WITHIN, Shelf

OnProgress = Callable[[Progress], Awaitable[None]]


class Sink(Protocol):
    """What rows are written to; each call takes time on a thread. Both raise `OSError`."""

    def write(self, rows: Tuples) -> None:
        """Add rows, as the tables have them."""
        ...

    def close(self) -> None:
        """Put in what comes last."""
        ...


class Lines:
    """A file of lines, with a head where the form has one."""

    def __init__(self, file: IO[bytes], wanted: Wanted) -> None:
        self._file, self._columns = file, wanted.columns
        self._lines = csv_lines if wanted.format is Format.CSV else json_lines
        if wanted.format is Format.CSV:
            file.write(csv_head(wanted.columns))

    def write(self, rows: Tuples) -> None:
        """Add rows, as the tables have them."""
        if rows:
            self._file.write(self._lines(self._columns, rows))

    def close(self) -> None:
        """Nothing comes last."""


def open_sink(file: IO[bytes], wanted: Wanted, scratch: Path | None = None) -> Sink:
    """Return what writes a file of this form; `scratch` is a folder that it may use meanwhile."""
    match wanted.format:
        case Format.XLSX:
            return Workbook(file, wanted.columns, scratch)
        case Format.PARQUET:
            return Parquet(file, wanted.columns)
        case Format.CSV | Format.JSONL:
            return Lines(file, wanted)
        case _:
            assert_never(wanted.format)


async def fill(
    shelf: Shelf, of: WorkspaceId, wanted: Wanted, sink: Sink, tell: OnProgress
) -> Progress:
    """Write everything to a sink, telling after each page; returns how much it was.

    Raises `StoreUnavailable` and `OSError`.
    """
    counted = partial(total, of=of, which=wanted.which, most=None)
    progress = Progress(total=(await shelf.ask(counted, EXPORTED_WITHIN)).number)
    await tell(progress)
    found: Extract | None = None
    while found is None or found.next is not None:
        after = None if found is None else found.next
        found = await shelf.ask(
            partial(extract, of=of, wanted=wanted, after=after), EXPORTED_WITHIN
        )
        await trio.to_thread.run_sync(sink.write, found.rows)
        progress = Progress(
            progress.done + found.conversations,
            max(progress.total or 0, progress.done + found.conversations),
            progress.written + len(found.rows),
        )
        await tell(progress)
    await trio.to_thread.run_sync(sink.close)
    return progress
