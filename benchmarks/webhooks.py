"""Webhooks: how many POSTs a second are acknowledged, each stored before its 200.

The texts come from visitors whose agents have not answered their offers yet: they are stored,
decided and held, and nothing goes out. The case `unrouted` is a number that is not ours: its
POSTs are stored and nothing else happens, which is the floor. Load from a process of its own.
"""

from argparse import Namespace
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from time import perf_counter
from typing import Final

import trio
from attrs import define, evolve, field

from benchmarks import processes, report
from benchmarks.bodies import Person, posted, text
from benchmarks.databases import Database, open_database
from benchmarks.graph import Graph
from benchmarks.metering import Figures, Meter
from benchmarks.pace import at_most, at_rate
from benchmarks.serving import Serve, furnish, numbers, serving
from benchmarks.talks import Making, Phones, post
from benchmarks.wire import Caller, request

BATCHES: Final = (1, 10, 100)
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
    usual = (100, 1.5, 1) if options.quick else (300, 4.0, 3)
    for name, value in zip(("visitors", "seconds", "runs"), usual, strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


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
            async with serving(database, url, relay_cores) as serve:
                making = Making(serve.port, key, channels, phones)
                talks = await making.seeking(options.visitors)
                visitors = [talk.visitor for talk in talks]
                figures = await _cases(Meter(serve, database), visitors, options)
            nursery.cancel_scope.cancel()
    return figures


async def _cases(
    meter: Meter, visitors: Sequence[Person], options: Namespace
) -> Mapping[str, object]:
    strangers = [evolve(visitor, phone_number_id="1") for visitor in visitors]
    cases = {"unrouted": await _case(meter, Posts(strangers, 1, routed=False), options)}
    for batch in BATCHES:
        cases[f"batch_{batch}"] = await _case(meter, Posts(visitors, batch), options)
    one = cases["batch_1"]
    return {
        "visitors": options.visitors,
        "runs": options.runs,
        "seconds_per_run": options.seconds,
        **{name: one[name] for name in ("posts_per_second", "messages_per_second")},
        **{name: value for name, value in one.items() if name.startswith(("cpu_us", "ack"))},
        **cases,
    }


async def _case(meter: Meter, posts: "Posts", options: Namespace) -> Mapping[str, object]:
    full = [await _full(meter, posts, options) for _ in range(options.runs)]
    rate = report.middle(full)["posts_per_second"] / 2
    half = [await _half(meter, posts, options, rate) for _ in range(options.runs)]
    at_full, at_half = report.middle(full), report.middle(half)
    return {
        **{name: at_full[name] for name in at_full if not name.startswith("ack")},
        "cpu_us_per_message_noise": report.noise(full, "cpu_us_per_message"),
        **{name: at_half[name] for name in at_half if name.startswith("ack")},
        "full_load": {name: at_full[name] for name in at_full if name.startswith("ack")},
    }


async def _full(meter: Meter, posts: "Posts", options: Namespace) -> Figures:
    return await _run(
        meter, posts, at_most(meter.serve.port, posts.turn, options.seconds, options.senders)
    )


async def _half(meter: Meter, posts: "Posts", options: Namespace, rate: float) -> Figures:
    senders = 2 * options.senders
    return await _run(
        meter, posts, at_rate(meter.serve.port, posts.turn, rate, options.seconds, senders)
    )


async def _run(meter: Meter, posts: "Posts", load: Awaitable[object]) -> Figures:
    """Count until the last text is decided, so that what one run leaves is not another's cost."""
    posts.acks.clear()
    decided = await _decided(meter.serve)
    meter.start()
    await load
    seconds = meter.seconds()
    messages = len(posts.acks) * posts.batch
    while posts.routed and await _decided(meter.serve) < decided + messages:  # noqa: ASYNC110 - its page is all there is
        await trio.sleep(LOOK_AGAIN)
    cost = meter.figures(messages)
    return {
        "posts_per_second": len(posts.acks) / seconds,
        "decided_after_seconds": meter.seconds() - seconds,
        **cost,
        **report.percentiles("ack", posts.acks),
    }


async def _decided(serve: Serve) -> float:
    """Return how many messages the conversations have taken, by the relay's own count."""
    async with Caller(serve.port) as caller:
        _, page = await caller.call(request("GET", "/metrics"))
    lines = page.decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(TAKEN))


@define(eq=False)
class Posts:
    """Posts texts of one visitor after another, `batch` of them at a time."""

    visitors: Sequence[Person]
    batch: int
    routed: bool = True
    acks: list[float] = field(factory=list)
    _next: Iterator[Person] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._next = cycle(self.visitors)

    async def turn(self, caller: Caller) -> None:
        """Post once."""
        writers = list(islice(self._next, self.batch))
        texts = [text(writer, "Is the flat by the park still for rent?") for writer in writers]
        body = posted(writers, "messages", texts)
        began = perf_counter()
        await post(caller, body)
        self.acks.append(perf_counter() - began)


if __name__ == "__main__":
    main()
