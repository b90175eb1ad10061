"""How often a trigger starts for one visitor.

Rule 1: it is counted in starts: all steps that one event starts are one.
"""

from datetime import timedelta
from typing import Any, Final

from attrs import frozen

from kaisa_relay.domain.durations import BadDuration, read_duration, write_duration
from kaisa_relay.domain.engagement.definition import BadDefinition, Json, part, words

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
    given = part(value, path, ("times", "per"))
    read = Limit(given.read("times", _times, 1), given.read("per", _per, LONGEST))
    given.check()
    return read


def _times(value: Json, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_TIMES:
        raise BadDefinition(path, f"must be a whole number from 1 to {MOST_TIMES}")
    return value


def _per(value: Json, path: str) -> timedelta:
    read = read_duration(words(value, path, _LONGEST_TEXT), SHORTEST, LONGEST)
    if isinstance(read, BadDuration):
        raise BadDefinition(path, read.reason)
    return read
