"""What every command is given, and the kinds of value that several of them take."""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click
from attrs import frozen

from kaisa_relay.domain.durations import BadDuration, read_duration
from kaisa_relay.settings import Settings, from_environment

SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(days=3650)
"""What may be typed; each setting may have narrower bounds of its own."""


@frozen
class Options:
    """The options before the command; commands take them with `click.pass_obj`."""

    config: Path | None = None

    def settings(self, required: Collection[str] = ()) -> Settings:
        """Return this process's settings, or raise `SettingsError`."""
        return from_environment(self.config, required)


class Duration(click.ParamType[timedelta]):
    """A time such as 120s, 10m, 24h or 90d."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the time, or say how one is written."""
        if isinstance(value, timedelta):
            return value
        time = read_duration(str(value), SHORTEST, LONGEST)
        if isinstance(time, BadDuration):
            self.fail(f"a time {time.reason}", param, ctx)
        return time


DURATION: Final = Duration()
