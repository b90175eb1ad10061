"""The read model opened by a command, beside the process that keeps it, or without one.

Rule 1: nothing is made, changed or upgraded here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import trio
from sqlalchemy import URL, Engine, make_url

from kaisa_relay.explore.model import layout
from kaisa_relay.explore.model.shelf import Shelf, file_beside, reader_with
from kaisa_relay.store import postgres, sqlite
from kaisa_relay.store.faults import translated


class NoReadModel(Exception):
    """There is none, or it is of another version; who runs `serve` has it made."""


@asynccontextmanager
async def open_beside(url: str) -> AsyncIterator[Shelf]:
    """Open the read model to be read. Raises `NoReadModel`, or `StoreUnavailable`."""
    reader = await trio.to_thread.run_sync(partial(_opened, make_url(url)))
    try:
        yield Shelf(reader, reader)
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(reader.dispose)


def _opened(url: URL) -> Engine:
    reader = postgres.reader(url) if postgres.is_postgres(url) else _of_file(url)
    with translated(), reader.begin() as connection:
        if layout.is_current(connection):
            return reader
    reader.dispose()
    raise NoReadModel


def _of_file(url: URL) -> Engine:
    path = sqlite.path_of(url)
    file = file_beside(path)
    if not (path.exists() and file.exists()):
        raise NoReadModel
    return reader_with(path, file)
