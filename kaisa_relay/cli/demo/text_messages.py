"""The demo's provider of text messages: takes over loopback what the relay's trigger sends.

Rule 1: what comes again under its id is the same message; a trigger may have to try twice.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

import msgspec
import trio
from attrs import define, field, frozen

from kaisa_relay.cli.demo.people import PATIENCE, Missing
from kaisa_relay.listener import Listener, Request, Respond, Response
from kaisa_relay.runtime.clock import system_clock

REQUEST: Final[dict[str, Any]] = {
    "format": "json",
    "body": {"to": "{{ to }}", "text": "{{ text }}", "id": "{{ id }}"},
    "success": {"field": "answer.status", "eq": "queued"},
}
"""How this provider wants to be asked, as an endpoint of the kind `sms` says it."""

_QUEUED: Final = Response(200, ((b"content-type", b"application/json"),), b'{"status":"queued"}')
_BAD: Final = Response(HTTPStatus.BAD_REQUEST)


@frozen
class TextMessage:
    """A text message as it was handed in; `id` is the delivery's, the same at each try."""

    to: str
    text: str = field(repr=False)
    id: str


@define(eq=False)
class Provider:
    """Everything that was handed in."""

    url: str = ""
    taken: dict[str, TextMessage] = field(factory=dict)
    """By id."""
    _news: trio.Event = field(factory=trio.Event)

    def take(self, request: Request, respond: Respond) -> None:
        """Answer the relay."""
        try:
            message = msgspec.json.decode(request.body, type=TextMessage)
        except msgspec.DecodeError:
            respond(_BAD)
            return
        if message.id not in self.taken:
            self.taken[message.id] = message
            self._news.set()
            self._news = trio.Event()
        respond(_QUEUED)

    def sent_to(self, number: str) -> tuple[TextMessage, ...]:
        """Return what somebody was sent, in order."""
        return tuple(message for message in self.taken.values() if message.to == number)

    async def wait(self, number: str) -> TextMessage:
        """Return the first message to a number. Raises `Missing`."""
        with trio.move_on_after(PATIENCE):
            while not self.sent_to(number):
                await self._news.wait()
            return self.sent_to(number)[0]
        raise Missing(f"no text message for {number} in {PATIENCE:.0f} s")


@asynccontextmanager
async def texting() -> AsyncIterator[Provider]:
    """Serve on any port of loopback until the block ends."""
    provider = Provider()
    listener = Listener(provider.take, system_clock)
    (socket,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with trio.open_nursery() as nursery:
        await nursery.start(listener.run, [socket])
        provider.url = f"http://127.0.0.1:{socket.socket.getsockname()[1]}/messages"
        yield provider
        nursery.cancel_scope.cancel()
