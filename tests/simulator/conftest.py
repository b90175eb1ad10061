"""The bench most tests of the simulator work on."""

from collections.abc import AsyncIterator

import pytest
import trio.testing

from tests.simulator.bench import CONFIG, Bench, open_bench


@pytest.fixture
async def bench(autojump_clock: trio.testing.MockClock) -> AsyncIterator[Bench]:
    """A running simulator with one channel, a visitor and an agent."""
    async with open_bench(CONFIG) as opened:
        yield opened
