"""How much the live feed carries: events a second to how many dashboards, and what one costs.

A rate counts while the 99th percentile from commit to frame stays under 250 ms, every dashboard
has got every event, and the feed's process is not behind. Rates are tried upwards.
"""

import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import trio
from attrs import define

from benchmarks import processes, report
from benchmarks.dashboards import Dashboard, open_dashboard, stall
from benchmarks.databases import Database, open_database
from benchmarks.serving import WORKSPACE, free_ports, furnish, numbers, settings_of
from kaisa_relay.accounts.commands import AddKey, KeyAdded
from kaisa_relay.cli.administration import execute

USUAL: Final = {"dashboards": (50, 200), "seconds": (2.0, 5.0)}
BOUND: Final = 0.250
"""Seconds from commit to frame."""
SLOWEST: Final = 250
MOST_STEPS: Final = 8
"""Rates that are tried, each twice the one before."""
LOOK_AGAIN: Final = 0.02
STARTS_WITHIN: Final = 60.0
LATE: Final = 5.0
"""Seconds after the last commit in which the last frame must come."""


def main() -> None:
    """Measure and print."""
    parser = report.arguments("Events a second through the live feed, to many dashboards.")
    parser.add_argument("--dashboards", type=int)
    parser.add_argument("--seconds", type=float, help="of each rate")
    options = report.with_usual(parser.parse_args(), USUAL)
    before = processes.machine()
    with open_database(options) as database:
        figures = trio.run(measure, options, database)
    show = {"benchmark": "feed", "database": database.kind, **before, **figures}
    report.show("feed: from commit to the dashboards", show, options.json)


@define(eq=False)
class Served:
    """The feed's process, which takes orders."""

    process: trio.Process
    port: int
    key: str
    _read: bytes = b""

    async def produce(self, rate: float, seconds: float) -> Mapping[str, Any]:
        """Have events happen at this rate, and return what the process says of it."""
        assert self.process.stdin is not None
        await self.process.stdin.send_all(json.dumps([rate, seconds]).encode() + b"\n")
        answer: Mapping[str, Any] = await self.line()
        return answer

    async def line(self) -> Any:
        """Return what the process says next."""
        assert self.process.stdout is not None
        while b"\n" not in self._read:
            piece = await self.process.stdout.receive_some()
            if not piece:
                raise RuntimeError("the feed's process has ended")
            self._read += piece
        line, _, self._read = self._read.partition(b"\n")
        return json.loads(line)


async def measure(options: Namespace, database: Database) -> Mapping[str, object]:
    """Raise the rate until it is too much, then have one dashboard stop reading."""
    await furnish(database, numbers(1))
    added = await execute(settings_of(database.url), AddKey(WORKSPACE, ("feed:read",)))
    if not isinstance(added, KeyAdded):
        raise TypeError(f"no key: {added}")
    _, load_cores = processes.split_cores()
    async with _served(database, added.text) as served:
        with processes.pinned(load_cores):
            # Nobody watches: what the process's making up of events costs by itself.
            unwatched = await served.produce(2_000, options.seconds)
            resident = processes.resident_bytes(served.process.pid)
            async with _watching(served, options.dashboards) as boards:
                held = processes.resident_bytes(served.process.pid) - resident
                best = await _highest(served, boards, options.seconds)
            half = best["events_per_second"] / 2
            async with _watching(served, options.dashboards) as boards:
                alone = await _at(served, boards, half, options.seconds)
                stalled = await stall(served.port, served.key)
                beside = await _at(served, boards, half, options.seconds)
                await stalled.aclose()
    return {
        "dashboards": options.dashboards,
        **best,
        "bytes_per_dashboard": round(held / options.dashboards),
        "making_up_cpu_us_per_event": round(1e6 * unwatched["cpu"] / unwatched["events"], 2),
        "half_rate": alone,
        "half_rate_beside_a_stalled_reader": beside,
        # Times depend on what else the machine does; this shows whether one costs the others.
        "stalled_reader_cpu_ratio": _cpu_ratio(beside, alone),
    }


def _cpu_ratio(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return round(one["cpu_us_per_event"] / other["cpu_us_per_event"], 2)


@asynccontextmanager
async def _watching(served: Served, count: int) -> AsyncIterator[Sequence[Dashboard]]:
    """Have so many dashboards watch; all are gone at the end."""
    async with trio.open_nursery() as nursery:
        boards = [await open_dashboard(served.port, served.key) for _ in range(count)]
        for board in boards:
            nursery.start_soon(board.watch, name="dashboard")
        yield boards
        nursery.cancel_scope.cancel()
    for board in boards:
        await trio.aclose_forcefully(board.stream)
    with trio.fail_after(LATE):
        while (await served.produce(0, 0))["watchers"]:
            pass


@asynccontextmanager
async def _served(database: Database, key: str) -> AsyncIterator[Served]:
    relay_cores, _ = processes.split_cores()
    [port] = free_ports(1)
    arguments = [sys.executable, "-m", "benchmarks.feed_relay", database.url, str(port)]
    pipe = subprocess.PIPE
    process = await trio.lowlevel.open_process(arguments, stdin=pipe, stdout=pipe)
    try:
        os.sched_setaffinity(process.pid, relay_cores)
        served = Served(process, port, key)
        with trio.fail_after(STARTS_WITHIN):
            await served.line()
        yield served
    finally:
        await processes.end(process)


async def _highest(
    served: Served, boards: Sequence[Dashboard], seconds: float
) -> Mapping[str, float]:
    """Return the figures of the highest rate that is still in time."""
    best = await _at(served, boards, SLOWEST, seconds)
    for step in range(1, MOST_STEPS):
        tried = await _at(served, boards, SLOWEST * 2**step, seconds)
        if tried["commit_to_frame_p99_ms"] > 1000 * BOUND or tried["late"]:
            break
        best = tried
    return best


async def _at(
    served: Served, boards: Sequence[Dashboard], rate: float, seconds: float
) -> Mapping[str, float]:
    before = boards[0].events
    for board in boards:
        board.latencies.clear()
    said = await served.produce(rate, seconds)
    late = not await _all_here(boards, said["last"])
    events = boards[0].events - before
    latencies = [each for board in boards for each in board.latencies]
    return {
        "events_per_second": round(events / seconds),
        "events_per_second_times_dashboards": round(events * len(boards) / seconds),
        **report.percentiles("commit_to_frame", latencies),
        "cpu_us_per_event": round(1e6 * said["cpu"] / events, 1),
        "core_share": round(said["cpu"] / seconds, 2),
        "late": late,
    }


async def _all_here(boards: Sequence[Dashboard], last: int) -> bool:
    """Say whether every dashboard soon has got all; those behind catch up before the next rate."""
    with trio.move_on_after(LATE):
        while any(board.events < last and not board.lost for board in boards):  # noqa: ASYNC110 - they count alone
            await trio.sleep(LOOK_AGAIN)
    if any(board.events > last for board in boards):
        raise RuntimeError("a dashboard got more events than there were")
    return all(board.events == last for board in boards)


if __name__ == "__main__":
    main()
