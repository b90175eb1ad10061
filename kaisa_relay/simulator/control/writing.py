"""What a person writes, from a control call: any type, with a file or without."""

import base64
import binascii
from typing import Any

from ..config import ChannelConfig
from ..media.kinds import KINDS, LARGEST
from ..media.samples import SAMPLES
from ..media.store import File, Media, Medium
from ..people.inbound import Written
from ..people.person import Person
from ..people.second_thoughts import unsupported_message
from ..world import World
from .calls import ControlProblem

Payload = dict[str, Any]

_KEPT = ("context", "errors", "referral", "timestamp")
_FILE = ("data", "mime_type", "filename")
_OURS = ("wamid", "reply_to", "forwarded", *_FILE)
_FORWARDED = {
    False: {}, True: {"forwarded": True}, "frequently": {"frequently_forwarded": True},
}  # fmt: skip


def read_written(world: World, channel: ChannelConfig, person: Person, body: Payload) -> Written:
    """The message in the body of `POST /_sim/people/{number}/send`.

    `text`, or `type` and the object of that type (or `body`); `voice` is audio. A medium has
    `data` (base64, with `mime_type` and `filename`), or `id` in its object, or else is a sample.
    """
    ours = {name: body.pop(name, None) for name in _OURS}
    for name in ("wamid", "reply_to", *_FILE):
        if not isinstance(ours[name], str | None):
            raise ControlProblem(400, f"{name} must be a string")
    spoken = body.get("type") == "voice"
    message = _message(_as_audio(body) if spoken else body)
    message["context"] = _context(world, channel, person, ours) | message.get("context", {})
    if not message["context"]:
        del message["context"]
    medium = None
    kind = message["type"]
    if kind in KINDS and isinstance(message[kind], dict) and "id" not in message[kind]:
        file = read_file("voice" if spoken else kind, ours)
        medium = keep(world.media, channel, file)
    elif any(ours[name] is not None for name in _FILE):
        raise ControlProblem(400, "data, mime_type and filename go with a medium without id")
    return Written(message, ours["wamid"], medium)


def keep(media: Media, channel: ChannelConfig, file: File) -> Medium:
    """Put a person's file where the business fetches it from, for seven days."""
    if len(file.data) > LARGEST:
        raise ControlProblem(413, f"a phone sends at most {LARGEST} bytes")
    return media.add(file, "inbound", channel.phone_number_id, channel.waba)


def read_file(kind: str, given: Payload) -> File:
    """The file in a call, or the sample of its kind."""
    sample_type, sample_name, sample = SAMPLES[kind]
    if given.get("data") is None:
        return File(sample, sample_type, given.get("filename") or sample_name)
    try:
        data = base64.b64decode(given["data"], validate=True)
    except binascii.Error as problem:
        raise ControlProblem(400, "data must be base64") from problem
    return File(data, given.get("mime_type") or sample_type, given.get("filename"))


def _as_audio(body: Payload) -> Payload:
    content = body.pop("voice", body.pop("audio", body.pop("body", {})))
    if not isinstance(content, dict):
        raise ControlProblem(400, "voice must be an object")
    return body | {"type": "audio", "audio": {"voice": True} | content}


def _context(world: World, channel: ChannelConfig, person: Person, ours: Payload) -> Payload:
    forwarded = ours["forwarded"] or False
    if not isinstance(forwarded, bool | str) or forwarded not in _FORWARDED:
        raise ControlProblem(400, 'forwarded must be true, false or "frequently"')
    context: Payload = dict(_FORWARDED[forwarded])
    reply_to = ours["reply_to"]
    if reply_to is not None:
        writer = person.wa_id if reply_to in world.heard else channel.number
        context |= {"from": writer, "id": reply_to}
    return context


def _message(body: Payload) -> Payload:
    kind = body.get("type", "text")
    content = body.get(kind, body.get("body")) if isinstance(kind, str) else None
    if kind == "text" and isinstance(content, str):
        content = {"body": content}
    kept = {name: body[name] for name in _KEPT if name in body}
    if not isinstance(kept.get("context", {}), dict):
        raise ControlProblem(400, "context must be an object")
    if kind == "unsupported" and isinstance(content, str | None):
        return kept | unsupported_message(content or "unknown")
    if not isinstance(kind, str) or not isinstance(content, dict | list):
        raise ControlProblem(400, "give text, or type and an object named like the type (or body)")
    extra = set(body) - {"type", kind, "body", "text", *_KEPT}
    if extra:
        raise ControlProblem(400, f"unknown field {sorted(extra)[0]!r}")
    return kept | {"type": kind, kind: content}
