"""Webhooks: how many POSTs a second are acknowledged, each stored before its 200.

The texts come from visitors whose agents have not answered their offers yet: they are stored,
decided and held, and nothing goes out. The case `unrouted` is a number that is not ours: its
POSTs are stored and nothing else happens, which is the floor.
"""

import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Final

import trio
from attrs import define, evolve, field

from benchmarks import pace, processes, report, scraping
from benchmarks.bodies import Person
from benchmarks.databases import Database, open_database
from benchmarks.eventloop import EventLoop
from benchmarks.graph import Graph
from benchmarks.metering import Figures, Meter
from benchmarks.posting import Poster
from benchmarks.serving import GraphSink, Serve, furnish, numbers, serving
from benchmarks.talks import Making, Phones
from benchmarks.templates import MESSAGES, Party, posted, text

BATCHES: Final = (1, 10, 100, 1_000)
USUAL: Final = {"visitors": (100, 300), "seconds": (1.5, 4.0), "runs": (1, 3)}
"""`--quick` and otherwise."""
MOST_TEXTS: Final = 3_200
"""Under way at once, in however few POSTs."""
FEWEST: Final = 4
TAKEN: Final = 'kaisa_messages_total{event="received"}'
LOOK_AGAIN: Final = 0.1


def main() -> None:
    """Measure and print."""
    options = _options()
    before = processes.machine()
    with open_database(options) as database:
        figures = trio.run(measure, options, database)
    show = {"benchmark": "webhooks", "database": database.kind, **before, **figures}
    report.show("webhooks: POST /webhooks/whatsapp to its 200", show, options.json)


def _options() -> Namespace:
    parser = report.arguments("Webhooks: acknowledgements per second and their latency.")
    parser.add_argument("--visitors", type=int)
    parser.add_argument("--seconds", type=float, help="of one run")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--senders", type=int, default=32, help="connections that post at once")
    options = parser.parse_args()
    return report.with_usual(options, USUAL)


async def measure(options: Namespace, database: Database) -> Mapping[str, object]:
    """Return what each case gave."""
    relay_cores, load_cores = processes.split_cores()
    channels = numbers(1)
    key = await furnish(database, channels)
    phones = Phones()
    graph = Graph(phones.take)
    with processes.pinned(load_cores):
        async with trio.open_nursery() as nursery:
            url = await nursery.start(graph.serve)
            async with serving(database, GraphSink(url), relay_cores) as serve:
                visitors = await Making(serve.port, key, channels, phones).visitors(
                    options.visitors
                )
                figures = _cases(Case(serve, database, options), visitors)
            nursery.cancel_scope.cancel()
    return figures


def _cases(case: "Case", visitors: Sequence[Person]) -> Mapping[str, object]:
    strangers = [evolve(visitor, phone_number_id="1") for visitor in visitors]
    cases = {"unrouted": case.measure(strangers, 1, routed=False)}
    for batch in BATCHES:
        cases[f"batch_{batch}"] = case.measure(visitors, batch)
    one, options = cases["batch_1"], case.options
    return {
        "visitors": options.visitors,
        "runs": options.runs,
        "seconds_per_run": options.seconds,
        **{name: one[name] for name in ("posts_per_second", "messages_per_second")},
        **{name: value for name, value in one.items() if name.startswith(("cpu_us", "ack"))},
        **cases,
    }


@define(eq=False)
class Case:
    """One batch size after the other, all of the same relay."""

    serve: Serve
    database: Database
    options: Namespace

    def measure(
        self, visitors: Sequence[Person], batch: int, routed: bool = True
    ) -> Mapping[str, object]:
        """Return what POSTs of so many texts cost, and how long they take at half of the rate."""
        options, loop = self.options, EventLoop()
        senders = max(FEWEST, min(options.senders, MOST_TEXTS // batch))
        poster = Poster(loop, self.serve.webhook_port, senders)
        posts = Posts(poster, [Party.of(each) for each in visitors], batch, routed)
        full = [
            self._run(posts, lambda: pace.at_most(loop, posts, options.seconds, senders))
            for _ in range(options.runs)
        ]
        times = pace.evenly(report.middle(full)["posts_per_second"] / 2, options.seconds)
        half = [
            self._run(posts, lambda: pace.at_rate(loop, posts, times)) for _ in range(options.runs)
        ]
        poster.close()
        loop.close()
        at_full, at_half = report.middle(full), report.middle(half)
        return {
            **{name: at_full[name] for name in at_full if not name.startswith("ack")},
            "cpu_us_per_message_noise": report.noise(full, "cpu_us_per_message"),
            **{name: at_half[name] for name in at_half if name.startswith("ack")},
            "full_load": {name: at_full[name] for name in at_full if name.startswith("ack")},
        }

    def _run(self, posts: "Posts", load: Callable[[], object]) -> Figures:
        """Count until the last text is decided: what one run leaves is not another's cost."""
        acks, meter = posts.poster.acks, Meter(self.serve.pid, self.database.server)
        acks.clear()
        decided = self._decided()
        meter.start()
        load()
        seconds = meter.seconds()
        messages = len(acks) * posts.batch
        while posts.routed and self._decided() < decided + messages:
            time.sleep(LOOK_AGAIN)
        return {
            "posts_per_second": len(acks) / seconds,
            "decided_after_seconds": meter.seconds() - seconds,
            **meter.figures(messages),
            **report.percentiles("ack", acks),
        }

    def _decided(self) -> float:
        """Return how many messages the conversations have taken, by the relay's own count."""
        return scraping.total(scraping.page(self.serve.port), TAKEN)


@define(eq=False)
class Posts:
    """Posts texts of one visitor after another, `batch` of them at a time."""

    poster: Poster
    visitors: Sequence[Party]
    batch: int
    routed: bool
    turn_ended: Callable[[], None] = lambda: None
    _next: Iterator[Party] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._next = cycle(self.visitors)

    def say(self) -> bool:
        """Post once."""
        writers = list(islice(self._next, self.batch))
        texts = [text(writer, b"Is the flat by the park still for rent?") for writer in writers]
        self.poster.post(posted(MESSAGES, writers, texts), self)
        return True

    def acked(self) -> None:
        """It is stored."""
        self.turn_ended()

    @property
    def quiet(self) -> bool:
        """Say whether every POST was answered."""
        return not self.poster.under_way

    def check(self) -> None:
        """Nothing is lost that was not answered."""


if __name__ == "__main__":
    main()
