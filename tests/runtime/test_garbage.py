"""When garbage is collected, and that nothing of it outlives the run."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trio
from attrs import define
from trio.testing import MockClock

from kaisa_relay.runtime.garbage import AT_LATEST, EVERY, IDLE_WORK, YOUNG, GarbageCollection


@define
class Work:
    """So much is done in every second."""

    per_second: int

    def __call__(self) -> int:
        return int(trio.current_time() * self.per_second)


@contextmanager
def full_collections() -> Iterator[list[float]]:
    """Note when Python collects everything."""
    seen: list[float] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            seen.append(trio.current_time())

    gc.callbacks.append(note)
    try:
        yield seen
    finally:
        gc.callbacks.remove(note)


async def collect(work: Work, seconds: float) -> tuple[list[float], GarbageCollection]:
    """Run for so long; returns when everything was collected after the start."""
    collection = GarbageCollection(work)
    async with trio.open_nursery() as nursery:
        await nursery.start(collection.run)
        with full_collections() as seen:
            await trio.sleep(seconds)
        nursery.cancel_scope.cancel()
    return seen, collection


async def test_an_idle_relay_collects_every_minute(autojump_clock: MockClock) -> None:
    seen, collection = await collect(Work(IDLE_WORK), 3 * (EVERY + 1) + 1)
    assert len(seen) == 3
    assert 0 < collection.longest_pause < 60


async def test_a_busy_one_does_so_once_an_hour(autojump_clock: MockClock) -> None:
    seen, _ = await collect(Work(IDLE_WORK + 10), AT_LATEST + EVERY + 1)
    assert seen == [pytest.approx(AT_LATEST + EVERY)]


async def test_what_was_there_at_the_start_is_not_looked_at_again(
    autojump_clock: MockClock,
) -> None:
    usual, frozen = gc.get_threshold(), gc.get_freeze_count()
    async with trio.open_nursery() as nursery:
        await nursery.start(GarbageCollection(Work(0)).run)
        assert gc.get_freeze_count() > frozen
        assert gc.get_threshold()[0] == YOUNG
        nursery.cancel_scope.cancel()
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0
