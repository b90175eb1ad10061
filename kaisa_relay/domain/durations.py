"""Durations as people and programs write them: `90s`, `30m`, `24h`, `7d`."""

import re
from datetime import timedelta
from typing import Final

from attrs import frozen

_FORM: Final = re.compile(r"([0-9]{1,7})([smhd])", re.ASCII)
_SECONDS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@frozen
class BadDuration:
    """The text is no duration we take; `reason` tells its author why."""

    reason: str


def read_duration(text: str, least: timedelta, most: timedelta) -> timedelta | BadDuration:
    """Read a duration between two bounds, both included."""
    match = _FORM.fullmatch(text)
    if match is None:
        return BadDuration("must be a whole number with s, m, h or d, such as 24h")
    duration = timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    if not least <= duration <= most:
        return BadDuration(f"must be between {write_duration(least)} and {write_duration(most)}")
    return duration


def write_duration(duration: timedelta) -> str:
    """Write a duration in the largest unit that keeps it whole; parts of a second are cut."""
    seconds = int(duration.total_seconds())
    for unit, length in _SECONDS.items():
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return "0s"
