"""Dashboards that watch the feed: sockets read with as little work as tells when events came.

Rule 1: a frame's latency is that of its oldest event, so no percentile flatters.
Rule 2: every dashboard gets every event: numbers that are missing or come twice end it.
"""

import json
import re
import time
from datetime import datetime
from typing import Final

import trio
from attrs import define, field

_TIME: Final = re.compile(rb'"time":"([^"]+)"')
_PIECE: Final = 256 * 1024
SMALL: Final = 4096
"""Bytes that the kernel keeps for who never reads."""


@define(eq=False)
class Dashboard:
    """One connection; `latencies` are seconds from the commit of each frame's oldest event.

    `lost` is that the feed gave up on it, as nobody subscribes again here.
    """

    stream: trio.SocketStream
    events: int = 0
    lost: bool = False
    latencies: list[float] = field(factory=list)
    _read: bytearray = field(factory=bytearray)

    async def watch(self) -> None:
        """Read frames for ever, or until a gap."""
        while True:
            payload = await self.frame()
            if payload.startswith(b'{"type":"events"'):
                self.events += payload.count(b'"specversion"')
                self.latencies.append(_age(payload))
            elif payload.startswith(b'{"type":"gap"'):
                self.lost = True
                return
            elif payload.startswith(b'{"type":"error"'):
                raise RuntimeError(payload.decode())

    async def frame(self) -> bytes:
        """Return the next text frame; pings are not answered, for as long as this runs."""
        while True:
            await self._at_least(2)
            opcode, size, head = self._read[0] & 15, self._read[1] & 127, 2
            if size > 125:
                head = 4 if size == 126 else 10
                await self._at_least(head)
                size = int.from_bytes(self._read[2:head])
            await self._at_least(head + size)
            payload = bytes(self._read[head : head + size])
            del self._read[: head + size]
            if opcode == 1:
                return payload

    async def _at_least(self, size: int) -> None:
        while len(self._read) < size:
            piece = await self.stream.receive_some(_PIECE)
            if not piece:
                raise RuntimeError("the feed closed a dashboard's connection")
            self._read += piece


def _age(frame: bytes) -> float:
    found = _TIME.search(frame)
    assert found is not None
    return time.time() - datetime.fromisoformat(found[1].decode()).timestamp()


async def open_dashboard(port: int, key: str) -> Dashboard:
    """Connect, subscribe and return once the snapshot is here."""
    dashboard = Dashboard(await _subscribed(await trio.open_tcp_stream("127.0.0.1", port), key))
    snapshot = await dashboard.frame()
    if not snapshot.startswith(b'{"type":"snapshot"'):
        raise RuntimeError(snapshot.decode())
    return dashboard


async def stall(port: int, key: str) -> trio.SocketStream:
    """Connect and subscribe, with a small buffer and nobody who ever reads."""
    opened = trio.socket.socket()
    opened.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_RCVBUF, SMALL)
    await opened.connect(("127.0.0.1", port))
    return await _subscribed(trio.SocketStream(opened), key)


async def _subscribed(stream: trio.SocketStream, key: str) -> trio.SocketStream:
    lines = (
        "GET /feed HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        f"Authorization: Bearer {key}", "", "",
    )  # fmt: skip
    await stream.send_all("\r\n".join(lines).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        if not (piece := await stream.receive_some(1)):
            raise RuntimeError("the feed closed the connection")
        answer += piece
    if b" 101 " not in answer.partition(b"\r\n")[0]:
        raise RuntimeError(answer.decode())
    subscription = json.dumps({"type": "subscribe"}).encode()
    await stream.send_all(bytes((0x81, 0x80 | len(subscription), 0, 0, 0, 0)) + subscription)
    return stream
