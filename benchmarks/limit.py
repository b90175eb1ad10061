"""The physical limit of this machine: the same work done bare, by a process without a product.

Per message four POSTs in (one message, three statuses: HMAC, httptools, msgspec), four rows in a
group commit with an fsync, one POST out over HTTP/2: the same bytes, the same load, the same core.
"""

import socket
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import pace, processes, report
from benchmarks.bodies import Person
from benchmarks.load import Load, open_load
from benchmarks.metering import Figures, Meter
from benchmarks.serving import free_ports
from benchmarks.templates import Party
from benchmarks.traffic import Manner, Talk

WARM_UP: Final = 1_000
MESSAGES_PER_TALK: Final = 80
"""What the pair limit lets two people say both ways, nearly."""
LIKELY_MOST: Final = 12_000
"""Messages a second that no machine of today exceeds here; conversations are made for it."""
UP_WITHIN: Final = 10.0


def main() -> None:
    """Measure and print."""
    options = _options()
    before = processes.machine()
    manner = Manner(statuses=options.statuses, status_batch=options.status_batch)
    runs = [measure(options.seconds, options.senders, manner) for _ in range(options.runs)]
    figures = {
        "statuses_per_message": 3 if options.statuses else 0,
        "runs": options.runs,
        "seconds_per_run": options.seconds,
        **report.middle(runs),
        "messages_per_second_noise": report.noise(runs, "messages_per_second"),
        "cpu_us_per_message_noise": report.noise(runs, "cpu_us_per_message"),
    }
    show = {"benchmark": "limit", "database": "sqlite", **before, **figures}
    report.show("limit: the same work, bare", show, options.json)


def _options() -> Namespace:
    parser = report.arguments("The same work, bare.", databases=False)
    parser.add_argument("--seconds", type=float, help="of one run")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--senders", type=int, default=256, help="people who write at once")
    parser.add_argument("--no-statuses", dest="statuses", action="store_false")
    parser.add_argument("--status-batch", type=int, default=1, help="statuses in one POST")
    return report.with_usual(parser.parse_args(), {"seconds": (1.0, 4.0), "runs": (2, 5)})


def measure(seconds: float, senders: int, manner: Manner) -> Figures:
    """Return what a bare relay does in one run, on the core that the relay has otherwise."""
    bare_cores, load_cores = processes.split_cores()
    with (
        TemporaryDirectory(prefix="kaisa-bench-") as name,
        processes.pinned(load_cores),
        open_load(Path(name)) as load,
        _bare(load, Path(name), bare_cores) as (pid, port),
    ):
        traffic = load.aim(port, manner)
        load.open(_strangers(int(seconds * LIKELY_MOST + WARM_UP) // MESSAGES_PER_TALK))
        pace.once_each(load.loop, traffic, WARM_UP, senders)
        load.forget_samples()
        meter, before = Meter(pid), traffic.arrived
        meter.start()
        pace.at_most(load.loop, traffic, seconds, senders)
        figures = meter.figures(traffic.arrived - before)
        traffic.check()
        return figures | load.latencies()


def _strangers(count: int) -> Iterator[Talk]:
    for number in range(1, count + 1):
        visitor = Person("Vera Visitor", f"4670{1_000_000 + number}", "200000000000001")
        agent = Person("Anna Agent", f"4673{1_000_000 + number}", "200000000000001")
        yield Talk(Party.of(visitor), Party.of(agent))


@contextmanager
def _bare(load: Load, folder: Path, cores: set[int]) -> Iterator[tuple[int, int]]:
    (port,) = free_ports(1)
    given = [str(port), load.sink.url, str(load.certificate), str(folder / "bare.db")]
    with processes.pinned(cores):
        process = Popen([sys.executable, "-m", "benchmarks.bare", *given])
    try:
        _wait_until_up(process, port)
        yield process.pid, port
    finally:
        process.kill()
        process.wait()


def _wait_until_up(process: "Popen[bytes]", port: int) -> None:
    end = time.monotonic() + UP_WITHIN
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise RuntimeError("the bare relay did not start")


if __name__ == "__main__":
    main()
