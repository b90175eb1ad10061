"""What triggers cost, and whether a dead receiver costs the others anything.

A hundred endpoints get every event. None of them is dead, then one, then ten (half of them never
answer, half answer with an error), then none again, so that the machine's own noise can be seen.
"""

import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import trio
from attrs import define

from benchmarks import processes, report
from benchmarks.databases import Database, open_database
from benchmarks.receivers import ALIVE, FAILING, SILENT, Receivers, receiving
from benchmarks.serving import furnish, numbers

USUAL: Final = {"endpoints": (100, 100), "events": (12, 40), "burst": (20, 60)}
RATE: Final = 2.0
"""Events a second, each to every endpoint: far below what it can do, or times say nothing."""
DEAD: Final = (0, 1, 10, 0)
"""Endpoints that are dead, in the order in which they are measured."""
STARTS_WITHIN: Final = 60.0
ARRIVE_WITHIN: Final = 120.0
LOOK_AGAIN: Final = 0.005


def main() -> None:
    """Measure and print."""
    parser = report.arguments("Deliveries a second, and their times beside dead endpoints.")
    parser.add_argument("--endpoints", type=int)
    parser.add_argument("--events", type=int, help="for each number of dead endpoints")
    parser.add_argument("--burst", type=int, help="events at once, for the highest rate")
    options = report.with_usual(parser.parse_args(), USUAL)
    before = processes.machine()
    with open_database(options) as database:
        figures = trio.run(measure, options, database)
    show = {"benchmark": "engagement", "database": database.kind, **before, **figures}
    report.show("engagement: from commit to the receivers", show, options.json)


@define(eq=False)
class Working:
    """The process with the Engagement Builder, which takes orders."""

    process: trio.Process
    _read: bytes = b""

    async def order(self, **order: object) -> Mapping[str, Any]:
        """Have something done, and return what the process says of itself afterwards."""
        assert self.process.stdin is not None
        await self.process.stdin.send_all(json.dumps(order).encode() + b"\n")
        answer: Mapping[str, Any] = await self.line()
        return answer

    async def line(self) -> Any:
        """Return what the process says next."""
        assert self.process.stdout is not None
        while b"\n" not in self._read:
            piece = await self.process.stdout.receive_some()
            if not piece:
                raise RuntimeError("the process has ended")
            self._read += piece
        line, _, self._read = self._read.partition(b"\n")
        return json.loads(line)

    @property
    def cpu(self) -> float:
        """The CPU time that it has taken so far."""
        return processes.cpu_seconds(self.process.pid)


async def measure(options: Namespace, database: Database) -> Mapping[str, object]:
    """Measure the highest rate, then the times beside so many dead endpoints."""
    await furnish(database, numbers(1))
    _, load_cores = processes.split_cores()
    async with _working(database) as working, receiving() as receivers:
        with processes.pinned(load_cores):
            await working.order(urls=_urls(receivers, options.endpoints, 0))
            burst = await _burst(working, receivers, options)
            beside = []
            for dead in DEAD:
                await working.order(urls=_urls(receivers, options.endpoints, dead))
                beside.append(await _paced(working, receivers, options, dead))
    alone, one, ten, again = beside
    return {
        "endpoints": options.endpoints,
        **burst,
        "none_dead": alone,
        "one_dead": one,
        "ten_dead": ten,
        "none_dead_again": again,
        "one_dead_p50_ratio": _ratio(one, alone, again),
        "ten_dead_p50_ratio": _ratio(ten, alone, again),
    }


def _urls(receivers: Receivers, endpoints: int, dead: int) -> list[str]:
    kinds = [(SILENT, FAILING)[number % 2] for number in range(dead)] + [ALIVE] * endpoints
    return [receivers.url(kind, number) for number, kind in enumerate(kinds[:endpoints])]


def _ratio(one: Mapping[str, float], *others: Mapping[str, float]) -> float:
    """Return how much longer it took than where nobody was dead, before and after."""
    usual = sum(each["commit_to_post_p50_ms"] for each in others) / len(others)
    return round(one["commit_to_post_p50_ms"] / usual, 2)


async def _burst(working: Working, receivers: Receivers, options: Namespace) -> dict[str, float]:
    wanted = options.burst * options.endpoints
    began, cpu = trio.current_time(), working.cpu
    await working.order(events=options.burst, rate=1e9)
    await _arrived(receivers, wanted)
    took, spent = trio.current_time() - began, working.cpu - cpu
    receivers.latencies.clear()
    return {
        "deliveries_per_second": round(wanted / took),
        "cpu_us_per_delivery": round(1e6 * spent / wanted, 1),
    }


async def _paced(
    working: Working, receivers: Receivers, options: Namespace, dead: int
) -> dict[str, float]:
    receivers.latencies.clear()
    wanted = options.events * (options.endpoints - dead)
    await working.order(events=options.events, rate=RATE)
    await _arrived(receivers, wanted)
    return report.percentiles("commit_to_post", receivers.latencies[:wanted])


async def _arrived(receivers: Receivers, wanted: int) -> None:
    with trio.fail_after(ARRIVE_WITHIN):
        while len(receivers.latencies) < wanted:  # noqa: ASYNC110 - they arrive in their own tasks
            await trio.sleep(LOOK_AGAIN)
    if len(receivers.latencies) > wanted:
        raise RuntimeError("something was delivered twice")


@asynccontextmanager
async def _working(database: Database) -> AsyncIterator[Working]:
    relay_cores, _ = processes.split_cores()
    arguments = [sys.executable, "-m", "benchmarks.engagement_relay", database.url]
    pipe = subprocess.PIPE
    process = await trio.lowlevel.open_process(arguments, stdin=pipe, stdout=pipe)
    try:
        os.sched_setaffinity(process.pid, relay_cores)
        working = Working(process)
        with trio.fail_after(STARTS_WITHIN):
            await working.line()
        yield working
    finally:
        await processes.end(process)


if __name__ == "__main__":
    main()
