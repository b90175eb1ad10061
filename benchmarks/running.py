"""A relay under load: a database with conversations, a `serve` on one core, people on the other."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import Final

import trio
from attrs import define, field

from benchmarks import pace, processes, report, scraping
from benchmarks.databases import Database
from benchmarks.load import Load, open_load
from benchmarks.metering import Figures, Meter
from benchmarks.pace import Times
from benchmarks.seeding import seed
from benchmarks.serving import LOOK_AGAIN, GraphSink, Number, Serve, furnish, serving
from benchmarks.traffic import Manner, Talk, Traffic

MOST_AT_ONCE: Final = 256
"""People who speak at once while everybody is woken."""
READ_WITHIN: Final = 900.0
"""Seconds, for millions of conversations."""


@define(eq=False)
class Running:
    """What is measured, and who measures; `waking` is what the conversations' first words cost."""

    serve: Serve
    load: Load
    meter: Meter
    database: Database
    asleep: Iterator[Talk]
    waking: Figures = field(factory=dict)

    @property
    def traffic(self) -> Traffic:
        """Return the people."""
        return self.load.traffic

    def wake(self, conversations: int) -> None:
        """Have both people of so many more conversations say something, and give them lanes."""
        talks = list(islice(self.asleep, conversations))
        self.load.open(talks)
        before = self._begin()
        pace.once_each(self.load.loop, self.traffic, 2 * len(talks), MOST_AT_ONCE)
        cost = self._end(before)
        self.waking = self.waking or cost

    def full(self, seconds: float, senders: int) -> Figures:
        """Return what goes through when so many people write as fast as they are answered."""
        before = self._begin()
        pace.at_most(self.load.loop, self.traffic, seconds, senders)
        return self._end(before)

    def timed(self, times: Times) -> Figures:
        """Return what it was like when people wrote at these times."""
        before = self._begin()
        rated = pace.at_rate(self.load.loop, self.traffic, times)
        figures = self._end(before)
        return {
            **figures,
            **report.percentiles("load_late", rated.late),
            "unsaid": rated.unsaid,
        }

    def _begin(self) -> int:
        self.load.forget_samples()
        self.meter.start()
        return self.traffic.arrived

    def _end(self, before: int) -> Figures:
        messages = self.traffic.arrived - before
        if not messages:
            raise RuntimeError(
                "the pair limit (45 messages at once, then one per 6 s and person) lets nobody "
                "speak: more --conversations, or fewer --seconds and --runs"
            )
        return {**self.meter.figures(messages), **self.load.latencies()}


@asynccontextmanager
async def running(
    database: Database, channels: Sequence[Number], conversations: int, manner: Manner
) -> AsyncIterator[Running]:
    """Furnish the database with open conversations, all of them asleep, and run `serve` over it."""
    await furnish(database, channels)
    talks = await seed(database, conversations)
    async with talking(database, talks, manner) as run:
        yield run


@asynccontextmanager
async def talking(
    database: Database, talks: Iterator[Talk], manner: Manner
) -> AsyncIterator[Running]:
    """Run `serve` over these conversations, all of them asleep, and have people ready to talk."""
    relay_cores, load_cores = processes.split_cores()
    with processes.pinned(load_cores), open_load(database.folder) as load:
        graph = GraphSink(load.sink.url, load.certificate)
        async with serving(database, graph, relay_cores) as serve:
            await _has_read(serve)
            load.aim(serve.webhook_port, manner)
            yield Running(serve, load, Meter(serve.pid, database.server), database, talks)


async def _has_read(serve: Serve) -> None:
    """Wait until the read model knows the conversations: what it costs is measured as it goes."""
    page = await trio.to_thread.run_sync(scraping.page, serve.port)
    with trio.fail_after(READ_WITHIN):
        while scraping.total(page, "kaisa_explore_workspaces_behind"):
            await trio.sleep(LOOK_AGAIN)
            page = await trio.to_thread.run_sync(scraping.page, serve.port)
