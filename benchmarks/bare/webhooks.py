"""Webhooks in: httptools over bare sockets, the signature, and the items typed by msgspec."""

import hmac
import socket
from typing import Final

import httptools
import msgspec
from attrs import define

from benchmarks.bare.disk import Disk
from benchmarks.bare.graph import Way
from benchmarks.bodies import APP_SECRET
from benchmarks.eventloop import EventLoop, Wire

_SECRET: Final = APP_SECRET.encode()
_SIGNED: Final = b"X-Hub-Signature-256"
_OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_REFUSED: Final = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
_OPAQUE: Final = "1.1000000000000001.1000000000000000001"
_OTHER_ROLE: Final = {"4670": "+4673", "4673": "+4670"}
"""Visitors' numbers begin with the one, agents' with the other; that is all the routing here."""


class _Value(msgspec.Struct):
    messages: list[msgspec.Raw] = []
    statuses: list[msgspec.Raw] = []


class _Change(msgspec.Struct):
    value: _Value


class _Entry(msgspec.Struct):
    changes: list[_Change]


class _Envelope(msgspec.Struct):
    entry: list[_Entry]


class _Text(msgspec.Struct):
    body: str


class _Message(msgspec.Struct):
    id: str
    timestamp: str
    text: _Text
    sender: str = msgspec.field(name="from")


class _Status(msgspec.Struct):
    id: str
    status: str
    timestamp: str
    recipient_id: str
    biz_opaque_callback_data: str


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope).decode
_MESSAGE: Final = msgspec.json.Decoder(_Message).decode
_STATUS: Final = msgspec.json.Decoder(_Status).decode
_ENCODE: Final = msgspec.json.Encoder().encode


@define(eq=False)
class Lane:
    """What the connections share."""

    disk: Disk
    way: Way

    def store(self, body: bytes, answer: "Connection") -> None:
        """Put a POST's items into the next commit; then answer, and send the messages on."""
        rows, sends = [], []
        for entry in _ENVELOPE(body).entry:
            for change in entry.changes:
                for raw in change.value.messages:
                    message = _MESSAGE(raw)
                    sends.append(_outgoing(message))
                    rows.append(("message", message.id, bytes(raw)))
                rows += [("status", _STATUS(raw).id, bytes(raw)) for raw in change.value.statuses]
        self.disk.put(rows, lambda: self._stored(answer, sends))

    def _stored(self, answer: "Connection", sends: list[bytes]) -> None:
        answer.send(_OK)
        for body in sends:
            self.way.send(body)


class Connection:
    """One of Meta's connections; the parser calls the methods that begin with `on_`."""

    def __init__(self, loop: EventLoop, lane: Lane, sock: socket.socket) -> None:
        self._loop, self._lane, self._sock = loop, lane, sock
        self._wire = Wire(loop, sock, self._take)
        self._parser = httptools.HttpRequestParser(self)
        self._signature, self._body = b"", b""

    def send(self, answer: bytes) -> None:
        """Answer the request."""
        if self._sock.fileno() >= 0:
            self._wire.send(answer)

    def _take(self, data: bytes) -> None:
        if data:
            self._parser.feed_data(data)
        else:
            self._loop.forget(self._sock.fileno())
            self._sock.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the signature."""
        if name == _SIGNED:
            self._signature = value[7:]

    def on_body(self, part: bytes) -> None:
        """Keep the body, which may come in parts."""
        self._body += part

    def on_message_complete(self) -> None:
        """Check who signed it, and store it."""
        body, self._body = self._body, b""
        expected = hmac.digest(_SECRET, body, "sha256").hex().encode()
        if body and hmac.compare_digest(expected, self._signature):
            self._lane.store(body, self)
        else:
            self.send(_REFUSED)


def listen(loop: EventLoop, lane: Lane, port: int) -> None:
    """Take connections on this port of 127.0.0.1."""
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    listener.setblocking(False)

    def accept(_: int) -> None:
        sock, _address = listener.accept()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Connection(loop, lane, sock)

    loop.watch(listener.fileno(), accept)


def _outgoing(message: _Message) -> bytes:
    return _ENCODE(
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": _OTHER_ROLE[message.sender[:4]] + message.sender[4:],
            "type": "text",
            "text": {"body": message.text.body},
            "biz_opaque_callback_data": _OPAQUE,
        }
    )
