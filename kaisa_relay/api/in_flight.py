"""Counts the requests that are being answered, so that a stop can wait for exactly those.

Hypercorn's own graceful stop waits for idle keep-alive connections as well, until its timeout.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import trio

Asgi = Callable[[Any, Any, Any], Awaitable[None]]

LOOK_EVERY: Final = 0.02


class InFlight:
    """An ASGI application around another one."""

    def __init__(self, app: Asgi) -> None:
        self.count = 0
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand on, and count what is not the server's own start and stop."""
        counted = scope["type"] != "lifespan"
        self.count += counted
        try:
            await self._app(scope, receive, send)
        finally:
            self.count -= counted

    async def wait_answered(self) -> None:
        """Return once nothing is being answered."""
        while self.count:  # noqa: ASYNC110 - waited for once, at the end
            await trio.sleep(LOOK_EVERY)
