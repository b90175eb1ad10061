"""Watched workspaces."""

from collections.abc import AsyncIterator

import pytest

from tests import fakes
from tests.contracts.stores import openers
from tests.contracts.world import SetClock, World


@pytest.fixture(params=["memory"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A store with one workspace of one channel; in memory unless a test wants more."""
    clock = SetClock(fakes.EPOCH)
    new_id = fakes.id_source(clock)
    async with openers()[request.param](request, clock, new_id) as store:
        workspace = await store.add_workspace()
        channel = await store.add_channel(workspace)
        yield World(store, clock, new_id, workspace, channel)
