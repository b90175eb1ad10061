"""The whole relay: a webhook in, durable, the message out; statuses come back.

A real `serve` on one core; people, and a Graph API that accepts everything, in this process on
the other cores. First as much as goes through, then half of it, where latency means something.
"""

import os
from argparse import Namespace
from collections.abc import Mapping

import trio
from attrs import define, frozen

from benchmarks import processes, report
from benchmarks.databases import Database, open_database
from benchmarks.graph import Graph
from benchmarks.serving import Serve, furnish, numbers, serving
from benchmarks.talks import Making, Phones
from benchmarks.traffic import Traffic

Figures = dict[str, float]


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
                talks = await making.talks(options.conversations)
                traffic = Traffic(serve.port, options.statuses, options.in_a_row)
                traffic.open(talks, phones.received)
                graph.take = traffic.take
                figures = await _runs(Meter(serve, database), traffic, options)
            nursery.cancel_scope.cancel()
    return figures


async def _runs(meter: "Meter", traffic: Traffic, options: Namespace) -> Mapping[str, object]:
    size = meter.database.size()
    full = [await _full(meter, traffic, options) for _ in range(options.runs)]
    rate = options.rate or report.middle(full)["messages_per_second"] / 2
    half = [await _half(meter, traffic, options, rate) for _ in range(options.runs)]
    traffic.check()
    return {
        "conversations": options.conversations,
        "statuses_per_message": 3 if options.statuses else 0,
        "runs": options.runs,
        "seconds_per_run": options.seconds,
        "noise_messages_per_second": report.noise(full, "messages_per_second"),
        "noise_cpu_us_per_message": report.noise(full, "cpu_us_per_message"),
        **report.middle(full),
        **_bytes_per_message(meter.database, size, traffic),
        "half": {"asked_per_second": round(rate, 1), **report.middle(half)},
        **{name: value for name, value in report.middle(half).items() if name.endswith("_ms")},
    }


def _bytes_per_message(
    database: Database, before: int | None, traffic: Traffic
) -> dict[str, float]:
    after = database.size()
    if before is None or after is None:
        return {}
    return {"file_bytes_per_message": round((after - before) / traffic.total, 1)}


async def _full(meter: "Meter", traffic: Traffic, options: Namespace) -> Figures:
    meter.start()
    per_second = await traffic.at_most(options.seconds, options.senders)
    return meter.figures(per_second, traffic)


async def _half(meter: "Meter", traffic: Traffic, options: Namespace, rate: float) -> Figures:
    meter.start()
    per_second = await traffic.at_rate(rate, options.seconds, 4 * options.senders)
    return meter.figures(per_second, traffic)


@frozen
class Clocks:
    """CPU seconds of the relay, of the database server, of this process; and the wall's."""

    relay: float
    database: float
    load: float
    wall: float


@define
class Meter:
    """Reads the CPU time of all who take part."""

    serve: Serve
    database: Database
    _began: Clocks | None = None

    def start(self) -> None:
        """Begin to count."""
        self._began = self._read()

    def _read(self) -> Clocks:
        server = self.database.server
        return Clocks(
            processes.cpu_seconds(self.serve.pid),
            processes.tree_cpu_seconds(server) if server else 0.0,
            processes.cpu_seconds(os.getpid()),
            trio.current_time(),
        )

    def figures(self, per_second: float, traffic: Traffic) -> Figures:
        """Return what happened since `start`."""
        assert self._began is not None
        began, ended, samples = self._began, self._read(), traffic.samples
        messages, wall = len(samples.relays), ended.wall - began.wall
        figures = {
            "messages_per_second": round(per_second, 1),
            "cpu_us_per_message": 1e6 * (ended.relay - began.relay) / messages,
            "relay_core_share": (ended.relay - began.relay) / wall,
            "load_core_share": (ended.load - began.load) / wall,
            **report.percentiles("ack", samples.acks),
            **report.percentiles("relay", samples.relays),
        }
        if samples.behind:
            figures |= report.percentiles("load_behind", samples.behind)
        if self.database.server is not None:
            spent = ended.database - began.database
            figures["database_cpu_us_per_message"] = 1e6 * spent / messages
        return figures


if __name__ == "__main__":
    main()
