"""What we know of our own outages: those that are over, and the one that is on.

Rule 1: no deadline fires while we cannot hear people or speak to them.
Rule 2: when we can again, the domain decides where the deadlines that fell due meanwhile go.
"""

from collections import deque
from datetime import datetime, timedelta
from typing import Final

import trio
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
    _answered: float | None = None
    """When the database last did, on Trio's clock: it is noted many times per message."""

    def store_answered(self) -> None:
        """The database answered: whatever was on with it is over."""
        if None in self._since:
            self.ended(None)
        self._answered = trio.current_time()

    def store_lost(self) -> None:
        """The database does not answer; it is away since it last did, as far as we know."""
        ago = trio.current_time() - self._answered if self._answered is not None else 0.0
        self.began(None, self.wall() - timedelta(seconds=ago))

    def on(self, channel: ChannelId) -> bool:
        """Say whether this channel's WhatsApp is away right now."""
        return channel in self._since

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
        """Say whether an outage is on that had begun before `due`.

        Whether it is longer than noise shows at its end: until then nobody is held to anything.
        """
        starts = (self._since.get(None), self._since.get(channel))
        return any(began is not None and began < due for began in starts)
