"""How often a trigger starts for one visitor.

Rule 1: it is counted in starts: all steps that one event starts are one.
"""

from datetime import timedelta
from typing import Any, Final

from attrs import frozen

from kaisa_relay.domain.durations import BadDuration, read_duration, write_duration
from kaisa_relay.domain.engagement.definition import BadDefinition, Json, join, members, words

MOST_TIMES: Final = 100
SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=30)
"""For as long starts are remembered."""
_LONGEST_TEXT: Final = 20


@frozen
class Limit:
    """So many times in so long, at most."""

    times: int
    per: timedelta

    def reached(self, starts: int) -> bool:
        """Say whether it has started often enough in that time."""
        return starts >= self.times

    @property
    def why(self) -> str:
        """Why a delivery was cancelled by it."""
        return f"its visitor has had enough of this trigger: {self.times} per {self._per}"

    def write(self) -> dict[str, Any]:
        """Write it as its author would."""
        return {"times": self.times, "per": self._per}

    @property
    def _per(self) -> str:
        return write_duration(self.per)


def read_limit(value: Json, path: str) -> Limit:
    """Read `{"times": 1, "per": "7d"}`. Raises `BadDefinition`."""
    given = members(value, path, ("times", "per"))
    times, per = given["times"], words(given["per"], join(path, "per"), _LONGEST_TEXT)
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= MOST_TIMES:
        raise BadDefinition(join(path, "times"), f"must be a whole number from 1 to {MOST_TIMES}")
    read = read_duration(per, SHORTEST, LONGEST)
    if isinstance(read, BadDuration):
        raise BadDefinition(join(path, "per"), read.reason)
    return Limit(times, read)
