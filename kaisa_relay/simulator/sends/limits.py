"""Rate limits as GCRA: one number of memory per limited thing, and debt comes for free."""

from attrs import field, frozen


@frozen
class Gcra:
    """One arrival per `interval` seconds, of which `burst` may come at once."""

    interval: float
    burst: int

    def due(self, earlier: float | None, now: float) -> float | None:
        """The next theoretical arrival time if one more may come at `now`, or None if it may
        not.
        """
        start = max(now, earlier if earlier is not None else now)
        # A hair of tolerance: the last message of a burst must not fail on floating point.
        if start - now > (self.burst - 1) * self.interval + 1e-9:
            return None
        return start + self.interval

    def charge(self, earlier: float | None, now: float) -> float:
        """As `due`, for what cannot be refused (an inbound message): the debt grows."""
        return max(now, earlier if earlier is not None else now) + self.interval


# One message per 6 s to one person, 45 at once, borrowed from the quota that follows.
PAIR_LIMIT = Gcra(interval=6.0, burst=45)


def throughput_limit(per_second: int) -> Gcra:
    """A channel's limit, counted over both directions."""
    return Gcra(interval=1 / per_second, burst=per_second)


@frozen
class Meters:
    """The state of every limit: when each next theoretical message is due, on Trio's clock."""

    pairs: dict[tuple[str, str], float] = field(factory=dict)
    channels: dict[str, float] = field(factory=dict)
    calls: dict[str, float] = field(factory=dict)
