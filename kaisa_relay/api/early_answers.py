"""Reads what a client still sends after it was refused, so that its connection ends well.

Hypercorn hands the body on through a bounded queue. When an application has answered and nobody
takes from that queue any more, the connection's reader waits for room for ever, its idle timeout
is off, and socket and tasks stay even after the client has gone.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import trio
from attrs import define, field

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Event = dict[str, Any]

REST_WITHIN: Final = 2.0
"""Seconds for which the rest of a refused body is read; then the connection is closed."""
MOST_READ: Final = 4 * 1024 * 1024
"""Bytes of a body that are read in all before the connection is closed."""


class EarlyAnswers:
    """An ASGI application around another one, which may answer before the body has come."""

    def __init__(self, app: Asgi) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand on; the answer's end is sent when the body has ended, or is given up."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send)
        await self._app(scope, exchange.take, exchange.give)
        await exchange.finish()


@define(eq=False)
class _Exchange:
    """One request and its answer."""

    receive: Callable[[], Awaitable[Event]]
    send: Callable[[Event], Awaitable[None]]
    _size: int = 0
    _enough: trio.Event = field(factory=trio.Event)
    _end: Event | None = None

    async def take(self) -> Event:
        event = await self.receive()
        if event["type"] == "http.request":
            self._size += len(event.get("body", b""))
        if not event.get("more_body", False) or self._size > MOST_READ:
            self._enough.set()
        return event

    async def give(self, event: Event) -> None:
        if event["type"] == "http.response.body" and not event.get("more_body", False):
            self._end = event  # not from within the application, which is cancelled when it is sent
        else:
            await self.send(event)

    async def finish(self) -> None:
        if self._end is None:
            return  # the client has gone, or the application crashed
        if self._enough.is_set() and self._size <= MOST_READ:
            await self.send(self._end)
            return
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._discard, name="rest of a body")
            with trio.move_on_after(REST_WITHIN):
                await self._enough.wait()
            await self.send(self._end)
            nursery.cancel_scope.cancel()

    async def _discard(self) -> None:
        while (await self.take())["type"] != "http.disconnect":
            pass
