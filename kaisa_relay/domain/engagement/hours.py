"""When people may be reached: outside their quiet hours, by the clock on their wall."""

import re
from typing import Any, Final

from attrs import frozen

from kaisa_relay.domain.engagement.definition import BadDefinition, Json, part, words
from kaisa_relay.domain.schedule import BadSchedule, Schedule, read_schedule

LONGEST: Final = 500
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_WHOLE_WEEK: Final = "mon-sun"
_SOME: Final = "21:00-08:00"
"""In the place of hours that could not be read: the zone is judged all the same."""


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
    given = part(value, path, ("zone", "quiet"))
    quiet = given.read("quiet", _quiet, _SOME)
    begins, _, ends = quiet.partition("-")

    def scheduled(each: Json, where: str) -> tuple[str, Schedule] | None:
        zone = words(each, where, LONGEST)
        schedule = read_schedule(zone, f"{_WHOLE_WEEK} {ends}-{begins}")
        if isinstance(schedule, BadSchedule):
            raise BadDefinition(where, schedule.reason)
        return zone, schedule

    known = given.read("zone", scheduled, None)
    given.check()
    assert known is not None
    zone, schedule = known
    return Hours(zone, quiet, schedule)


def _quiet(value: Json, path: str) -> str:
    quiet = words(value, path, LONGEST)
    begins, _, ends = quiet.partition("-")
    if not (_CLOCK.fullmatch(begins) and _CLOCK.fullmatch(ends)) or begins == ends:
        raise BadDefinition(path, "must be like 21:00-08:00")
    return quiet
