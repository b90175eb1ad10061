"""A stretch of time in which we could not work: process, database or Graph away.

Rule 1: a person is not held to a deadline that ran while we could not hear them (guarantee 7).
Rule 2: outages of 30 seconds or less are noise.
"""

from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

NOISE: Final = timedelta(seconds=30)
LEAST_GRACE: Final = timedelta(seconds=60)


@frozen
class Outage:
    """From the last moment known to be good to the first good one after it."""

    began: datetime
    ended: datetime

    @property
    def length(self) -> timedelta:
        """How long nobody could be served."""
        return self.ended - self.began


def moved_deadline(due: datetime, own: timedelta, outage: Outage | None) -> datetime | None:
    """Return where a deadline of length `own` moves that fell due in this outage, else None."""
    if outage is None or outage.length <= NOISE or not outage.began < due <= outage.ended:
        return None
    return outage.ended + max(LEAST_GRACE, min(outage.length, own))
