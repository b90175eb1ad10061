"""One relay under every shape of load: how evenly, how many live, how many in one POST, too much.

A real `serve` on one core, as in `relay`; more and more conversations are woken while it runs.
A last one has a million open conversations in its database, of which a few talk.
"""

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter
from typing import Final

import trio
from attrs import define, field

from benchmarks import pace, processes, report, shaping
from benchmarks.databases import Database, open_database
from benchmarks.running import Running, running
from benchmarks.serving import numbers
from benchmarks.traffic import NEWS, Manner

Rows = Iterator[tuple[str, Mapping[str, float]]]

CHANNELS: Final = 8
LIVE: Final = (100, 1_000, 10_000, 100_000)
BATCHES: Final = {1: 256, 10: 256, 100: 2_048, 1_000: 8_192}
"""Messages in one POST, and how many people must write at once for POSTs to be so full."""
USUAL: Final = {
    "seconds": (0.6, 2.0),
    "largest": (1_000, 100_000),
    "open": (0, 1_000_000),
    "patience": (4.0, 280.0),
}
"""`--quick` and otherwise."""
RUNS: Final = 3
PROBE_SECONDS: Final = 0.3
MESSAGES_PER_LANE: Final = 30
"""Of the 45 that the pair limit lets out at once, what a shape may use up."""
STATUSES: Final = len(NEWS)
FEW: Final = 500
"""Conversations that talk where a shape is about something else."""
SHOWN: Final = (
    "messages_per_second",
    "cpu_us_per_message",
    "ack_p50_ms",
    "ack_p99_ms",
    "relay_p50_ms",
    "relay_p99_ms",
    "relay_core_share",
)


def main() -> None:
    """Measure and print."""
    options = _options()
    before = processes.machine()
    shapes: dict[str, Mapping[str, float]] = {}
    for case in _cases(options):
        shapes |= trio.run(case.measure)
    show = {"benchmark": "shapes", **before, **_growth(shapes)}
    report.show("shapes: the same relay under other loads", show, as_json=False)
    print(table(shapes))
    if options.json:
        report.show_json({**show, "shapes": shapes})


def _options() -> Namespace:
    parser = report.arguments("Load shapes.", databases=False)
    parser.add_argument("--seconds", type=float, help="of one run")
    parser.add_argument("--largest", type=int, help="live conversations at most")
    parser.add_argument("--open", type=int, help="open conversations of the last one; 0 for none")
    parser.add_argument("--patience", type=float, help="seconds that waking may take in all")
    parser.add_argument("--senders", type=int, default=128, help="people who write at once")
    return report.with_usual(parser.parse_args(), USUAL)


def _growth(shapes: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return how much more a message costs among the most live conversations than the fewest."""
    live = [figures for name, figures in shapes.items() if name.startswith("live")]
    few, many = live[0]["cpu_us_per_message"], live[-1]["cpu_us_per_message"]
    return {"cpu_growth_with_live_conversations": round(many / few - 1, 3)}


def table(shapes: Mapping[str, Mapping[str, float]]) -> str:
    """Return the figures as a table in Markdown."""
    lines = [["shape", *SHOWN], ["---"] * (len(SHOWN) + 1)]
    lines += [
        [name, *(f"{figures[each]:,.6g}" for each in SHOWN)] for name, figures in shapes.items()
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@define
class Case:
    """A database, a relay on it, and the shapes that it is put under."""

    options: Namespace
    name: str
    channels: int = CHANNELS
    open: int = 0
    postgresql: bool = False

    async def measure(self) -> Mapping[str, Mapping[str, float]]:
        """Return each shape's figures."""
        asked = Namespace(database_url=None, postgresql=self.postgresql)
        with open_database(asked) as database:
            return await self._measure(database)

    async def _measure(self, database: Database) -> Mapping[str, Mapping[str, float]]:
        channels, manner = numbers(self.channels), Manner()
        open_ones = max(self.open, self.options.largest + 1, 2 * FEW)
        async with running(database, channels, open_ones, manner) as run:
            shapes = Shapes(run, self.options)
            rows = shapes.all() if self.name == "all" else shapes.few(self.name)
            figures = {}
            for name, each in rows:
                print(f"{name}: {each['cpu_us_per_message']:,.0f} µs", file=sys.stderr, flush=True)
                figures[name] = report.middle([each])
            run.traffic.check()
        return figures


def _cases(options: Namespace) -> Sequence[Case]:
    cases = [Case(options, "all"), Case(options, "hot channel", channels=1)]
    if not options.quick:
        cases.append(Case(options, "PostgreSQL", postgresql=True))
    if options.open:
        cases.append(Case(options, f"{options.open:,} open", open=options.open))
    return cases


@define
class Shapes:
    """The shapes of one relay, in the order in which they need more and more conversations."""

    run: Running
    options: Namespace
    _patience: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._patience = self.options.patience

    def all(self) -> Rows:
        """Yield every shape's name and figures."""
        yield from self._live(LIVE[:2])
        full = self._full()
        rate = full["messages_per_second"]
        yield "full load", full
        for name, shape in shaping.SHAPES.items():
            yield f"half, {name}", self.run.timed(shape(rate / 2, 2 * self.options.seconds))
        talk = next(self.run.asleep)
        seconds = 2 * self.options.seconds
        yield "hot conversation", shaping.hot_conversation(self.run, talk, rate / 4, seconds)
        yield from self._live(LIVE[2:3])
        yield from self._batches()
        yield "overload", shaping.overload(self.run, rate, 2 * self.options.seconds)
        yield from self._live(LIVE[3:])

    def few(self, name: str) -> Rows:
        """Yield what a few conversations get at full load, and at half of that."""
        self._wake(LIVE[0])
        self._wake(FEW)
        full = self._full()
        yield f"{name}, full load", full
        half = pace.evenly(full["messages_per_second"] / 2, self.options.seconds)
        yield f"{name}, half", self.run.timed(half)

    def _full(self) -> Mapping[str, float]:
        """Return the median of three runs, no longer than the pair limit lets the people speak."""
        rate = self.run.full(PROBE_SECONDS, self.options.senders)["messages_per_second"]
        bearable = len(self.run.traffic.lanes) * MESSAGES_PER_LANE / rate
        seconds = min(self.options.seconds, bearable / RUNS)
        return report.middle([self.run.full(seconds, self.options.senders) for _ in range(RUNS)])

    def _live(self, counts: Sequence[int]) -> Rows:
        for count in counts:
            before = len(self.run.traffic.lanes) // 2
            if count <= self.options.largest and (live := self._wake(count)) > 2 * before:
                yield f"live {live:,}", self._full()

    def _wake(self, count: int) -> int:
        """Wake until so many are live, or patience ends; return how many are."""
        live, began = len(self.run.traffic.lanes) // 2, perf_counter()
        if self.run.waking:
            bearable = max(0.0, self._patience) * self.run.waking["messages_per_second"] / 2
            count = min(count, live + int(bearable))
        self.run.wake(max(1, count - live))
        self._patience -= perf_counter() - began
        return max(count, live + 1)

    def _batches(self) -> Rows:
        lanes = len(self.run.traffic.lanes)
        for size, senders in BATCHES.items():
            self.run.traffic.behave(Manner(message_batch=size))
            before = self.run.traffic.arrived
            figures = self.run.full(self.options.seconds, min(senders, lanes))
            messages = self.run.traffic.arrived - before
            posts = len(self.run.traffic.poster.acks) - STATUSES * messages
            yield f"POSTs of {size:,}", {**figures, "messages_per_post": messages / posts}
        self.run.traffic.behave(Manner())


if __name__ == "__main__":
    main()
