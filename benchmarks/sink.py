"""A Graph API that accepts everything at once, cheaply: HTTPS and HTTP/2, or less if need be.

Rule 1: `take` hears of a message after its answer has gone, so that no status overtakes it.
"""

import socket
import ssl
from collections.abc import Callable
from itertools import count
from typing import Final

import msgspec
from attrs import define, field

from benchmarks.eventloop import EventLoop, Wire
from benchmarks.http2 import PREFACE, Conversing, Http1, Http2, Request

_RECORD: Final = 16384
_numbers: Final = count(1)


class Words(msgspec.Struct):
    """The text of a message."""

    body: str


class Message(msgspec.Struct):
    """What the relay sends, as far as it is looked at; `to` is missing in a read mark."""

    to: str | None = None
    text: Words | None = None
    biz_opaque_callback_data: str = ""
    wamid: bytes = b""


_DECODE: Final = msgspec.json.Decoder(Message).decode
_ANSWER: Final = (
    b'{"messaging_product":"whatsapp","contacts":[{"input":"%s","wa_id":"%s"}],'
    b'"messages":[{"id":"%s"}]}'
)


@define(eq=False)
class Sink:
    """Takes every send on 127.0.0.1; over TLS when it has a context."""

    loop: EventLoop
    take: Callable[[Message], None]
    tls: ssl.SSLContext | None = None
    sends: int = 0
    protocols: set[str] = field(factory=set)
    _listener: socket.socket = field(init=False)
    _peers: set["_Peer"] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._listener.setblocking(False)
        self.loop.watch(self._listener.fileno(), self._accept)

    @property
    def url(self) -> str:
        """Return where it listens."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self, _: int) -> None:
        sock, _address = self._listener.accept()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._peers.add(_Peer(self, sock))

    def gone(self, peer: "_Peer") -> None:
        """A connection has ended."""
        self._peers.discard(peer)

    def close(self) -> None:
        """Hang up, and listen no longer."""
        for peer in list(self._peers):
            peer.close()
        self.loop.forget(self._listener.fileno())
        self._listener.close()


class _Peer:
    """One connection of the relay's."""

    def __init__(self, sink: Sink, sock: socket.socket) -> None:
        self._sink, self._sock = sink, sock
        self._wire = Wire(sink.loop, sock, self._take)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None
        if sink.tls is not None:
            self._tls = sink.tls.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._shaken = sink.tls is None
        self._speaks: Conversing | None = None

    def _take(self, data: bytes) -> None:
        if not data:
            self.close()
        elif plain := self._decrypt(data) if self._tls else data:
            self._converse(plain)

    def close(self) -> None:
        self._sink.loop.forget(self._sock.fileno())
        self._sock.close()
        self._sink.gone(self)

    # --- TLS

    def _decrypt(self, data: bytes) -> bytes:
        assert self._tls is not None
        self._incoming.write(data)
        parts = []
        try:
            if not self._shaken:
                self._tls.do_handshake()
                self._shaken = True
            while part := self._tls.read(_RECORD):
                parts.append(part)
                if not self._incoming.pending and not self._tls.pending():
                    break
        except (ssl.SSLWantReadError, ssl.SSLZeroReturnError):
            pass
        if self._outgoing.pending:
            self._wire.send(self._outgoing.read())
        return b"".join(parts)

    def _send(self, data: bytes) -> None:
        if self._tls is None:
            self._wire.send(data)
            return
        self._tls.write(data)
        self._wire.send(self._outgoing.read())

    # --- HTTP

    def _converse(self, data: bytes) -> None:
        speaks = self._speaks or self._begin(data)
        requests = speaks.receive(data)
        messages = [_DECODE(body) if body else Message() for _, body in requests]
        answers = [_answer(speaks, *both) for both in zip(requests, messages, strict=True)]
        out = speaks.control() + b"".join(answers)
        if out:
            self._send(out)
        for message in messages:
            if message.to is not None:
                self._sink.sends += 1
                self._sink.take(message)

    def _begin(self, data: bytes) -> Conversing:
        chosen = self._tls.selected_alpn_protocol() if self._tls else None
        http2 = chosen == "h2" or data.startswith(PREFACE)
        self._sink.protocols.add("h2" if http2 else "http/1.1")
        self._speaks = Http2() if http2 else Http1()
        return self._speaks


def _answer(speaks: Conversing, request: Request, message: Message) -> bytes:
    to = (message.to or "+").encode()
    message.wamid = b"wamid.HBgLNDYxMDAwMDAwMDEVAgARGBI%016dAA==" % next(_numbers)
    return speaks.answer(request[0], _ANSWER % (to, to[1:], message.wamid))
