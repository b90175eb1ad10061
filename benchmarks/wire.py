"""HTTP/1.1 on a raw Trio stream, just enough to load a server and to be one on loopback.

Rule 1: bodies have a Content-Length, connections are kept alive; whatever else is an error.
"""

import re
from types import TracebackType
from typing import Final, Self

import trio
from attrs import define, field

_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_RECEIVE: Final = 65536


class BrokenOff(Exception):
    """The other side ended the connection in the middle, or speaks another dialect."""


async def read_message(stream: trio.SocketStream, buffer: bytearray) -> tuple[bytes, bytes] | None:
    """Return the head and the body of the next message; None where the connection ends."""
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        if not await _more(stream, buffer):
            return None
    head = bytes(buffer[:end])
    if b"transfer-encoding" in head.lower():
        raise BrokenOff("a chunked body")
    length = _LENGTH.search(head)
    whole = end + 4 + (int(length[1]) if length else 0)
    while len(buffer) < whole:
        if not await _more(stream, buffer):
            raise BrokenOff("a body without its end")
    body = bytes(buffer[end + 4 : whole])
    del buffer[:whole]
    return head, body


async def _more(stream: trio.SocketStream, buffer: bytearray) -> bool:
    chunk = await stream.receive_some(_RECEIVE)
    buffer += chunk
    return bool(chunk)


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Return a whole request; an underscore in a header's name is a hyphen."""
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}Content-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


@define(eq=False)
class Caller:
    """A client's connection: one request at a time."""

    port: int
    _stream: trio.SocketStream | None = None
    _buffer: bytearray = field(factory=bytearray)

    async def __aenter__(self) -> Self:
        """Connect."""
        self._stream = await trio.open_tcp_stream("127.0.0.1", self.port)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        assert self._stream is not None
        await trio.aclose_forcefully(self._stream)

    async def call(self, whole_request: bytes) -> tuple[int, bytes]:
        """Send a request and return the status and the body of its answer."""
        assert self._stream is not None
        await self._stream.send_all(whole_request)
        while True:
            answer = await read_message(self._stream, self._buffer)
            if answer is None:
                raise BrokenOff("no answer")
            status = int(answer[0][9:12])
            if status >= 200:
                return status, answer[1]
