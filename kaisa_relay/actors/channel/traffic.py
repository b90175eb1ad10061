"""What a number may carry: messages in and out together count towards its throughput.

Rule 1: what comes in is counted and never refused; what goes out asks first (reference, 4.8).
Rule 2: it belongs to the channel's slot, so that a crash of its actor forgets nothing.
"""

from typing import Final

from attrs import define, field

from kaisa_relay.domain.channel import Channel, Pace

MINUTE: Final = 60.0
FEWEST_CALLS: Final = 16
LONG_ANSWER: Final = 0.25
"""Seconds: with answers as slow as this a number still sends as fast as it may."""


def calls_at_once(channel: Channel) -> int:
    """Return how many calls a number needs under way to send as fast as it may."""
    return max(FEWEST_CALLS, int(channel.throughput * LONG_ANSWER))


@define(eq=False)
class Counted:
    """Messages of late: this minute's and the one's before it; instants are on Trio's clock."""

    _minute: int = 0
    _this: int = 0
    _before: int = 0

    def add(self, now: float) -> None:
        """Count one."""
        self._turn(int(now // MINUTE))
        self._this += 1

    def last_minute(self, now: float) -> int:
        """Return how many there were in the last sixty seconds, as if spread evenly."""
        self._turn(int(now // MINUTE))
        return self._this + round(self._before * (1 - now % MINUTE / MINUTE))

    def _turn(self, minute: int) -> None:
        if minute == self._minute:
            return
        self._before = self._this if minute == self._minute + 1 else 0
        self._minute, self._this = minute, 0


@define(eq=False)
class Traffic:
    """A number's bucket; instants are on Trio's clock."""

    pace: Pace
    counted: Counted = field(factory=Counted)
    _empty_at: float = 0.0

    def slot(self, now: float) -> float:
        """Return when one more message may go out; it is counted from then on."""
        self.counted.add(now)
        at = now + self.pace.wait(self._empty_at, now)
        self._empty_at = self.pace.spend(self._empty_at, now)
        return at

    def received(self, now: float) -> None:
        """Count a message that came in; a flood of them holds up what goes out for one burst."""
        self.counted.add(now)
        full = now + 2 * self.pace.capacity
        self._empty_at = max(self._empty_at, min(self.pace.spend(self._empty_at, now), full))

    def take_spare(self, now: float) -> bool:
        """Say whether there is room for a call that is no message, and count it if there is.

        Half of what the number may carry at once is kept for messages.
        """
        if (self._empty_at - now) * 2 >= self.pace.capacity:
            return False
        self._empty_at = self.pace.spend(self._empty_at, now)
        return True
