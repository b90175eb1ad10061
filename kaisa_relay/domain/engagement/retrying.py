"""How often a delivery is tried, and when an endpoint is left alone for a while.

Rule 1: a delivery is tried for seven days, first soon and then twice a day.
Rule 2: what the receiver says of when to come back is obeyed, within those days.
"""

from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, frozen

TRIED_FOR: Final = timedelta(days=7)
FIRST: Final = timedelta(seconds=5)
FACTOR: Final = 3
LONGEST: Final = timedelta(hours=12)
SPREAD: Final = 0.2
"""A wait is up to so much shorter or longer, so that what failed together is not tried together."""

OPENS_AFTER: Final = 5
"""Failures in a row after which only one delivery at a time is tried at an endpoint."""
FIRST_REST: Final = timedelta(seconds=10)
LONGEST_REST: Final = timedelta(minutes=15)


def next_attempt(
    since: datetime,
    at: datetime,
    attempts: int,
    chance: float,
    asked: timedelta | None = None,
) -> datetime | None:
    """Return when to try again what is due `since`; None once its time is over.

    `attempts` have been made, the last one `at`; `chance` is from 0 to 1; `asked` is what the
    receiver's `Retry-After` said.
    """
    longest = max(LONGEST // FIRST, 1)
    wait: timedelta = min(FIRST * min(FACTOR ** min(attempts - 1, 20), longest), LONGEST)
    wait *= 1 - SPREAD + 2 * SPREAD * chance
    end = since + TRIED_FOR
    if at + wait > end:
        return None
    # Who asks for longer than there is, often by mistake, is tried a last time at the end.
    return min(at + max(wait, min(asked or wait, TRIED_FOR)), end)


@frozen
class Breaker:
    """What is known of an endpoint's health: failures in a row, and until when it rests."""

    failures: int = 0
    until: datetime | None = None

    def failed(self, at: datetime) -> "Breaker":
        """Return what is known after a failure."""
        failures = self.failures + 1
        if failures < OPENS_AFTER:
            return evolve(self, failures=failures)
        rest = min(FIRST_REST * 2 ** min(failures - OPENS_AFTER, 20), LONGEST_REST)
        return Breaker(failures, at + rest)

    @property
    def open(self) -> bool:
        """Whether it is rather tried than used."""
        return self.failures >= OPENS_AFTER
