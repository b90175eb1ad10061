"""A client's way to a WebSocket: the TCP or TLS stream, which is closed whatever becomes of it.

trio-websocket's own opener leaves the stream of a connection open that the other side has closed.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import urlsplit

import trio
from attrs import define, field

Stream = trio.SocketStream | trio.SSLStream[trio.SocketStream]
Raised = TypeVar("Raised", bound=Exception)


class NobodyAnswers(Exception):
    """No connection could be made; the text says how far it came."""


@define(eq=False)
class Heeded(trio.abc.Stream):
    """A stream that says when nothing more will come: trio-websocket's opener would wait on."""

    _of: Stream
    ended: trio.Event = field(factory=trio.Event)

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """Return some bytes; none once the other side has ended."""
        try:
            received = await self._of.receive_some(max_bytes)
        except trio.BrokenResourceError:
            self.ended.set()
            raise
        if not received:
            self.ended.set()
        return bytes(received)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Send these bytes."""
        await self._of.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        """Return when sending might not have to wait."""
        await self._of.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        """Close it."""
        await self._of.aclose()


@asynccontextmanager
async def open_stream(address: str, within: float) -> AsyncIterator[Heeded]:
    """Connect to a ws or wss address within so many seconds, or raise `NobodyAnswers`."""
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "wss"
    try:
        with trio.fail_after(within):
            stream = await trio.open_tcp_stream(host, parts.port or (443 if secure else 80))
    except (OSError, trio.TooSlowError):
        raise NobodyAnswers("nobody answers") from None
    try:
        yield Heeded(await _secured(stream, host, within) if secure else stream)
    finally:
        await trio.aclose_forcefully(stream)


async def _secured(stream: trio.SocketStream, host: str, within: float) -> Stream:
    context = ssl.create_default_context()
    secure = trio.SSLStream(stream, context, server_hostname=host, https_compatible=True)
    try:
        with trio.fail_after(within):
            await secure.do_handshake()
    except trio.BrokenResourceError as broken:
        raise NobodyAnswers(f"no secure connection ({broken.__cause__ or 'broken'})") from None
    except trio.TooSlowError:
        raise NobodyAnswers("no secure connection in time") from None
    return secure


def first_of(group: BaseExceptionGroup[Raised]) -> Raised:
    """Return one of the exceptions of a nursery that ended with some of a kind."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
