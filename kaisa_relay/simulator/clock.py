"""The simulator's clock: Trio's and the wall's, with what they have been moved forward by."""

from collections.abc import Callable
from datetime import datetime, timedelta

import trio


class Clock:
    """Time for everything that WhatsApp measures: windows, limits, expiry, statuses, retries."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self.ahead = 0.0

    def time(self) -> float:
        """Seconds on a clock of no particular zero."""
        return trio.current_time() + self.ahead

    def now(self) -> datetime:
        """The instant that webhooks and phones show."""
        return self._wall() + timedelta(seconds=self.ahead)
