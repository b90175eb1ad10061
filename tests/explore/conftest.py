"""A read model beside a real store of either kind, and a small world whose events it takes in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import delete, select

from kaisa_relay.explore import Projector, Shelf, open_shelf
from kaisa_relay.explore.model import tables
from kaisa_relay.journal.codec import decode_content
from kaisa_relay.runtime.clock import system_clock
from tests import fakes
from tests.contracts.sql_stores import SqlStore, running
from tests.contracts.world import SetClock, World
from tests.store.databases import FRESH


@frozen
class Library:
    """A workspace, the read model of its store, and who keeps that."""

    url: str
    world: World
    store: SqlStore
    shelf: Shelf
    projector: Projector

    async def catch_up(self) -> None:
        """Have everything taken in."""
        self.projector.look()
        await self.projector.catch_up()

    async def forget(self) -> None:
        """Throw out every row, and the cursor."""
        every = [*tables.METADATA.sorted_tables]
        dialect = self.shelf.writer.dialect.name
        every = [tables.said_on(dialect) if each is tables.said else each for each in every]
        kept = "layout"
        await self.shelf.write(
            lambda each: [each.execute(delete(table)) for table in every if table.name != kept]
        )

    async def rows(self, table: str) -> list[Mapping[str, Any]]:
        """Return the workspace's rows of a table, in the order of their keys."""
        found = tables.METADATA.tables[f"{tables.SCHEMA}.{table}"]
        if table == "said":
            found = tables.said_on(self.shelf.reader.dialect.name)
        mine = found.c.workspace == self.world.workspace
        query = select(found).where(mine).order_by(*found.primary_key)
        return await self.shelf.read(
            lambda each: [dict(row) for row in each.execute(query).mappings()]
        )


@asynccontextmanager
async def library(url: str) -> AsyncIterator[Library]:
    """Open a store with a new workspace, and its read model."""
    clock = SetClock(system_clock())
    new_id = fakes.id_source(clock)
    async with running(url, clock, new_id) as store, open_shelf(url) as shelf:
        workspace = await store.add_workspace()
        channel = await store.add_channel(workspace)
        world = World(store, clock, new_id, workspace, channel)
        yield Library(url, world, store, shelf, projector(shelf, store, world))


def projector(shelf: Shelf, store: SqlStore, world: World) -> Projector:
    """Return who keeps a shelf; it has heard of nothing."""
    following = store.following
    return Projector(shelf, store.store, following, decode_content, lambda: [world.workspace])


@pytest.fixture(params=sorted(FRESH))
async def here(request: pytest.FixtureRequest) -> AsyncIterator[Library]:
    """The whole of it on one database."""
    with FRESH[request.param]() as url:
        async with library(url) as opened:
            yield opened
