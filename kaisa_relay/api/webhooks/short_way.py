"""The ordinary webhook past Quart, which costs as much as everything else that an ack takes.

Rule 1: what is unusual in any way (no length, too large, slow, another method or address) goes
the long way untouched, so every refusal stays the one of `webhooks` and `problems`.
Rule 2: a body that is short of its length is never handed to the lane.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import trio
from attrs import define, field, frozen

from kaisa_relay.api.dependencies import WebhookReceiver
from kaisa_relay.api.dependencies import receive as receive_webhook

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]

PATH: Final = "/webhooks/whatsapp"
LARGEST: Final = 256 * 1024
"""Bytes; larger ones are rare, and their cost is not Quart."""
PROMPT: Final = 2.0
"""Seconds in which the whole body is here, or its deadline is Quart's business."""
HEADERS: Final = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


@define(eq=False)
class Arriving:
    """A request's events, which can be told again to whoever answers instead."""

    receive: Receive
    _events: list[Event] = field(factory=list)

    async def body(self, length: int) -> bytes | None:
        """Return the whole body; None when it is not here promptly, or not of this length."""
        body = bytearray()
        with trio.move_on_after(PROMPT):
            while len(body) < length:
                event = await self.receive()
                self._events.append(event)
                if event["type"] != "http.request" or not event.get("body"):
                    return None
                body += event["body"]
        return bytes(body) if len(body) == length else None

    async def again(self) -> Event:
        """Return what was received already, event by event, then what comes."""
        return self._events.pop(0) if self._events else await self.receive()


@frozen
class ShortWay:
    """An ASGI application around another one: takes ordinary webhooks, hands on all else."""

    lane: WebhookReceiver
    app: Asgi

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request."""
        length = _ordinary(scope)
        if length is None:
            await self.app(scope, receive, send)
            return
        arriving = Arriving(receive)
        body = await arriving.body(length)
        if body is None:
            await self.app(scope, arriving.again, send)
            return
        signature = _header(scope, b"x-hub-signature-256")
        text = None if signature is None else signature.decode("latin-1")
        await _answer(send, *await receive_webhook(self.lane, "", text, body))


def _ordinary(scope: Any) -> int | None:
    """Return the length of an ordinary webhook's body; None for any other request."""
    if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
        return None
    given = _header(scope, b"content-length")
    if given is None or not given.isdigit() or len(given) > len(str(LARGEST)):
        return None
    return int(given) if 0 < int(given) <= LARGEST else None


def _header(scope: Any, wanted: bytes) -> bytes | None:
    """Return a header that is there exactly once."""
    found = [value for name, value in scope["headers"] if name == wanted]
    return found[0] if len(found) == 1 else None


async def _answer(send: Send, status: int, said: bytes) -> None:
    length = (b"content-length", str(len(said)).encode())
    start = {"type": "http.response.start", "status": status, "headers": [*HEADERS, length]}
    await send(start)
    await send({"type": "http.response.body", "body": said, "more_body": False})
