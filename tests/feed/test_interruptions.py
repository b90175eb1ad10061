"""Whatever interrupts a watcher: each event once, in order."""

from random import Random

import pytest
import trio
from attrs import define, field
from trio_websocket import ConnectionClosed

from kaisa_relay.feed.positions import write_position
from tests.contracts.world import World
from tests.feed.serving import Frame, Serving, Watcher, number_of, serving
from tests.feed.test_feed import happen

SILENCE = 0.05
"""Seconds after which a reader in the middle of a run has waited enough; more may come later."""


@define(eq=False)
class Resuming:
    """A watcher that keeps nothing but the position, as a page does that is opened again."""

    position: str
    seen: list[int] = field(factory=list)

    async def connect(self, feed: Serving) -> Watcher:
        """Go on after the position."""
        watcher = await feed.watch()
        await watcher.subscribe(after=self.position)
        return watcher

    async def read(self, watcher: Watcher, frames: int) -> None:
        """Take up to so many frames."""
        for _ in range(frames):
            with trio.move_on_after(SILENCE) as silence:
                frame = await watcher.frame()
            if silence.cancelled_caught:
                return
            await self._take(watcher, frame)

    async def read_until(self, watcher: Watcher, last: int) -> None:
        """Take frames until the event with this number has come."""
        while not self.seen or self.seen[-1] < last:
            await self._take(watcher, await watcher.frame())

    async def _take(self, watcher: Watcher, frame: Frame) -> None:
        self.position = frame["position"]
        self.seen += [number_of(event) for event in frame.get("events", ())]
        if frame["type"] == "gap":
            await watcher.subscribe(after=self.position)


async def live_through(world: World, feed: Serving, reader: Resuming, lots: Random) -> int:
    """Read from one server, more slowly or not at all at times; returns how much happened."""
    happened = 0
    watcher = await reader.connect(feed)
    for _ in range(lots.randint(2, 6)):
        happened += len(await happen(world, lots.choice((0, 1, 3, 15))))
        await reader.read(watcher, lots.randint(0, 3))
        if lots.random() < 0.4:
            # Without a goodbye: trio-websocket trips over a ping that comes meanwhile.
            await trio.aclose_forcefully(feed.streams[-1])
            watcher = await reader.connect(feed)
    return happened


@pytest.mark.parametrize("seed", range(12))
async def test_any_interleaving_gives_each_event_once_in_order(world: World, seed: int) -> None:
    """Restarts, lost connections, pauses longer than memory lasts and slow reads, drawn by lot."""
    lots, reader = Random(seed), Resuming(write_position(world.workspace, 0))
    happened = len(await happen(world))
    for _ in range(lots.randint(1, 3)):
        gather = lots.choice((0.0, 0.03))
        async with serving(world, keep=6, most_events=4, gather=gather) as feed:
            happened += await live_through(world, feed, reader, lots)
    async with serving(world, keep=6, most_events=4, gather=0.0) as feed:
        await reader.read_until(await reader.connect(feed), happened)
    assert reader.seen == list(range(1, happened + 1))


async def test_a_server_that_ends_in_the_middle_of_a_page(world: World) -> None:
    """What was not read is not counted as read."""
    await happen(world, 30)
    reader = Resuming(write_position(world.workspace, 0))
    async with serving(world, most_events=4, gather=0.0) as feed:
        watcher = await reader.connect(feed)
        await reader.read(watcher, 2)
        feed.hub.close()
        with pytest.raises(ConnectionClosed):
            await reader.read_until(watcher, 31)
    async with serving(world, most_events=4, gather=0.0) as feed:
        await reader.read_until(await reader.connect(feed), 30)
    assert reader.seen == list(range(1, 31))
