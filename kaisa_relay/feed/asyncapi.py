"""The AsyncAPI 3.0 document of the feed, from the types that travel in it."""

from typing import Any, Final

import msgspec
from msgspec.json import schema_components

from kaisa_relay.feed.event_schemas import event_schemas
from kaisa_relay.feed.frames import LARGEST, Error, Gap, Subscribe

_ABOUT: Final = (
    "What happens in a workspace: what is so, then every event after it, in order and once. "
    "Open it with a key of the scope `feed:read` or a ticket of `POST /feed/tickets`, subscribe, "
    "keep the position of the last frame and subscribe after it when you come back."
)
_TOLD: Final = {
    "snapshot": "What is so at a position; first, when a subscription names none",
    "events": "What happened, in order; `position` is that of the last event looked at",
    "gap": "The watcher reads too slowly and has to subscribe again after this position",
    "error": "Why the server is about to close",
}
"""What the server sends, by the frame's type."""
_ASKED: Final = "subscribe"
_CLOSES: Final = (
    "1001: the server is going away. 1008: the frame before says why. "
    f"1009: a frame above {LARGEST} bytes. 1013: the database is away. "
    "4401: the key or session has ended."
)


def document(standing: type[msgspec.Struct], version: str) -> dict[str, Any]:
    """Return the document of a feed whose snapshots hold such a struct."""
    names = [_ASKED, *_TOLD]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "kaisa_relay live feed", "version": version, "description": _ABOUT},
        "defaultContentType": "application/json",
        "channels": {"feed": _channel(names)},
        "operations": {
            "subscribe": _operation("receive", [_ASKED]),
            "watch": _operation("send", list(_TOLD)),
        },
        "components": {
            "messages": {name: _message(name) for name in names},
            "schemas": _schemas(standing),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "ticket": {"type": "httpApiKey", "in": "query", "name": "ticket"},
            },
        },
    }


def _channel(names: list[str]) -> dict[str, Any]:
    query = {"type": "object", "properties": {"ticket": {"type": "string"}}}
    return {
        "address": "/feed",
        "description": f"A WebSocket. It is closed with a code. {_CLOSES}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET", "query": query}},
    }


def _operation(action: str, names: list[str]) -> dict[str, Any]:
    schemes = ("key", "ticket")
    return {
        "action": action,
        "channel": {"$ref": "#/channels/feed"},
        "messages": [{"$ref": f"#/channels/feed/messages/{name}"} for name in names],
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in schemes],
    }


def _message(name: str) -> dict[str, Any]:
    summary = _TOLD.get(name, "What the watcher wants to see; replaces the subscription before")
    payload = {"$ref": f"#/components/schemas/{name.capitalize()}"}
    return {"name": name, "summary": summary, "payload": payload}


def _schemas(standing: type[msgspec.Struct]) -> dict[str, Any]:
    snapshot = msgspec.defstruct(
        "Snapshot", [("position", str)], bases=(standing,), tag="snapshot", frozen=True,
        kw_only=True,
    )  # fmt: skip
    shapes = (Subscribe, snapshot, Gap, Error)
    _, schemas = schema_components(shapes, ref_template="#/components/schemas/{name}")
    events = event_schemas()
    return {**schemas, "Events": _events(list(events)), **events}


def _events(types: list[str]) -> dict[str, Any]:
    properties = {
        "type": {"const": "events"},
        "position": {"type": "string"},
        "events": {
            "type": "array",
            "items": {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in types]},
        },
    }
    return {
        "title": "Events",
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }
