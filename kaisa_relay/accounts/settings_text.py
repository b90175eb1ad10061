"""A workspace's settings as they travel in JSON: durations as `30m`, hours and texts as objects.

Rule 1: a setting is known here by being one of `WorkspaceSettings`; nothing is listed twice.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import asdict, evolve, fields, frozen

from kaisa_relay.accounts.agents import HoursText
from kaisa_relay.accounts.changes import TextOverride
from kaisa_relay.accounts.validation import hours_problems, settings_problems
from kaisa_relay.accounts.workspace_settings import WorkspaceSettings
from kaisa_relay.domain.durations import BadDuration, read_duration, write_duration

_LONGEST: Final = timedelta(days=3650)
_NAMES: Final = tuple(each.name for each in fields(WorkspaceSettings))
_FIRST: Final = WorkspaceSettings()


@frozen
class Wrong:
    """What is wrong with one setting."""

    field: str
    reason: str


class _Mistaken(Exception):
    """A value of the wrong kind; its text says what is wanted."""


def write_settings(settings: WorkspaceSettings) -> dict[str, Any]:
    """Return every setting, ready for JSON."""
    return {name: _written(getattr(settings, name)) for name in _NAMES}


def _written(value: object) -> Any:
    match value:
        case timedelta():
            return write_duration(value)
        case HoursText() | TextOverride():
            return asdict(value)
        case tuple():
            return [_written(each) for each in value]
        case _:
            return value


def read_changes(
    settings: WorkspaceSettings, changes: Mapping[str, Any]
) -> dict[str, Any] | tuple[Wrong, ...]:
    """Return the changed settings by name, or everything that is wrong with them."""
    read: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for name, value in changes.items():
        if name not in _NAMES:
            wrong.append(Wrong(name[:64], f"is unknown; known are {', '.join(_NAMES)}"))
            continue
        try:
            read[name] = _READ[name](value)
        except _Mistaken as mistaken:
            wrong.append(Wrong(name, str(mistaken)))
        else:
            wrong += [Wrong(name, each) for each in _problems(settings, name, read[name])]
    return tuple(wrong) or read


def _problems(settings: WorkspaceSettings, name: str, value: Any) -> list[str]:
    """Say what this one change would make wrong."""
    if name == "hours":
        return list(hours_problems(value))
    before = set(settings_problems(settings))
    after = settings_problems(evolve(settings, **{name: value}))
    return [each for each in after if each not in before]


def _duration(value: object) -> timedelta:
    read = read_duration(_text(value), timedelta(), _LONGEST)
    if isinstance(read, BadDuration):
        raise _Mistaken(read.reason)
    return read


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Mistaken("must be a text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Mistaken("must be true or false")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Mistaken("must be a whole number")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Mistaken("must be a list of texts")
    return tuple(_text(each) for each in value)


def _hours(value: object) -> HoursText | None:
    match value:
        case None:
            return None
        case {"zone": str(zone), "week": str(week), **rest} if rest.keys() <= {"days"}:
            return HoursText(zone, week, _texts(rest.get("days", [])))
        case _:
            raise _Mistaken("must be null, or an object with zone, week and, if wanted, days")


def _overrides(value: object) -> tuple[TextOverride, ...]:
    if not isinstance(value, list):
        raise _Mistaken("must be a list of texts with key, language and text")
    return tuple(map(_override, value))


def _override(value: object) -> TextOverride:
    match value:
        case {"key": str(key), "language": str(language), "text": str(text), **rest} if not rest:
            return TextOverride(key, language, text)
        case _:
            raise _Mistaken("must be a list of texts with key, language and text")


def _reader(name: str) -> Callable[[object], Any]:
    match getattr(_FIRST, name):
        case timedelta():
            return _duration
        case bool():
            return _flag
        case int():
            return _number
        case _:
            return {"hours": _hours, "texts": _overrides, "agent_fields": _texts}.get(name, _text)


_READ: Final = {name: _reader(name) for name in _NAMES}
