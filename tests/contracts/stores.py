"""The stores that the contract suite runs on.

Rule 1: a store of `sql_stores` is run as soon as that module exists, and then none may be missing.
Rule 2: a test gets a fresh store: nothing that another test wrote is in it.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

import pytest
from attrs import evolve, frozen

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.journal.memory import MemoryStore
from kaisa_relay.ports import Archive, Directory, Files, Following, Inbox, Journal, Sends
from kaisa_relay.ports.boards import Boards
from kaisa_relay.runtime.clock import WallClock
from tests import fakes

NewId = Callable[[], int]
SQL = frozenset({"sqlite", "postgresql"})


class Store(Protocol):
    """A store under test. Workspaces that it adds are owned by this process."""

    @property
    def inbox(self) -> Inbox: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def sends(self) -> Sends: ...
    @property
    def files(self) -> Files: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def archive(self) -> Archive: ...
    @property
    def following(self) -> Following: ...
    @property
    def boards(self) -> Boards: ...

    async def add_workspace(self) -> WorkspaceId:
        """Configure one more workspace and own it."""
        ...

    async def add_channel(self, workspace: WorkspaceId) -> Channel:
        """Configure one more channel; its `phone_number_id` is unique."""
        ...


Opener = Callable[[pytest.FixtureRequest, WallClock, NewId], AbstractAsyncContextManager[Store]]
"""Opens an empty store that takes instants and ids from these; `request` reaches fixtures."""


@frozen
class _InMemory:
    """The fake, with workspaces and channels that nobody configured."""

    inbox: Inbox
    journal: Journal
    sends: Sends
    files: Files
    directory: Directory
    archive: Archive
    following: Following
    boards: Boards
    new_id: NewId

    async def add_workspace(self) -> WorkspaceId:
        """Return an id: the fake knows no workspaces."""
        return WorkspaceId(self.new_id())

    async def add_channel(self, workspace: WorkspaceId) -> Channel:
        """Return a channel: the fake knows no channels."""
        id = ChannelId(self.new_id())
        return evolve(fakes.channel(of=workspace), id=id, phone_number_id=str(id))


@asynccontextmanager
async def _memory(
    request: pytest.FixtureRequest, clock: WallClock, new_id: NewId
) -> AsyncIterator[Store]:
    store = MemoryStore(clock, new_id)
    yield _InMemory(
        store.inbox,
        store.journal,
        store.sends,
        store.files,
        store.directory,
        store.archive,
        store.following,
        store.boards,
        new_id,
    )


def openers() -> Mapping[str, Opener]:
    """Return every store by name."""
    stores: dict[str, Opener] = {"memory": _memory}
    if find_spec("tests.contracts.sql_stores") is not None:
        sql: Mapping[str, Opener] = import_module("tests.contracts.sql_stores").STORES
        assert sql.keys() == SQL, "both databases, or the suite proves nothing about one of them"
        stores.update(sql)
    return stores
