"""Answers that never arrive: the request is worked off, then the connection closes without a
response.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

import httpx
import trio

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
AsgiApp = Callable[[Any, Any, Any], Awaitable[Any]]

# A response with this header is thrown away; the header itself never leaves the process.
DROP_HEADER = "x-simulator-drop"

# The socket the request came in on; the server sets it before Hypercorn gets the connection.
CONNECTION: ContextVar[trio.abc.AsyncResource | None] = ContextVar("connection", default=None)


class DroppingApp:
    """The ASGI app around the web app.

    Without a socket (in-process) a drop is httpx's own error for it.
    """

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, and close its connection if the answer is marked."""
        dropped = False

        async def send_unless_dropped(event: Scope) -> None:
            nonlocal dropped
            if event["type"] == "http.response.start":
                dropped = any(name.lower() == DROP_HEADER.encode() for name, _ in event["headers"])
            if not dropped:
                await send(event)

        await self._app(scope, receive, send_unless_dropped)
        if not dropped:
            return
        connection = CONNECTION.get()
        if connection is None:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        await connection.aclose()
