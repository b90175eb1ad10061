"""CPU time per message beside that of another checkout and of the bare work, in turns.

What else runs on a machine changes every figure by half, and all of them alike when they are taken
in turns of a second or two: compare ratios, and let figures of different runs alone.
"""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import trio

from benchmarks import limit, processes, report
from benchmarks.databases import open_database
from benchmarks.metering import Figures
from benchmarks.relay import LIMIT_SENDERS, OPEN
from benchmarks.running import Running, running
from benchmarks.serving import numbers
from benchmarks.traffic import Manner

HERE: Final = Path(__file__).parent.parent
USUAL: Final = {"seconds": (1.0, 2.0), "rounds": (4, 10), "senders": (128, 256)}
LIMIT_SECONDS: Final = 1.0
AFTER: Final = 2.0
"""Seconds in which a side finishes what its turn left it to do: marks of what was read come late,
and would be another side's otherwise."""
AWAKE: Final = 1500
"""Conversations that talk: enough for all rounds, however fast they become (the pair limit)."""


def main() -> None:
    """Measure and print."""
    options = _options()
    before = processes.machine()
    figures = trio.run(measure, options)
    show = {"benchmark": "cost", "database": "sqlite", **before, **figures}
    report.show("cost: CPU per message, in turns", show, options.json)


def _options() -> Namespace:
    parser: ArgumentParser = report.arguments(main.__doc__ or "", databases=False)
    parser.add_argument("--against", type=Path, help="another checkout, with the same tables")
    parser.add_argument("--seconds", type=float, help="of one turn")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--senders", type=int, help="people who write at once")
    parser.add_argument("--no-statuses", dest="statuses", action="store_false")
    return report.with_usual(parser.parse_args(), USUAL)


async def measure(options: Namespace) -> Mapping[str, object]:
    """Return the medians of each side, and of their ratios within a round."""
    trees = {"here": HERE} | ({"against": options.against} if options.against else {})
    manner = Manner(statuses=options.statuses)
    async with AsyncExitStack() as stack:
        sides = {name: await _start(stack, tree, manner) for name, tree in trees.items()}
        rounds = []
        for _ in range(options.rounds):
            rounds.append(_round(sides, options, manner))
            sides = dict(reversed(sides.items()))  # who comes first finds another machine
    names = sorted(rounds[0])
    return {
        **{name: report.middle([each[name] for each in rounds]) for name in names},
        **{f"here_to_{name}": _ratio(rounds, name) for name in names if name != "here"},
    }


async def _start(stack: AsyncExitStack, tree: Path, manner: Manner) -> Running:
    database = stack.enter_context(open_database(Namespace(postgresql=False, database_url=None)))
    with _sources(tree):
        context = running(database, numbers(8), OPEN, manner)
        run = await stack.enter_async_context(context)
    run.wake(AWAKE)
    return run


def _round(sides: Mapping[str, Running], options: Namespace, manner: Manner) -> dict[str, Figures]:
    figures = {name: _turn(run, options) for name, run in sides.items()}
    return figures | {"limit": limit.measure(LIMIT_SECONDS, LIMIT_SENDERS, manner)}


def _turn(run: Running, options: Namespace) -> Figures:
    loop = processes.main_thread_seconds(run.serve.pid)
    figures = run.full(options.seconds, options.senders)
    loop = processes.main_thread_seconds(run.serve.pid) - loop
    messages = figures["seconds"] * figures["messages_per_second"]
    threads = figures["cpu_us_per_message"] - 1e6 * loop / messages
    run.meter.start()
    run.load.loop.until(lambda: False, AFTER)
    later = run.meter.figures(round(messages))["cpu_us_per_message"]
    whole = figures["cpu_us_per_message"] + later
    return figures | {"cpu_us_per_message": whole, "later": later, "in_threads": threads}


def _ratio(rounds: list[dict[str, Figures]], other: str) -> float:
    """Return how much dearer a message is here."""
    cpu = "cpu_us_per_message"
    return round(median(each["here"][cpu] / each[other][cpu] for each in rounds), 3)


@contextmanager
def _sources(tree: Path) -> Iterator[None]:
    """Have children import the program from this checkout, wherever they are started."""
    given = {"PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


if __name__ == "__main__":
    main()
