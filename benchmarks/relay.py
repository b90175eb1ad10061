"""The whole relay: a webhook in, durable, the message out; statuses come back.

A real `serve` on one core; people, and a Graph API that accepts everything, in this process on
the other. First as much as goes through, then half of it, where latency means something; and the
same work done bare (`limit`) before and after, so that the figures can be held against it.
"""

from argparse import Namespace
from collections.abc import Mapping
from typing import Final

import trio
from attrs import evolve

from benchmarks import limit, processes, report, scraping, shaping
from benchmarks.databases import Database, open_database
from benchmarks.metering import Figures
from benchmarks.running import Running, running
from benchmarks.serving import numbers
from benchmarks.traffic import Manner

LIMIT_SECONDS: Final = 2.0
LIMIT_SENDERS: Final = 256
OPEN: Final = 20_000
"""Conversations in the database, unless more are asked for; most of them are never woken."""
MESSAGES_PER_TALK: Final = 76
"""What the pair limit lets two people say both ways at once, nearly, after they were woken."""
PROBE_SECONDS: Final = 0.7
PATIENCE: Final = 30.0
"""Seconds that waking may take; with fewer conversations than needed, the last runs end early."""
USUAL: Final = {"seconds": (2.0, 4.0), "runs": (1, 5), "senders": (128, 256)}
"""`--quick` and otherwise."""
VARIANTS: Final = {
    "without_statuses": Manner(statuses=False),
    "statuses_in_tens": Manner(status_batch=10),
    "statuses_in_hundreds": Manner(status_batch=100),
}
"""What else is measured at full load where there is time."""


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
    parser.add_argument("--live", type=int, help="conversations that talk; as many as are needed")
    parser.add_argument("--open", type=int, default=OPEN, help="conversations in the database")
    parser.add_argument(
        "--shape", choices=shaping.NAMES, default="constant", help="of the second part"
    )
    parser.add_argument("--channels", type=int, default=8, help="numbers of 1,000 messages/s each")
    parser.add_argument("--seconds", type=float, help="of one run")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--senders", type=int, help="people who write at once")
    parser.add_argument("--in-a-row", type=int, default=1, help="messages before waiting for them")
    parser.add_argument("--rate", type=float, help="messages/s of the second part; half by default")
    parser.add_argument("--no-statuses", dest="statuses", action="store_false")
    parser.add_argument("--statuses", action="store_true", default=True, help="the default")
    parser.add_argument("--status-batch", type=int, default=1, help="statuses in one POST")
    parser.add_argument("--message-batch", type=int, default=1, help="messages in one POST")
    parser.add_argument("--no-variants", dest="variants", action="store_false")
    parser.add_argument("--no-limit", dest="limit", action="store_false", help="leave `limit` out")
    options = report.with_usual(parser.parse_args(), USUAL)
    options.variants &= options.statuses and not options.quick
    return options


async def measure(options: Namespace, database: Database) -> Mapping[str, object]:
    """Return what the relay did, and what share that is of what is possible."""
    manner = Manner(options.in_a_row, options.statuses, options.message_batch, options.status_batch)
    limits = _limit(options, manner)
    channels = numbers(1 if options.shape == "hot-channel" else options.channels)
    open_ones = max(options.open, options.live or 0)
    async with running(database, channels, open_ones, manner) as run:
        wake(run, options)
        figures = _runs(run, options)
    limits += [] if options.quick else _limit(options, manner)
    return {**figures, **_share(figures, limits)}


def wake(run: Running, options: Namespace) -> None:
    """Wake as many conversations as `--live` says, or as the pair limit makes necessary."""
    run.wake(options.live or options.senders)
    if options.live is None:
        rate = run.full(PROBE_SECONDS, options.senders)["messages_per_second"]
        runs = options.runs * (1.5 + 0.75 * len(VARIANTS) * options.variants)
        needed = rate * options.seconds * runs / MESSAGES_PER_TALK
        bearable = PATIENCE * run.waking["messages_per_second"] / 2
        run.wake(max(1, int(min(needed, bearable, options.open - options.senders))))


def _limit(options: Namespace, manner: Manner) -> list[Figures]:
    if not options.limit:
        return []
    seconds = min(LIMIT_SECONDS, options.seconds)
    return [limit.measure(seconds, LIMIT_SENDERS, evolve(manner, in_a_row=1))]


def _share(figures: Mapping[str, object], limits: list[Figures]) -> Mapping[str, object]:
    if not limits:
        return {}
    bare = report.middle(limits)
    rate, cpu = figures["messages_per_second"], figures["cpu_us_per_message"]
    assert isinstance(rate, float)
    assert isinstance(cpu, float)
    return {
        "share_of_limit": round(rate / bare["messages_per_second"], 3),
        "share_of_limit_by_cpu": round(bare["cpu_us_per_message"] / cpu, 3),
        "limit": bare,
    }


def _runs(run: Running, options: Namespace) -> dict[str, object]:
    size, said = run.database.size(), run.traffic.arrived
    full = [run.full(options.seconds, options.senders) for _ in range(options.runs)]
    rate = options.rate or report.middle(full)["messages_per_second"] / 2
    turns = rate / options.in_a_row
    half = [shaping.part(run, options.shape, turns, options.seconds) for _ in range(options.runs)]
    grown = _growth(run.database, size, run.traffic.arrived - said)
    at_full, at_half = report.middle(full), report.middle(half)
    figures: dict[str, object] = {
        "graph_protocol": "+".join(sorted(run.load.sink.protocols)),
        "shape": options.shape,
        "conversations_open": options.open,
        "conversations_live": len(run.traffic.lanes) // 2,
        "statuses_per_message": 3 if options.statuses else 0,
        "statuses_per_post": options.status_batch,
        "runs": options.runs,
        "seconds_per_run": options.seconds,
        "messages_per_second": at_full["messages_per_second"],
        "messages_per_second_noise": report.noise(full, "messages_per_second"),
        "cpu_us_per_message": at_full["cpu_us_per_message"],
        "cpu_us_per_message_noise": report.noise(full, "cpu_us_per_message"),
        **{name: value for name, value in at_half.items() if name.startswith(("ack", "relay_p"))},
        **grown,
        **_pause(run.serve.port),
        "waking": report.middle([run.waking]),
        "full_load": at_full,
        "half_load": {"asked_per_second": round(rate, 1), **at_half},
        **_variants(run, options),
    }
    run.traffic.check()
    return figures


def _variants(run: Running, options: Namespace) -> dict[str, object]:
    """Return what other manners give at full load; nothing when it must be quick."""
    if not options.variants:
        return {}
    figures: dict[str, object] = {}
    for name, manner in VARIANTS.items():
        run.traffic.behave(manner)
        runs = [run.full(options.seconds / 2, options.senders) for _ in range(options.runs)]
        figures[name] = report.middle(runs)
    return figures


def _pause(port: int) -> dict[str, float]:
    longest = scraping.longest_pause(scraping.page(port))
    return {} if longest is None else {"longest_pause_ms": round(1000 * longest, 2)}


def _growth(database: Database, before: int | None, messages: int) -> dict[str, float]:
    after = database.size()
    if before is None or after is None:
        return {}
    return {"file_bytes_per_message": round((after - before) / messages, 1)}


if __name__ == "__main__":
    main()
