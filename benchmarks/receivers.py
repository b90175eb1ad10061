"""Servers that take webhooks: some at once, some never, some with an error."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from time import time
from typing import Final

import trio
from attrs import define, field

ALIVE: Final = "alive"
SILENT: Final = "silent"
FAILING: Final = "failing"
_ANSWERS: Final = {
    ALIVE: b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    FAILING: b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
}
_PIECE: Final = 65_536


@define(eq=False)
class Receivers:
    """All of them on one port; the first part of a path says what becomes of a POST."""

    port: int = 0
    latencies: list[float] = field(factory=list)
    """Seconds from an event to its arrival, at those that are alive."""

    def url(self, kind: str, number: int) -> str:
        """Return an address; each is an endpoint of its own."""
        return f"http://127.0.0.1:{self.port}/{kind}/{number}"

    async def serve(self, stream: trio.SocketStream) -> None:
        """Take what comes over one connection."""
        read = b""
        async with stream:
            while piece := await stream.receive_some(_PIECE):
                read += piece
                while (found := _split(read)) is not None:
                    kind, body, read = found
                    await self._take(kind, body)
                    await stream.send_all(_ANSWERS[kind])

    async def _take(self, kind: str, body: bytes) -> None:
        if kind == SILENT:
            await trio.sleep_forever()
        if kind == ALIVE:
            happened = datetime.fromisoformat(json.loads(body)["time"])
            self.latencies.append(time() - happened.timestamp())


def _split(read: bytes) -> tuple[str, bytes, bytes] | None:
    """Return kind and body of the first whole request, and what is behind it."""
    head, end, rest = read.partition(b"\r\n\r\n")
    if not end:
        return None
    lines = head.decode("latin-1").split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:])
    length = int(fields["content-length"])
    if len(rest) < length:
        return None
    return lines[0].split("/")[1], rest[:length], rest[length:]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receivers]:
    """Serve until the block ends."""
    receivers = Receivers()

    async def serve(stream: trio.SocketStream) -> None:
        try:
            await receivers.serve(stream)
        except trio.BrokenResourceError:
            return  # whoever waited for a silent one hangs up

    async with trio.open_nursery() as nursery:
        [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
        receivers.port = listener.socket.getsockname()[1]
        nursery.start_soon(trio.serve_listeners, serve, [listener], name="receivers")
        yield receivers
        nursery.cancel_scope.cancel()
