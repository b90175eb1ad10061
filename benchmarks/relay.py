"""The whole relay: a webhook in, durable, the message out; statuses come back.

A real `serve` on one core; people, and a Graph API that accepts everything, in this process on
the other cores. First as much as goes through, then half of it, where latency means something.
"""

from argparse import Namespace
from collections.abc import Mapping

import trio

from benchmarks import processes, report
from benchmarks.databases import Database, open_database
from benchmarks.graph import Graph
from benchmarks.metering import Figures, Meter
from benchmarks.pace import at_most, at_rate
from benchmarks.serving import furnish, numbers, serving
from benchmarks.talks import Making, Phones
from benchmarks.traffic import Samples, Traffic


def main() -> None:
    """Measure and print."""
    options = _options()
    before = processes.machine()
    with open_database(options) as database:
        figures = trio.run(measure, options, database)
    show = {"benchmark": "relay", "database": database.kind, **before, **figures}
    report.show("relay: webhook in, durable, message out", show, options.json)


def _options() -> Namespace:
    parser = report.arguments(main.__doc__ or "")
    parser.add_argument("--conversations", type=int)
    parser.add_argument("--channels", type=int, default=2, help="numbers of 1,000 messages/s each")
    parser.add_argument("--seconds", type=float, help="of one run")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--senders", type=int, default=48, help="people who write at once")
    parser.add_argument("--in-a-row", type=int, default=1, help="messages before waiting for them")
    parser.add_argument("--rate", type=float, help="messages/s of the second part; half by default")
    parser.add_argument("--no-statuses", dest="statuses", action="store_false")
    parser.add_argument("--statuses", action="store_true", default=True, help="the default")
    options = parser.parse_args()
    usual = (60, 2.0, 1) if options.quick else (400, 5.0, 3)
    for name, value in zip(("conversations", "seconds", "runs"), usual, strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


async def measure(options: Namespace, database: Database) -> Mapping[str, object]:
    """Return what the relay did."""
    relay_cores, load_cores = processes.split_cores()
    channels = numbers(options.channels)
    key = await furnish(database, channels)
    phones = Phones()
    graph = Graph(phones.take)
    with processes.pinned(load_cores):
        async with trio.open_nursery() as nursery:
            url = await nursery.start(graph.serve)
            async with serving(database, url, relay_cores) as serve:
                making = Making(serve.port, key, channels, phones)
                talks = await making.active(options.conversations)
                traffic = Traffic(options.statuses, options.in_a_row)
                traffic.open(talks, phones.received)
                graph.take = traffic.take
                figures = await _runs(Meter(serve, database), traffic, options)
            nursery.cancel_scope.cancel()
    return figures


async def _runs(meter: Meter, traffic: Traffic, options: Namespace) -> Mapping[str, object]:
    size = meter.database.size()
    full = [await _full(meter, traffic, options) for _ in range(options.runs)]
    rate = options.rate or report.middle(full)["messages_per_second"] / 2
    half = [await _half(meter, traffic, options, rate) for _ in range(options.runs)]
    traffic.check()
    at_full, at_half = report.middle(full), report.middle(half)
    return {
        "conversations": options.conversations,
        "statuses_per_message": 3 if options.statuses else 0,
        "runs": options.runs,
        "seconds_per_run": options.seconds,
        "messages_per_second": at_full["messages_per_second"],
        "messages_per_second_noise": report.noise(full, "messages_per_second"),
        "cpu_us_per_message": at_full["cpu_us_per_message"],
        "cpu_us_per_message_noise": report.noise(full, "cpu_us_per_message"),
        **{name: value for name, value in at_half.items() if name.startswith(("ack", "relay_p"))},
        **_bytes_per_message(meter.database, size, traffic),
        "full_load": at_full,
        "half_load": {"asked_per_second": round(rate, 1), **at_half},
    }


def _bytes_per_message(
    database: Database, before: int | None, traffic: Traffic
) -> dict[str, float]:
    after = database.size()
    if before is None or after is None:
        return {}
    return {"file_bytes_per_message": round((after - before) / traffic.total, 1)}


async def _full(meter: Meter, traffic: Traffic, options: Namespace) -> Figures:
    traffic.samples = Samples()
    meter.start()
    await at_most(meter.serve.port, traffic.turn, options.seconds, options.senders)
    return _figures(meter, traffic)


async def _half(meter: Meter, traffic: Traffic, options: Namespace, rate: float) -> Figures:
    traffic.samples = Samples()
    meter.start()
    turns = rate / options.in_a_row
    senders = 4 * options.senders
    late = await at_rate(meter.serve.port, traffic.turn, turns, options.seconds, senders)
    return {**_figures(meter, traffic), **report.percentiles("load_late", late)}


def _figures(meter: Meter, traffic: Traffic) -> Figures:
    samples = traffic.samples
    return {
        **meter.figures(len(samples.relays)),
        **report.percentiles("ack", samples.acks),
        **report.percentiles("relay", samples.relays),
    }


if __name__ == "__main__":
    main()
