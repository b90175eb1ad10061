"""The bench most tests of the simulator work on, and the clock it runs on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
import trio
import trio.testing

from tests.simulator.bench import CONFIG, Bench, open_bench


def _run_on_virtual_time(
    test: Callable[[], Awaitable[object]],
    clock: trio.abc.Clock | None,
    instruments: Sequence[trio.abc.Instrument],
) -> Any:
    clock = clock if clock is not None else trio.testing.MockClock(autojump_threshold=0)
    return trio.run(test, clock=clock, instruments=instruments)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test with a bench a clock that jumps.

    pytest-trio only looks for a clock among the arguments of the test itself.
    """
    for item in items:
        if isinstance(item, pytest.Function) and "bench" in item.fixturenames:
            item.add_marker(pytest.mark.trio(run=_run_on_virtual_time))


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A running simulator with one channel, a visitor and an agent."""
    async with open_bench(CONFIG) as opened:
        yield opened
