"""What operators watch: counters and histograms as things happen, gauges when somebody asks.

Rule 1: no label holds an id, a number, a name or a text; labels are ours, or Meta's error codes.
Rule 2: counting never waits, never fails and costs the same however much was counted before.
"""

from kaisa_relay.metrics.counters import Metrics
from kaisa_relay.metrics.gauges import Gauges, Sources
from kaisa_relay.metrics.rows import RowCounts, count_rows
from kaisa_relay.metrics.webhooks import TimedLane

__all__ = ["Gauges", "Metrics", "RowCounts", "Sources", "TimedLane", "count_rows"]
