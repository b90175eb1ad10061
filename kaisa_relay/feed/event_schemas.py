"""The JSON schema of every event, from the classes that the events are.

Rule 1: what `domain.public_events` shows is described here, and nothing else is.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from types import NoneType, UnionType
from typing import Any, Final, NewType, Union, get_args, get_origin, get_type_hints

import attrs

from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.public_events import TYPES, id_prefix
from kaisa_relay.domain.requester import PREFIXES, Requester

Schema = dict[str, Any]

_PLAIN: Final[Mapping[object, Schema]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    datetime: {"type": "string", "format": "date-time"},
    timedelta: {"type": "string", "description": "A time such as 120s, 10m, 24h or 90d."},
    NoneType: {"type": "null"},
}


def event_schemas() -> dict[str, Schema]:
    """Return a CloudEvents schema for each type, by the type's name."""
    return {name: _event(name, of) for of, name in TYPES.items()}


def _event(name: str, of: type[Event]) -> Schema:
    text = {"type": "string"}
    shown = _members(of)
    del shown["properties"]["at"]
    shown["required"].remove("at")
    properties = {
        "specversion": {"const": "1.0"},
        "id": text | {"description": "Unique in its workspace."},
        "source": text | {"format": "uri-reference"},
        "type": {"const": name},
        "time": _PLAIN[datetime],
        "datacontenttype": {"const": "application/json"},
        "data": shown,
    }
    required = list(properties)
    properties["subject"] = text | {"description": "The conversation's id."}
    about = (of.__doc__ or name).partition("\n")[0]
    return {
        "title": name,
        "description": about,
        "type": "object",
        "properties": properties,
        "required": required,
    }


def _members(of: type) -> Schema:
    hints = get_type_hints(of)
    properties = {field.name: _schema(hints[field.name]) for field in attrs.fields(of)}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schema(declared: Any) -> Schema:
    if get_origin(declared) in (Union, UnionType):
        return _either([_schema(each) for each in get_args(declared)])
    if get_origin(declared) is tuple:
        return {"type": "array", "items": _schema(get_args(declared)[0])}
    prefix = id_prefix(declared)
    if prefix is not None:
        return _id(prefix)
    if isinstance(declared, NewType):
        return _schema(declared.__supertype__)
    return dict(_PLAIN[declared]) if declared in _PLAIN else _class(declared)


def _class(declared: type) -> Schema:
    if issubclass(declared, IntEnum):
        return {"type": "string", "enum": [each.name.lower() for each in declared]}
    if issubclass(declared, Enum):
        return {"type": "string", "enum": [each.value for each in declared]}
    if declared is Requester:
        return _either(
            [
                _object({"kind": {"const": kind.value}, "id": _id(prefix)})
                for kind, prefix in PREFIXES.items()
            ]
        )
    return _members(declared)


def _id(prefix: str) -> Schema:
    return {"type": "string", "pattern": f"^{prefix}_"}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _either(options: list[Schema]) -> Schema:
    return options[0] if len(options) == 1 else {"anyOf": options}
