"""Who watches the live feed, and what they are sent."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

FRAMES: Final = ("snapshot", "events", "gap", "error")
"""0 from the start."""


class FeedCounts:
    """Counts frames by their type, and the events in them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        frames = Counter("kaisa_feed_frames", "Frames sent", ["frame"], registry=registry)
        self._frames = {frame: frames.labels(frame) for frame in FRAMES}
        self._events = Counter("kaisa_feed_events", "Events in frames", registry=registry)
        self._watchers = Gauge("kaisa_feed_watchers", "Who watches now", registry=registry)

    def count(self, frame: str, events: int) -> None:
        """Count one frame."""
        self._frames[frame].inc()
        self._events.inc(events)

    def watch(self, watchers: Callable[[], int]) -> None:
        """Ask this for how many watch whenever the page is read."""
        self._watchers.set_function(watchers)
