"""The SQL stores, on a real SQLite file and a real PostgreSQL server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import pytest
import trio
from attrs import evolve, frozen
from sqlalchemy import Connection, insert

from kaisa_relay.directory import SqlDirectory
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.journal.archive import SqlArchive
from kaisa_relay.journal.boards import SqlBoards
from kaisa_relay.journal.codec import decode_content
from kaisa_relay.journal.events import SqlJournal
from kaisa_relay.journal.files import SqlFiles
from kaisa_relay.journal.following import SqlFollowing
from kaisa_relay.journal.inbox import SqlInbox
from kaisa_relay.journal.sends import SqlSends
from kaisa_relay.journal.sql import on_store
from kaisa_relay.runtime.clock import WallClock
from kaisa_relay.store import Store, open_store, tables
from kaisa_relay.whatsapp.rows import read_item
from tests import fakes
from tests.contracts.stores import NewId, Opener
from tests.contracts.stores import Store as StoreUnderTest
from tests.store.databases import FRESH


@frozen
class SqlStore:
    """A SQL store with workspaces and channels that are rows of it."""

    store: Store
    inbox: SqlInbox
    journal: SqlJournal
    sends: SqlSends
    files: SqlFiles
    archive: SqlArchive
    following: SqlFollowing
    boards: SqlBoards
    directory: SqlDirectory

    async def add_workspace(self) -> WorkspaceId:
        """Add a row and own it."""
        id = WorkspaceId(self.store.new_id())
        await self.store.write(partial(insert_workspace, id=id))
        await self.store.own_new()
        return id

    async def add_channel(self, workspace: WorkspaceId) -> Channel:
        """Return a channel; nothing here reads its row."""
        id = ChannelId(self.store.new_id())
        return evolve(fakes.channel(of=workspace), id=id, phone_number_id=str(id))


def insert_workspace(connection: Connection, id: WorkspaceId) -> None:
    """Write a workspace that nobody owns yet."""
    connection.execute(insert(tables.workspace).values(id=id, name=f"w{id}", settings="{}"))


def sql_store(store: Store) -> SqlStore:
    """Put the adapters on an open store."""
    rooms = on_store(store, read_item)
    directory = SqlDirectory(store, decode_content)
    return SqlStore(
        store,
        rooms.inbox,
        rooms.journal,
        rooms.sends,
        rooms.files,
        rooms.archive,
        rooms.following,
        rooms.boards,
        directory,
    )


@asynccontextmanager
async def running(
    url: str, clock: WallClock, new_id: NewId | None = None
) -> AsyncIterator[SqlStore]:
    """Open the store at `url` with its writer at work."""
    async with open_store(url, wall=clock, new_id=new_id) as store, trio.open_nursery() as nursery:
        await nursery.start(store.run)
        yield sql_store(store)
        nursery.cancel_scope.cancel()


def _opener(engine: str) -> Opener:
    @asynccontextmanager
    async def opened(
        request: pytest.FixtureRequest, clock: WallClock, new_id: NewId
    ) -> AsyncIterator[StoreUnderTest]:
        with FRESH[engine]() as url:
            async with running(url, clock, new_id) as store:
                yield store

    return opened


STORES: Final[Mapping[str, Opener]] = {engine: _opener(engine) for engine in FRESH}
