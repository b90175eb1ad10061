"""A channel number: its limits, the 24-hour window, and the choice among several.

Rule 1: pacing is a GCRA: a bucket is one instant, the time at which it would be empty again.
Rule 2: a window belongs to a (channel, person) pair and is opened by that person's messages only.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.domain.phone import Phone

WINDOW: Final = timedelta(hours=24)
PAIR_INTERVAL: Final = 6.0
"""Seconds per message from one number to one person, in the long run (Cloud API, "Pair rate")."""
PAIR_BURST: Final = 45
"""Messages that may go at once to one person, owed back afterwards."""


@frozen
class Channel:
    """One business number of a workspace; `throughput` is messages per second, in and out.

    A `draining` one takes no new conversations; those that it has go on.
    """

    workspace: WorkspaceId
    id: ChannelId
    phone_number_id: str
    phone: Phone
    portfolio: str
    app: str = ""
    throughput: int = 80
    waba: str = ""
    draining: bool = False


def window_open(inbound_at: datetime | None, at: datetime) -> bool:
    """Say whether free-form messages may be sent to somebody who last wrote at `inbound_at`."""
    return inbound_at is not None and at < inbound_at + WINDOW


@frozen
class Pace:
    """A GCRA limit: one message per `interval` seconds, `burst` of them at once when rested."""

    interval: float
    burst: int

    @property
    def capacity(self) -> float:
        """Seconds that a full bucket takes to empty."""
        return self.interval * self.burst

    def wait(self, empty_at: float, now: float) -> float:
        """Return the seconds until one more message conforms; 0 when it does now."""
        return max(0.0, max(empty_at, now) - now - self.interval * (self.burst - 1))

    def spend(self, empty_at: float, now: float) -> float:
        """Return the bucket's new instant after one more message."""
        return max(empty_at, now) + self.interval


PAIR: Final = Pace(PAIR_INTERVAL, PAIR_BURST)


def throughput(messages_per_second: int) -> Pace:
    """Return the pace of a number that may carry so many messages a second."""
    return Pace(1 / messages_per_second, messages_per_second)


def choose(free: Iterable[tuple[Channel, int]]) -> Channel | None:
    """Choose the channel that carries the fewest live conversations; the oldest among equals."""
    best = min(free, key=lambda pair: (pair[1], pair[0].id), default=None)
    return best[0] if best else None
