"""Interactive messages: what Meta refuses in them, and which answers they offer a person."""

from collections.abc import Iterator
from typing import Any

from ..errors import GraphError
from .shapes import bad, length_problems, missing, unexpected

Payload = dict[str, Any]

_LOOSE_KINDS = (
    "location_request_message",
    "flow",
    "request_contact_info",
    "product",
    "product_list",
    "catalog_message",
    "address_message",
)
_NAMED_ACTIONS = {
    "location_request_message": "send_location",
    "request_contact_info": "request_contact_info",
}
_HEADER_KINDS = ("text", "image", "video", "document")


def interactive_problems(body: Payload) -> Iterator[GraphError]:
    """Every problem of the object under `interactive`, most outward first."""
    kind = body.get("type")
    if kind not in ("button", "list", "cta_url", *_LOOSE_KINDS):
        yield bad("interactive.type is not a known type")
        return
    action = body.get("action")
    if not isinstance(action, dict):
        yield missing("interactive.action")
        return
    yield from _around_problems(body, 4096 if kind == "list" else 1024)
    if kind == "button":
        yield from _button_problems(action)
    elif kind == "list":
        yield from _list_problems(action)
    elif kind == "cta_url":
        yield from _link_problems(action)
    elif kind in _NAMED_ACTIONS and action.get("name") != _NAMED_ACTIONS[kind]:
        yield bad(f"interactive.action.name must be {_NAMED_ACTIONS[kind]}")


def _around_problems(body: Payload, longest: int) -> Iterator[GraphError]:
    text = body.get("body")
    if not isinstance(text, dict):
        yield missing("interactive.body")
        return
    yield from length_problems(text, "text", "interactive.body.text", 1, longest)
    footer = body.get("footer")
    if isinstance(footer, dict):
        yield from length_problems(footer, "text", "interactive.footer.text", 1, 60)
    yield from _header_problems(body)


def _header_problems(body: Payload) -> Iterator[GraphError]:
    header = body.get("header")
    if header is None:
        return
    allowed = ("text",) if body["type"] == "list" else _HEADER_KINDS
    if not isinstance(header, dict) or header.get("type") not in allowed:
        yield bad(f"interactive.header.type must be one of {', '.join(allowed)}")
    elif header["type"] == "text":
        yield from length_problems(header, "text", "interactive.header.text", 1, 60)
    elif not _has_medium(header.get(header["type"])):
        yield unexpected("A media object needs either id or link")


def _has_medium(medium: object) -> bool:
    return isinstance(medium, dict) and any(
        isinstance(medium.get(name), str) for name in ("id", "link")
    )


def _button_problems(action: Payload) -> Iterator[GraphError]:
    buttons = action.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        yield bad("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
        return
    for button in buttons:
        reply = button.get("reply") if isinstance(button, dict) else None
        if not isinstance(reply, dict):
            yield missing("interactive.action.buttons.reply")
            return
        yield from length_problems(reply, "id", "Button id", 1, 256)
        yield from length_problems(reply, "title", "Button title", 1, 20)
    for name in ("id", "title"):
        if len({button["reply"][name] for button in buttons}) < len(buttons):
            yield bad(f"Button {name}s must be unique")


def _list_problems(action: Payload) -> Iterator[GraphError]:
    yield from length_problems(action, "button", "interactive.action.button", 1, 20)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= 10:
        yield bad("interactive.action.sections must hold 1 to 10 sections")
        return
    rows: list[Any] = []
    for section in sections:
        if not isinstance(section, dict) or not isinstance(section.get("rows"), list):
            yield missing("interactive.action.sections.rows")
            return
        if len(sections) > 1:
            yield from length_problems(section, "title", "Section title", 1, 24)
        rows += section["rows"]
    yield from _row_problems(rows)


def _row_problems(rows: list[Any]) -> Iterator[GraphError]:
    if not 1 <= len(rows) <= 10:
        yield bad("Total row count exceed max allowed count: 10")
    for row in rows:
        if not isinstance(row, dict):
            yield bad("A row must be an object")
            return
        yield from length_problems(row, "id", "Row id", 1, 200)
        yield from length_problems(row, "title", "Row title", 1, 24)
        yield from length_problems(row, "description", "Row description", 0, 72)
    if len({row["id"] for row in rows}) < len(rows):
        yield bad("Row ids must be unique")


def _link_problems(action: Payload) -> Iterator[GraphError]:
    parameters = action.get("parameters")
    if action.get("name") != "cta_url" or not isinstance(parameters, dict):
        yield missing("interactive.action.parameters")
        return
    yield from length_problems(parameters, "display_text", "display_text", 1, 20)
    if not str(parameters.get("url", "")).startswith(("http://", "https://")):
        yield bad("interactive.action.parameters.url must be a link")
