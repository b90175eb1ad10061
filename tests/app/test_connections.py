"""Nobody can stop the server with a connection of their own, whatever they send when."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import trio
from hypercorn.trio import serve
from structlog.testing import capture_logs

from kaisa_relay.app.http import http_config
from kaisa_relay.setting_values import Bind
from kaisa_relay.settings import Settings

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def refuse(send: Send) -> None:
    """Refuse a WebSocket, and be slow to end."""
    await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b"no"})
    await trio.sleep_forever()


async def answer(send: Send) -> None:
    """Answer a request."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"yes"})


async def app(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    """Refuse WebSockets, answer requests."""
    if scope["type"] == "lifespan":
        for _ in range(2):
            said = await receive()
            await send({"type": f"{said['type']}.complete"})
    else:
        await (refuse if scope["type"] == "websocket" else answer)(send)


async def test_more_bytes_behind_a_refused_websocket_end_that_connection_alone() -> None:
    config = http_config(Settings(bind=Bind("127.0.0.1", 0)))
    with capture_logs() as logs, trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            serving: Any = partial(serve, app, config, mode="asgi")  # type: ignore[arg-type]
            [url] = await nursery.start(serving)
            stream = await trio.open_tcp_stream("127.0.0.1", int(url.rpartition(":")[2]))
            await stream.send_all(UPGRADE)
            heard = b""
            while b"no" not in heard:
                heard += await stream.receive_some()
            assert heard.startswith(b"HTTP/1.1 401")
            await stream.send_all(b"and more")
            while await stream.receive_some():
                pass
            await stream.aclose()
            async with httpx.AsyncClient() as http:
                assert (await http.get(url)).text == "yes"
            nursery.cancel_scope.cancel()
    [crash] = [each for each in logs if each["event"] == "connection crashed"]
    assert crash["kinds"] == ["LocalProtocolError"]
