"""CPU time of all who take part, and what it comes to per message."""

import os
from time import perf_counter

from attrs import define, frozen

from benchmarks import processes

Figures = dict[str, float]


@frozen
class Clocks:
    """CPU seconds of the measured process, of the database server, of this process; the wall's."""

    relay: float
    database: float
    load: float
    wall: float


@define
class Meter:
    """Reads the clocks at the beginning and the end of a run; `database` is its server's pid."""

    pid: int
    database: int | None = None
    _began: Clocks | None = None

    def start(self) -> None:
        """Begin to count."""
        self._began = self._read()

    def seconds(self) -> float:
        """Return the time since `start`."""
        assert self._began is not None
        return perf_counter() - self._began.wall

    def figures(self, messages: int) -> Figures:
        """Return what so many messages cost since `start`, and whose core was busy."""
        assert self._began is not None
        began, ended = self._began, self._read()
        wall = ended.wall - began.wall
        figures = {
            "seconds": wall,
            "messages_per_second": messages / wall,
            "cpu_us_per_message": 1e6 * (ended.relay - began.relay) / messages,
            "relay_core_share": (ended.relay - began.relay) / wall,
            "load_core_share": (ended.load - began.load) / wall,
        }
        if self.database is not None:
            spent = ended.database - began.database
            figures["database_cpu_us_per_message"] = 1e6 * spent / messages
        return figures

    def _read(self) -> Clocks:
        return Clocks(
            processes.cpu_seconds(self.pid),
            processes.tree_cpu_seconds(self.database) if self.database else 0.0,
            processes.cpu_seconds(os.getpid()),
            perf_counter(),
        )
