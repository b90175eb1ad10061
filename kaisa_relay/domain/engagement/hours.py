"""When people may be reached: outside their quiet hours, by the clock on their wall."""

import re
from typing import Any, Final

from attrs import frozen

from kaisa_relay.domain.engagement.definition import BadDefinition, Json, join, members, words
from kaisa_relay.domain.schedule import BadSchedule, Schedule, read_schedule

LONGEST: Final = 500
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_WHOLE_WEEK: Final = "mon-sun"


@frozen
class Hours:
    """A zone and the quiet hours of every day, as `21:00-08:00`."""

    zone: str
    quiet: str
    schedule: Schedule
    """When it is not quiet."""

    def write(self) -> dict[str, Any]:
        """Write them as their author would."""
        return {"zone": self.zone, "quiet": self.quiet}


def read_hours(value: Json, path: str) -> Hours:
    """Read `{"zone": "Europe/Stockholm", "quiet": "21:00-08:00"}`. Raises `BadDefinition`."""
    given = members(value, path, ("zone", "quiet"))
    zone = words(given["zone"], join(path, "zone"), LONGEST)
    quiet = words(given["quiet"], join(path, "quiet"), LONGEST)
    begins, _, ends = quiet.partition("-")
    if not (_CLOCK.fullmatch(begins) and _CLOCK.fullmatch(ends)) or begins == ends:
        raise BadDefinition(join(path, "quiet"), "must be like 21:00-08:00")
    schedule = read_schedule(zone, f"{_WHOLE_WEEK} {ends}-{begins}")
    if isinstance(schedule, BadSchedule):
        raise BadDefinition(join(path, "zone"), schedule.reason)
    return Hours(zone, quiet, schedule)
