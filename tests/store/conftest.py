"""A fresh database for every test, once on each engine."""

from collections.abc import AsyncIterator, Iterator

import pytest

from kaisa_relay.runtime.clock import WallClock, system_clock
from tests.contracts.sql_stores import SqlStore, running
from tests.store.databases import FRESH


@pytest.fixture(params=sorted(FRESH))
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    with FRESH[request.param]() as fresh:
        yield fresh


@pytest.fixture
def clock() -> WallClock:
    """The machine's own clock: worker threads wait for no other."""
    return system_clock


@pytest.fixture
async def rooms(url: str, clock: WallClock) -> AsyncIterator[SqlStore]:
    """A running store on that database."""
    async with running(url, clock) as store:
        yield store
