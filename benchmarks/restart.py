"""A start with a million open conversations in the database: how long, and how much memory.

`ready` is from the start of the process to the first 200 of /readyz; the same with an empty
database is measured beside it, so that what the conversations cost can be told apart.
"""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Final

import trio

from benchmarks import processes, report
from benchmarks.databases import Database, open_database
from benchmarks.metering import Figures
from benchmarks.running import talking
from benchmarks.seeding import seed
from benchmarks.serving import GraphSink, furnish, numbers, serving
from benchmarks.traffic import Manner, Talk

CHANNELS: Final = 8
TALKING: Final = 256
SENDERS: Final = 128
RELAYING_SECONDS: Final = 2.0
USUAL: Final = {"conversations": (20_000, 1_000_000), "runs": (2, 5)}
"""`--quick` and otherwise."""


def main() -> None:
    """Measure and print."""
    options = _options()
    before = processes.machine()
    with open_database(options) as database:
        figures = trio.run(measure, options, database)
    show = {"benchmark": "restart", "database": database.kind, **before, **figures}
    report.show("restart: ready again with many open conversations", show, options.json)


def _options() -> Namespace:
    parser = report.arguments("A start with many open conversations in the database.")
    parser.add_argument("--conversations", type=int)
    parser.add_argument("--runs", type=int)
    return report.with_usual(parser.parse_args(), USUAL)


async def measure(options: Namespace, database: Database) -> Mapping[str, object]:
    """Start with none, then with all of them, and then relay among them."""
    await furnish(database, numbers(CHANNELS))
    empty = await _starts(database, options.runs)
    began = trio.current_time()
    talks = await seed(database, options.conversations)
    seeding = trio.current_time() - began
    size = database.size()
    full = await _starts(database, options.runs)
    ready, before = report.middle(full), report.middle(empty)
    return {
        "conversations": options.conversations,
        "runs": options.runs,
        "seeding_seconds": round(seeding, 1),
        **({"file_megabytes": round(size / 1e6, 1)} if size is not None else {}),
        **ready,
        "ready_milliseconds_noise": report.noise(full, "ready_milliseconds"),
        "bytes_per_conversation": round(
            1e6 * (ready["memory_megabytes"] - before["memory_megabytes"]) / options.conversations
        ),
        "empty": before,
        "relaying": await _relaying(database, talks, options),
    }


async def _starts(database: Database, runs: int) -> list[Figures]:
    return [await _start(database) for _ in range(runs)]


async def _start(database: Database) -> Figures:
    relay_cores, load_cores = processes.split_cores()
    with processes.pinned(load_cores):
        async with serving(database, GraphSink("http://127.0.0.1:1"), relay_cores) as serve:
            return {
                "ready_milliseconds": 1000 * serve.ready_after,
                "cpu_milliseconds": 1000 * processes.cpu_seconds(serve.pid),
                "memory_megabytes": processes.resident_bytes(serve.pid) / 1e6,
            }


async def _relaying(database: Database, talks: Iterator[Talk], options: Namespace) -> Figures:
    """Return what a few of them get at full load, while all others are open and asleep."""
    async with talking(database, talks, Manner()) as run:
        run.wake(min(TALKING, options.conversations))
        figures = run.full(RELAYING_SECONDS, SENDERS)
        run.traffic.check()
    return report.middle([figures])


if __name__ == "__main__":
    main()
