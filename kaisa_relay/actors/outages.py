"""What we know of our own outages: those that are over, and the one that is on.

Rule 1: no deadline fires while we cannot hear people or speak to them.
Rule 2: when we can again, the domain decides where the deadlines that fell due meanwhile go.
"""

from collections import deque
from datetime import datetime
from typing import Final

from attrs import define, field

from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.outage import NOISE, Outage
from kaisa_relay.runtime.clock import WallClock

REMEMBERED: Final = 64
"""Past outages kept per scope; a deadline older than that many outages is simply due."""


@define(eq=False)
class Outages:
    """The outages of the process and database (everybody's), and of Graph per channel."""

    wall: WallClock
    _past: deque[tuple[ChannelId | None, Outage]] = field(factory=lambda: deque(maxlen=REMEMBERED))
    _since: dict[ChannelId | None, datetime] = field(factory=dict)

    def began(self, channel: ChannelId | None, at: datetime) -> None:
        """Something is away since `at`; None stands for the process or the database."""
        self._since.setdefault(channel, at)

    def ended(self, channel: ChannelId | None) -> None:
        """It is back; harmless when it never was away."""
        began = self._since.pop(channel, None)
        if began is not None:
            self.record(channel, Outage(began, self.wall()))

    def record(self, channel: ChannelId | None, outage: Outage) -> None:
        """Remember an outage that is over, if it was long enough to matter."""
        if outage.length > NOISE:
            self._past.append((channel, outage))

    def covering(self, channel: ChannelId, due: datetime) -> Outage | None:
        """Return the latest outage in which a deadline of this channel fell due."""
        for scope, outage in reversed(self._past):
            if scope in (None, channel) and outage.began < due <= outage.ended:
                return outage
        return None

    def holds(self, channel: ChannelId, due: datetime) -> bool:
        """Say whether an outage longer than noise is on that had begun before `due`."""
        now = self.wall()
        starts = (self._since.get(None), self._since.get(channel))
        return any(began and began < due and now - began > NOISE for began in starts)
