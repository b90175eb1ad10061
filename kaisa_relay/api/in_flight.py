"""Counts the requests that are being answered, so that a stop can wait for exactly those.

Hypercorn's own graceful stop waits for idle keep-alive connections as well, until its timeout.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import trio

Asgi = Callable[[Any, Any, Any], Awaitable[None]]

LOOK_EVERY: Final = 0.02
_CLOSING: Final = [(b"retry-after", b"5"), (b"connection", b"close")]


class InFlight:
    """An ASGI application around another one."""

    def __init__(self, app: Asgi) -> None:
        self.count = 0
        self._app = app
        self._closing = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand on, and count what is not the server's own start and stop."""
        if self._closing and scope["type"] == "http":
            await send({"type": "http.response.start", "status": 503, "headers": _CLOSING})
            await send({"type": "http.response.body", "body": b"stopping; try again"})
            return
        counted = scope["type"] != "lifespan"
        self.count += counted
        try:
            await self._app(scope, receive, send)
        finally:
            self.count -= counted

    async def wait_answered(self) -> None:
        """Refuse new requests (503), and return once those before them are answered."""
        self._closing = True
        while self.count:  # noqa: ASYNC110 - waited for once, at the end
            await trio.sleep(LOOK_EVERY)
