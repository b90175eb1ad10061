"""Exports: the rows of a filter as one file, made on threads and handed on piece by piece.

Rule 1: a reader of the database is held for one page, never while somebody downloads.
"""

import tempfile
from collections.abc import AsyncIterator
from functools import partial
from typing import IO, Final

import trio
from attrs import field, frozen
from sqlalchemy import Connection

from kaisa_relay.domain.explore.columns import Rows
from kaisa_relay.domain.explore.wanted import PLAIN
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.exports import parquet
from kaisa_relay.explore.exports.extracting import Extract, Mark, extract
from kaisa_relay.explore.exports.filling import open_sink
from kaisa_relay.explore.exports.formats import csv_head, csv_lines, json_lines
from kaisa_relay.explore.finding.query import total
from kaisa_relay.explore.model.shelf import REPORTED_WITHIN, Shelf
from kaisa_relay.ports.exports import MOST_SHEETED, Format, Wanted

PIECE: Final = 256 * 1024
"""Bytes of a finished file that are read at once."""
_WHOLE: Final = 1
"""Files that are written at once before they go out: each keeps a core busy."""


@frozen
class Exporting:
    """`ports.exports.Exports` over the read model."""

    shelf: Shelf
    _whole_ones: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(_WHOLE))

    async def fits(self, of: WorkspaceId, wanted: Wanted) -> bool:
        """Say whether it is not too much for its format. Raises `StoreUnavailable`."""
        if wanted.format in PLAIN:
            return True
        most = MOST_SHEETED if wanted.rows is Rows.CONVERSATIONS else MOST_SHEETED // 10
        counted = partial(total, of=of, which=wanted.which, most=None)
        return (await self.shelf.ask(counted, REPORTED_WITHIN)).number <= most

    def pieces(self, of: WorkspaceId, wanted: Wanted) -> AsyncIterator[bytes]:
        """Yield the file, with no more than a page of it in memory. Raises `StoreUnavailable`."""
        return (self._lines if wanted.format in PLAIN else self._whole)(of, wanted)

    def offers(self, format: Format) -> bool:
        """Say whether what makes such files is installed."""
        return format is not Format.PARQUET or parquet.is_there()

    async def _lines(self, of: WorkspaceId, wanted: Wanted) -> AsyncIterator[bytes]:
        head = csv_head(wanted.columns) if wanted.format is Format.CSV else b""
        after: Mark | None = None
        while True:
            piece, after = await self.shelf.ask(
                partial(_piece, of=of, wanted=wanted, after=after), REPORTED_WITHIN
            )
            if head or piece:
                yield head + piece
            head = b""
            if after is None:
                return

    async def _whole(self, of: WorkspaceId, wanted: Wanted) -> AsyncIterator[bytes]:
        file = await trio.to_thread.run_sync(tempfile.TemporaryFile)
        try:
            await self._write(of, wanted, file)
            while piece := await trio.to_thread.run_sync(file.read, PIECE):
                yield piece
        finally:
            file.close()

    async def _write(self, of: WorkspaceId, wanted: Wanted, file: IO[bytes]) -> None:
        """Write the whole file, and go back to its beginning."""
        on_thread = partial(trio.to_thread.run_sync, limiter=self._whole_ones)
        book = await on_thread(open_sink, file, wanted)
        found: Extract = await self.shelf.ask(
            partial(extract, of=of, wanted=wanted, after=None), REPORTED_WITHIN
        )
        await on_thread(book.write, found.rows)
        while found.next is not None:
            more = partial(extract, of=of, wanted=wanted, after=found.next)
            found = await self.shelf.ask(more, REPORTED_WITHIN)
            await on_thread(book.write, found.rows)
        await on_thread(book.close)
        file.seek(0)


def _piece(
    connection: Connection, of: WorkspaceId, wanted: Wanted, after: Mark | None
) -> tuple[bytes, Mark | None]:
    """Return a page as bytes: it is made of them on the thread that read it."""
    found = extract(connection, of, wanted, after)
    if not found.rows:
        return b"", found.next
    write = csv_lines if wanted.format is Format.CSV else json_lines
    return write(wanted.columns, found.rows), found.next
