"""How many requests somebody may make: a bucket each, in memory.

Rule 1: a refused request costs nothing, so a client that waits as told is let in.
Rule 2: the table is bounded; who was not seen for longest is forgotten, and so is rested.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from ipaddress import IPv6Address, ip_address
from typing import Final

from attrs import frozen

from kaisa_relay.domain.channel import Pace

MOST_KNOWN: Final = 10_000


KEY_PACE: Final = Pace(interval=1 / 100, burst=200)
ADDRESS_PACE: Final = Pace(interval=1 / 10, burst=20)


@frozen
class Limits:
    """The paces: for each key, and for each address that shows no valid one."""

    key: Pace = KEY_PACE
    address: Pace = ADDRESS_PACE


class Limiter:
    """Buckets of one pace; `clock` is in seconds and never goes back."""

    def __init__(
        self, pace: Pace, clock: Callable[[], float], most_known: int = MOST_KNOWN
    ) -> None:
        self._pace = pace
        self._clock = clock
        self._most_known = most_known
        self._empty_at: OrderedDict[Hashable, float] = OrderedDict()

    def wait(self, who: Hashable) -> float:
        """Return the seconds after which a request would be let in, and count none."""
        now = self._clock()
        return self._pace.wait(self._empty_at.get(who, now), now)

    def spend(self, who: Hashable) -> float:
        """Count one request and return 0, or the seconds after which one will be let in."""
        now = self._clock()
        empty_at = self._empty_at.get(who, now)
        wait = self._pace.wait(empty_at, now)
        if wait > 0:
            return wait
        self._empty_at[who] = self._pace.spend(empty_at, now)
        self._empty_at.move_to_end(who)
        if len(self._empty_at) > self._most_known:
            self._empty_at.popitem(last=False)
        return 0.0

    def __len__(self) -> int:
        """Return how many are known."""
        return len(self._empty_at)


def neighbourhood(address: str) -> str:
    """Return what shares a bucket: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return parsed.exploded[:19]
    return address
