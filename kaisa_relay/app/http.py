"""HTTP: the API on Hypercorn, and webhooks on a listener of their own where one is set.

Served until the stop, and to the end of what was asked before it.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from socket import IPPROTO_TCP, TCP_USER_TIMEOUT
from typing import Any, Final

import structlog
import trio
from hypercorn.config import Config, Sockets
from hypercorn.middleware import ProxyFixMiddleware
from hypercorn.trio import serve

from kaisa_relay.api.early_answers import EarlyAnswers
from kaisa_relay.api.in_flight import InFlight
from kaisa_relay.app.building import Relay
from kaisa_relay.app.connections import contain_connections
from kaisa_relay.app.webhooks import start_webhooks
from kaisa_relay.listener import Listener
from kaisa_relay.settings import Settings

logger = structlog.get_logger()

GRACEFUL_SECONDS: Final = 10.0
"""How long a stop waits for requests that were begun."""
STALLED_SECONDS: Final = 20.0
"""How long a client may take nothing of what it was sent."""
LARGEST_FRAME: Final = 16 * 1024
"""Bytes that a watcher of the feed may send at once; more is closed with 1009."""
PING_SECONDS: Final = 20.0
"""So that a proxy does not take a quiet feed for a dead one."""


async def serve_http(
    built: Relay, stop: Callable[[], Awaitable[None]], task_status: trio.TaskStatus[str]
) -> None:
    """Answer until `stop` returns, and then what was asked before it."""
    answering = InFlight(EarlyAnswers(built.api()))
    app: Any = answering
    if built.settings.public_url.startswith("https:"):
        # We speak no TLS, so a proxy does, and it says who is calling (the limit per address).
        app = ProxyFixMiddleware(answering, mode="legacy", trusted_hops=1)
    async with trio.open_nursery() as http:
        webhooks = await start_webhooks(built, http)
        listen = partial(serve, app, mode="asgi")
        [url, *_] = await http.start(listen, http_config(built.settings), name="http")
        logger.info("serving", url=url)
        task_status.started(url)
        await stop()
        built.hub.close()
        with trio.move_on_after(GRACEFUL_SECONDS):
            await _answered(answering, webhooks)
        http.cancel_scope.cancel()


async def _answered(answering: InFlight, webhooks: Listener | None) -> None:
    """Take nothing more, and return when what was asked before is answered."""
    async with trio.open_nursery() as both:
        both.start_soon(answering.wait_answered, name="requests in flight")
        if webhooks is not None:
            both.start_soon(webhooks.stop, name="webhooks in flight")


class _Config(Config):
    """Hypercorn waits for ever for a client who takes nothing, and for ever when told to stop.

    Sockets inherit the timeout from the one that listens; the kernel ends such a connection.
    """

    stalled_seconds: float = STALLED_SECONDS

    def create_sockets(self) -> Sockets:
        """Return the listening sockets."""
        sockets = super().create_sockets()
        for opened in sockets.insecure_sockets:
            opened.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, round(self.stalled_seconds * 1000))
        return sockets


def http_config(settings: Settings, stalled_seconds: float = STALLED_SECONDS) -> Config:
    """Return Hypercorn's settings: one bind, no access log, bounded patience.

    Where they are used, no connection ends the server.
    """
    contain_connections()
    config = _Config()
    config.stalled_seconds = stalled_seconds
    config.bind = [str(settings.bind)]
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")  # and so through our own format
    config.loglevel = "WARNING"
    config.include_server_header = False
    config.websocket_max_message_size = LARGEST_FRAME
    config.websocket_ping_interval = PING_SECONDS
    return config
