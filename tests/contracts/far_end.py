"""Far ends on loopback that speak HTTP/1.1 as a test tells them to, however badly."""

import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import trio
from attrs import define, field, frozen

Stream = trio.abc.Stream
BROKEN = (trio.BrokenResourceError, trio.ClosedResourceError, ConnectionError)


class HangUp(Exception):
    """A script wants its connection closed, without any farewell."""


@frozen
class Received:
    """A request as it arrived; header names are in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[Stream, int], Awaitable[None]]
"""Answers the request of this number, counted from 1 over all connections."""


@define(eq=False)
class FarEnd:
    """A server that runs, and what it has seen."""

    port: int = 0
    secure: bool = False
    accepts: int = 0
    requests: list[Received] = field(factory=list)
    closed: int = 0
    """Connections that have ended."""
    _changed: trio.Event = field(factory=trio.Event)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http{'s' if self.secure else ''}://localhost:{self.port}"

    def changed(self) -> None:
        """Wake those who wait for what has happened now."""
        self._changed.set()
        self._changed = trio.Event()

    async def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait until it has."""
        with trio.fail_after(5):
            while not happened():
                await self._changed.wait()


Serve = Callable[[FarEnd, Stream], Awaitable[None]]


@asynccontextmanager
async def far_end(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[FarEnd]:
    """Run a server whose connections `serve` has to itself."""
    seen = FarEnd(secure=tls is not None)

    async def connection(stream: trio.SocketStream) -> None:
        seen.accepts += 1
        try:
            await _greet(seen, stream, serve, tls)
        except HangUp:
            await trio.aclose_forcefully(stream)
        finally:
            seen.closed += 1
            seen.changed()

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, connection, 0, name="far end")
        for each in listeners:
            if each.socket.family == socket.AF_INET:
                seen.port = each.socket.getsockname()[1]
        yield seen
        nursery.cancel_scope.cancel()


async def _greet(
    seen: FarEnd, stream: trio.SocketStream, serve: Serve, tls: ssl.SSLContext | None
) -> None:
    with suppress(*BROKEN):
        if tls is None:
            async with stream:
                await serve(seen, stream)
            return
        secure = trio.SSLStream(stream, tls, server_side=True, https_compatible=True)
        async with secure:
            await secure.do_handshake()
            await serve(seen, secure)


def http1(script: Script) -> Serve:
    """Serve HTTP/1.1: read each request whole, then do as the script says."""

    async def serve(seen: FarEnd, stream: Stream) -> None:
        buffer = bytearray()
        while (request := await _read(stream, buffer)) is not None:
            seen.requests.append(request)
            seen.changed()
            await script(stream, len(seen.requests))

    return serve


async def _read(stream: Stream, buffer: bytearray) -> Received | None:
    while b"\r\n\r\n" not in buffer:
        part = await stream.receive_some()
        if not part:
            return None
        buffer += part
    head, _, _ = bytes(buffer).partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    pairs = [each.partition(":") for each in rest]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    length = len(head) + 4 + int(headers.get("content-length", 0))
    while len(buffer) < length:
        part = await stream.receive_some()
        if not part:
            return None
        buffer += part
    body = bytes(buffer[len(head) + 4 : length])
    del buffer[:length]
    return Received(line, headers, body)


def answer(body: bytes = b"{}", status: str = "200 OK", headers: str = "") -> bytes:
    """Return a whole answer; `headers` are lines that each end in CRLF."""
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def always(written: bytes) -> Script:
    """Answer everything with this."""

    async def script(stream: Stream, number: int) -> None:
        await stream.send_all(written)

    return script


async def silence(stream: Stream, number: int) -> None:
    """Never answer."""
    await trio.sleep_forever()


async def hang_up(stream: Stream, number: int) -> None:
    """Close instead of an answer."""
    raise HangUp


async def reset(stream: Stream) -> None:
    """End the connection by a TCP reset, so that what is on its way is lost."""
    inner = stream.transport_stream if isinstance(stream, trio.SSLStream) else stream
    assert isinstance(inner, trio.SocketStream)
    inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    inner.socket.close()
    raise HangUp
