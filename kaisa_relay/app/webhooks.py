"""Webhooks on a bind of their own, past Hypercorn and Quart; the main port takes them as well."""

import structlog
import trio

from kaisa_relay.api.webhooks.listener import WebhookAnswers, refuse
from kaisa_relay.app.building import Relay
from kaisa_relay.listener import Listener
from kaisa_relay.settings import Bind

logger = structlog.get_logger()


async def start_webhooks(built: Relay, nursery: trio.Nursery) -> Listener | None:
    """Start the lean listener, where one is set. Raises `OSError`, which says what to set."""
    bind = built.settings.webhook_bind
    if bind is None:
        return None
    listener = Listener(WebhookAnswers(built.webhooks()), built.context.wall, refuse=refuse)
    sockets = await _open(bind)
    await nursery.start(listener.run, sockets, name="webhooks")
    host, port, *_ = sockets[0].socket.getsockname()
    logger.info("serving webhooks", url=f"http://{Bind(host, port)}")
    return listener


async def _open(bind: Bind) -> list[trio.SocketListener]:
    try:
        return await trio.open_tcp_listeners(bind.port, host=bind.host)
    except OSError as reason:
        raise OSError(
            f"cannot listen on {bind} (KAISA_WEBHOOK_BIND): {reason.strerror}"
        ) from reason
