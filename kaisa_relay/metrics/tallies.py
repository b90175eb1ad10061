"""Counts of what happens with every message: plain numbers, made into metrics when asked for.

Rule 1: counted on the event loop alone, so there is no lock; a scrape may be a moment late.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import inf

from attrs import define, field
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector


class Tally(Collector):
    """A counter, for each combination of its labels that ever came."""

    def __init__(self, name: str, says: str, *labels: str) -> None:
        self._name, self._says, self._labels = name, says, labels
        self.counts: dict[tuple[str, ...], int] = {} if labels else {(): 0}

    def add(self, count: int, *values: str) -> None:
        """Count so many."""
        self.counts[values] = self.counts.get(values, 0) + count

    def collect(self) -> Iterator[Metric]:
        """Return the metric."""
        family = CounterMetricFamily(self._name, self._says, labels=self._labels)
        for values, count in list(self.counts.items()):
            family.add_metric(values, count)
        yield family


@define(eq=False)
class Spread(Collector):
    """A histogram; `bounds` are the upper ends of its buckets."""

    name: str
    says: str
    bounds: Sequence[float]
    _counts: list[int] = field(init=False)
    _sum: float = field(default=0.0, init=False)

    def __attrs_post_init__(self) -> None:
        self._counts = [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Count one."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self._sum += value

    def collect(self) -> Iterator[Metric]:
        """Return the metric."""
        whole, buckets = 0, []
        for bound, count in zip((*self.bounds, inf), self._counts, strict=True):
            whole += count
            buckets.append(("+Inf" if bound == inf else str(float(bound)), whole))
        family = HistogramMetricFamily(self.name, self.says)
        family.add_metric([], buckets, self._sum)
        yield family
