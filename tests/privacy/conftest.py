"""An eraser on a real store of either kind, beside a read model."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import trio
from attrs import define, field, frozen

from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.contact_events import ContactErased
from kaisa_relay.domain.ids import ContactId, ConversationId, ErasureId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.explore import Jobs
from kaisa_relay.ports import Append
from kaisa_relay.privacy import Eraser, Given, Ledger
from kaisa_relay.whatsapp.media_disk import MediaDisk
from tests.contracts.world import World
from tests.explore.conftest import Library, library
from tests.explore.jobs import jobs
from tests.store.databases import FRESH


@define(eq=False)
class Partings:
    """Stands for the actors: remembers what it was asked, and ends nothing by itself."""

    world: World
    ended: list[ConversationId] = field(factory=list)
    forgotten: list[str] = field(factory=list)
    crashes: int = 0
    """How often it will fail to record an erasure."""

    async def end(self, workspace: WorkspaceId, conversation: ConversationId) -> None:
        """Note it."""
        self.ended.append(conversation)

    def leave(self, people: Sequence[Person], phones: Sequence[Phone]) -> None:
        """Note it."""
        self.forgotten.append("leave")

    def left(self, people: Sequence[Person]) -> None:
        """Note it."""
        self.forgotten.append("left")

    async def record(self, workspace: WorkspaceId, contact: ContactId, erasure: ErasureId) -> None:
        """Commit the event."""
        if self.crashes:
            self.crashes -= 1
            raise RuntimeError("a crash")
        event = ContactErased(contact, erasure, self.world.clock())
        commit = Append(workspace, f"contact/{contact}", 0, (event,), ())
        await self.world.store.journal.append(commit)


@frozen
class Office:
    """Who erases, and what of."""

    library: Library
    eraser: Eraser
    partings: Partings
    disk: MediaDisk
    ledger: Ledger
    exports: Jobs

    @property
    def world(self) -> World:
        """The workspace."""
        return self.library.world


def office(opened: Library, folder: Path) -> Office:
    """Put an eraser on a store; it has the disk and the list in this folder."""
    disk, ledger = MediaDisk(folder / "files"), Ledger(folder / "relay.erasures")
    store, partings = opened.store, Partings(opened.world)
    mine = [opened.world.workspace]
    exports = jobs(opened, folder)
    given = Given(store.store, store.journal, disk, exports, partings, ledger, lambda: mine)
    return Office(opened, Eraser(given), partings, disk, ledger, exports)


@pytest.fixture(params=sorted(FRESH))
async def at_work(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """An office whose eraser is at work, on one database."""
    with FRESH[request.param]() as url:
        async with library(url) as opened, trio.open_nursery() as nursery:
            made = office(opened, tmp_path)
            nursery.start_soon(made.eraser.run)
            yield made
            nursery.cancel_scope.cancel()
