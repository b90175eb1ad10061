"""What every command is given, and the kinds of value that several of them take."""

import re
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click
from attrs import frozen

from kaisa_relay.settings import Settings, from_environment

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


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
        match = re.fullmatch(r"([1-9][0-9]{0,8})([smhd])", str(value), re.ASCII)
        if match is None:
            self.fail("a time is a number with its unit: 120s, 10m, 24h or 90d", param, ctx)
        return timedelta(**{_UNITS[match[2]]: int(match[1])})


DURATION: Final = Duration()
