"""The other side of the relay in one process: people who write, and the Graph API that answers.

Rule 1: it runs between awaits, never beside them: meanwhile nothing else of this process does.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import define, field

from benchmarks import certificate, report
from benchmarks.eventloop import EventLoop
from benchmarks.posting import Poster
from benchmarks.sink import Sink
from benchmarks.traffic import Manner, Talk, Traffic

CONNECTIONS: Final = 256
"""Meta's connections, each with one POST under way at most."""


@define(eq=False)
class Load:
    """The loop and what hangs on it; there is traffic once it was aimed."""

    loop: EventLoop
    sink: Sink
    certificate: Path
    _traffic: Traffic | None = field(default=None)

    @property
    def traffic(self) -> Traffic:
        """Return what `aim` made."""
        assert self._traffic is not None
        return self._traffic

    def aim(self, port: int, manner: Manner, connections: int = CONNECTIONS) -> Traffic:
        """Have people write to the webhooks on this port."""
        traffic = self._traffic = Traffic(Poster(self.loop, port, connections), manner)
        self.sink.take = traffic.take
        return traffic

    def open(self, talks: Iterable[Talk]) -> None:
        """Give the people their conversations."""
        self.traffic.open(talks)
        gc.collect()
        gc.freeze()

    def forget_samples(self) -> None:
        """Begin a run."""
        self.traffic.relays.clear()
        self.traffic.poster.acks.clear()

    def latencies(self) -> dict[str, float]:
        """Return the percentiles of what was sampled since then, in milliseconds."""
        acks, relays = self.traffic.poster.acks, self.traffic.relays
        return {**report.percentiles("ack", acks), **report.percentiles("relay", relays)}


@contextmanager
def open_load(folder: Path, tls: bool = True) -> Iterator[Load]:
    """Open the sink, with a certificate of its own in this folder."""
    path = certificate.make(folder)
    loop = EventLoop()
    sink = Sink(loop, lambda message: None, certificate.server_context(path) if tls else None)
    load = Load(loop, sink, path)
    try:
        yield load
    finally:
        if load._traffic is not None:
            load.traffic.poster.close()
        sink.close()
        loop.close()
