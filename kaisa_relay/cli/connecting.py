"""A client's way to a WebSocket: the TCP or TLS stream, which is closed whatever becomes of it.

trio-websocket's own opener leaves the stream of a connection open that the other side has closed.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import trio

Stream = trio.SocketStream | trio.SSLStream[trio.SocketStream]


class NobodyAnswers(Exception):
    """No connection could be made; the text says how far it came."""


@asynccontextmanager
async def open_stream(address: str, within: float) -> AsyncIterator[Stream]:
    """Connect to a ws or wss address within so many seconds, or raise `NobodyAnswers`."""
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "wss"
    try:
        with trio.fail_after(within):
            stream = await trio.open_tcp_stream(host, parts.port or (443 if secure else 80))
    except (OSError, trio.TooSlowError):
        raise NobodyAnswers("nobody answers") from None
    try:
        yield await _secured(stream, host, within) if secure else stream
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
