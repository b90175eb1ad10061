"""What a business sends: the body of `POST /{phone_number_id}/messages`, checked the way Meta
checks it.

Rule 1: everything that can be refused without knowing people, windows or limits is refused here.
Rule 2: nothing here awaits, reads a clock, or keeps anything.
"""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen

from ..errors import GraphError
from .interactive import interactive_problems
from .shapes import bad, length_problems, missing, unexpected

Payload = dict[str, Any]

_OPAQUE_LENGTH = 512
_CAPTION_LENGTH = 1024
_FILENAME_LENGTH = 240
_TEXT_LENGTH = 4096


@frozen
class Outgoing:
    """A well-formed message.

    `to` and `recipient` are as typed; `body` is the object under `kind`.
    """

    kind: str
    body: Any
    to: str | None
    recipient: str | None
    quoted: str | None = None
    opaque: str | None = None


@frozen
class ReadMark:
    """The business has read a message of a person, and perhaps types."""

    wamid: str
    typing: bool


def parse_outgoing(data: object) -> Outgoing | ReadMark | GraphError:
    """The message in a decoded JSON body, or the first thing Meta would refuse in it."""
    if not isinstance(data, dict):
        return unexpected("The body must be a JSON object")
    if data.get("messaging_product") != "whatsapp":
        return unexpected("The parameter messaging_product is required and must be 'whatsapp'")
    if "status" in data:
        return _parse_read_mark(data)
    problem = next(_envelope_problems(data), None)
    if problem is not None:
        return problem
    kind = data.get("type", "text")
    problem = next(_body_problems(kind, data.get(kind)), None)
    if problem is not None:
        return problem
    context = data.get("context") or {}
    return Outgoing(
        kind=kind,
        body=data[kind],
        to=data.get("to"),
        recipient=data.get("recipient"),
        quoted=context.get("message_id"),
        opaque=data.get("biz_opaque_callback_data"),
    )


def _parse_read_mark(data: Payload) -> ReadMark | GraphError:
    if data["status"] != "read":
        return bad("status must be 'read'")
    if not isinstance(data.get("message_id"), str):
        return missing("message_id")
    typing = data.get("typing_indicator")
    if typing is not None and typing != {"type": "text"}:
        return bad("typing_indicator.type must be 'text'")
    return ReadMark(wamid=data["message_id"], typing=typing is not None)


def _envelope_problems(data: Payload) -> Iterator[GraphError]:
    for name in ("to", "recipient", "type", "biz_opaque_callback_data"):
        if name in data and not isinstance(data[name], str):
            yield unexpected(f"{name} must be a string")
    if not data.get("to") and not data.get("recipient"):
        yield unexpected("The parameter to is required")
    if data.get("recipient_type", "individual") != "individual":
        yield bad("recipient_type must be 'individual'")
    context = data.get("context")
    if context is not None and not (
        isinstance(context, dict) and isinstance(context.get("message_id"), str)
    ):
        yield bad("context.message_id must be a string")
    if len(data.get("biz_opaque_callback_data", "")) > _OPAQUE_LENGTH:
        yield bad(f"biz_opaque_callback_data is longer than {_OPAQUE_LENGTH} characters")


def _body_problems(kind: str, body: object) -> Iterator[GraphError]:
    check = _CHECKS.get(kind)
    if check is None:
        yield unexpected(f"type must be one of {', '.join(_CHECKS)}")
        return
    if kind == "contacts":
        yield from _contacts_problems(body)
    elif not isinstance(body, dict):
        yield missing(kind)
    else:
        yield from check(body)


def _text_problems(body: Payload) -> Iterator[GraphError]:
    yield from length_problems(body, "body", "text.body", 1, _TEXT_LENGTH)


def _media_problems(body: Payload) -> Iterator[GraphError]:
    if not isinstance(body.get("id"), str) and not isinstance(body.get("link"), str):
        yield unexpected("A media object needs either id or link")
    link = body.get("link")
    if isinstance(link, str) and not link.startswith(("http://", "https://")):
        yield unexpected("link must start with http:// or https://")
    yield from length_problems(body, "caption", "caption", 0, _CAPTION_LENGTH)


def _bare_media_problems(body: Payload) -> Iterator[GraphError]:
    yield from _media_problems(body)
    if "caption" in body:
        yield unexpected("caption is not allowed for this type")


def _document_problems(body: Payload) -> Iterator[GraphError]:
    yield from _media_problems(body)
    yield from length_problems(body, "filename", "document.filename", 0, _FILENAME_LENGTH)


def _audio_problems(body: Payload) -> Iterator[GraphError]:
    yield from _bare_media_problems(body)
    if not isinstance(body.get("voice", False), bool):
        yield bad("audio.voice must be true or false")


def _location_problems(body: Payload) -> Iterator[GraphError]:
    for name, limit in (("latitude", 90), ("longitude", 180)):
        try:
            value = float(body.get(name, "missing"))
        except (TypeError, ValueError):
            yield missing(f"location.{name}")
            return
        if abs(value) > limit:
            yield bad(f"location.{name} is out of range")


def _reaction_problems(body: Payload) -> Iterator[GraphError]:
    if not isinstance(body.get("message_id"), str):
        yield missing("reaction.message_id")
    if not isinstance(body.get("emoji"), str):
        yield missing("reaction.emoji")


def _contacts_problems(body: object) -> Iterator[GraphError]:
    if not isinstance(body, list) or not 1 <= len(body) <= 5:
        yield bad("contacts must hold 1 to 5 contacts")
        return
    for card in body:
        name = card.get("name") if isinstance(card, dict) else None
        if not isinstance(name, dict) or not name.get("formatted_name"):
            yield missing("contacts.name.formatted_name")


def _template_problems(body: Payload) -> Iterator[GraphError]:
    if not isinstance(body.get("name"), str):
        yield missing("template.name")
    language = body.get("language")
    if not isinstance(language, dict) or not isinstance(language.get("code"), str):
        yield missing("template.language.code")
    components = body.get("components", [])
    if not _objects(components):
        yield bad("template.components must be an array of objects")
        return
    if not all(_objects(component.get("parameters", [])) for component in components):
        yield bad("template.components.parameters must be an array of objects")


def _objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


_CHECKS: dict[str, Callable[[Payload], Iterator[GraphError]]] = {
    "text": _text_problems,
    "image": _media_problems,
    "video": _media_problems,
    "document": _document_problems,
    "audio": _audio_problems,
    "sticker": _bare_media_problems,
    "location": _location_problems,
    "contacts": _contacts_problems,
    "reaction": _reaction_problems,
    "interactive": interactive_problems,
    "template": _template_problems,
}
