"""The server's half of HTTP/2, of HTTP/1.1 too: bytes in, requests out; no sockets here.

Only what a sink for JSON needs (RFC 9113): it reads no header, so that no HPACK is decoded, and
its own are of the static table (RFC 7541, appendix A) or literal.
Rule 1: a client that does what these do not know ends the benchmark with `Unreadable`.
"""

import re
from struct import Struct
from typing import Final, Protocol

from attrs import define, field

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM: Final = 0x1
ACK: Final = 0x1
END_HEADERS: Final = 0x4
PADDED: Final = 0x8
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
WINDOW: Final = 1 << 30
"""Bytes that a client may send before it hears of more; half of it used up is given back."""
STREAMS: Final = 100
"""Requests at once on a connection."""
_HEAD: Final = Struct(">BHBBI")  # the length is of 24 bits, read as 8 and 16
_HEADERS: Final = b"\x88\x0f\x10\x10application/json"  # :status 200, content-type
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")

Request = tuple[int, bytes]
"""A stream's number and the body."""


class Unreadable(Exception):
    """A client speaks what this sink does not understand."""


class Conversing(Protocol):
    """A connection as the sink sees it, whichever the protocol."""

    def receive(self, data: bytes) -> list[Request]:
        """Take what has come in, and return the requests that are complete now."""
        ...

    def control(self) -> bytes:
        """Return what must be sent besides answers; once."""
        ...

    def answer(self, stream: int, body: bytes) -> bytes:
        """Return what answers a request with 200 and some JSON."""
        ...


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """Return one frame."""
    size = len(payload)
    return _HEAD.pack(size >> 16, size & 0xFFFF, kind, flags, stream) + payload


def _settings() -> bytes:
    chosen = ((0x3, STREAMS), (0x4, 1 << 20))  # MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE
    payload = b"".join(Struct(">HI").pack(name, value) for name, value in chosen)
    return frame(SETTINGS, 0, 0, payload) + _update(WINDOW - 65535)


def _update(by: int) -> bytes:
    return frame(WINDOW_UPDATE, 0, 0, by.to_bytes(4, "big"))


@define(eq=False)
class Http2:
    """One connection of HTTP/2."""

    _rest: bytes = b""
    _preface: int = len(PREFACE)
    _bodies: dict[int, bytes] = field(factory=dict)
    _control: bytes = field(factory=_settings)
    _used: int = 0
    _may_send: int = 65535

    def receive(self, data: bytes) -> list[Request]:
        """Take what has come in, and return the requests that are complete now."""
        buffer = self._rest + data
        at, end = self._skip_preface(buffer), len(buffer)
        requests: list[Request] = []
        while end - at >= 9:
            high, low, kind, flags, stream = _HEAD.unpack_from(buffer, at)
            stop = at + 9 + (high << 16 | low)
            if stop > end:
                break
            payload = buffer[at + 9 : stop]
            if kind == DATA:
                self._used += len(payload)
                self._data(flags, stream, payload, requests)
            elif kind == HEADERS and flags & END_STREAM:
                requests.append((stream, b""))
            elif kind != HEADERS:
                self._other(kind, flags, stream, payload)
            at = stop
        self._rest = buffer[at:]
        return requests

    def _skip_preface(self, buffer: bytes) -> int:
        """Return where the frames begin."""
        if not PREFACE.startswith(buffer[: self._preface]):
            raise Unreadable("no HTTP/2 preface")
        if len(buffer) < self._preface:
            return 0  # read as a frame, its first letters say that five megabytes are missing
        skipped, self._preface = self._preface, 0
        return skipped

    def _data(self, flags: int, stream: int, payload: bytes, requests: list[Request]) -> None:
        if flags & PADDED:
            payload = payload[1 : len(payload) - payload[0]]
        if stream in self._bodies:
            payload = self._bodies.pop(stream) + payload
        if flags & END_STREAM:
            requests.append((stream, payload))
        else:
            self._bodies[stream] = payload

    def _other(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == WINDOW_UPDATE and stream == 0:
            self._may_send += int.from_bytes(payload, "big")
        elif kind == SETTINGS and not flags & ACK:
            self._control += frame(SETTINGS, ACK, 0)
        elif kind == PING and not flags & ACK:
            self._control += frame(PING, ACK, 0, payload)
        elif kind == RST_STREAM:
            self._bodies.pop(stream, None)

    def control(self) -> bytes:
        """Return what must be sent besides answers; once."""
        control, self._control = self._control, b""
        if self._used > WINDOW // 2:
            control, self._used = control + _update(self._used), 0
        return control

    def answer(self, stream: int, body: bytes) -> bytes:
        """Return what answers a request with 200 and some JSON."""
        self._may_send -= len(body)
        if self._may_send < 0:
            raise Unreadable("the client gives no window for its answers")
        return frame(HEADERS, END_HEADERS, stream, _HEADERS) + frame(DATA, END_STREAM, stream, body)


@define(eq=False)
class Http1:
    """One connection of HTTP/1.1, kept alive; bodies have a Content-Length."""

    _rest: bytes = b""

    def receive(self, data: bytes) -> list[Request]:
        """Take what has come in, and return the requests that are complete now."""
        self._rest += data
        requests: list[Request] = []
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._rest, 0, end + 2)
            stop = end + 4 + (int(length[1]) if length else 0)
            if len(self._rest) < stop:
                break
            requests.append((0, self._rest[end + 4 : stop]))
            self._rest = self._rest[stop:]
        return requests

    def control(self) -> bytes:
        """Return nothing: there is no such thing here."""
        return b""

    def answer(self, stream: int, body: bytes) -> bytes:
        """Return what answers a request with 200 and some JSON."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        return head % len(body) + body
