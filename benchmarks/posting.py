"""Meta's side of the webhooks: connections that carry one POST at a time each, kept alive.

Rule 1: what is not answered 200 is posted again, as Meta does; an answer is 200 only once.
"""

import re
import socket
from collections import deque
from time import perf_counter
from typing import Final, Protocol

from attrs import define, field

from benchmarks.eventloop import EventLoop, Wire

AGAIN_AFTER: Final = 0.5
"""Seconds until a refused POST comes again; Meta waits longer, but this is to end today."""
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_OK: Final = b"HTTP/1.1 200"


class Refused(Exception):
    """A webhook was answered with a status that means that the benchmark is wrong."""


class Acked(Protocol):
    """Whoever waits for the 200."""

    def acked(self) -> None:
        """The POST was answered 200."""
        ...


@define(eq=False)
class Post:
    """A whole request, and since when it has been under way."""

    whole: bytes
    waiting: Acked
    began: float


@define(eq=False)
class Poster:
    """Posts over so many connections; what finds none free queues."""

    loop: EventLoop
    port: int
    connections: int
    acks: list[float] = field(factory=list)
    refusals: int = 0
    broken: int = 0
    under_way: int = 0
    _idle: list["_Connection"] = field(factory=list)
    _all: list["_Connection"] = field(factory=list)
    _queue: deque[Post] = field(factory=deque)

    def post(self, whole: bytes, waiting: Acked) -> None:
        """Post, and tell `waiting` once it was answered 200."""
        self.under_way += 1
        self._start(Post(whole, waiting, perf_counter()))

    def _start(self, post: Post) -> None:
        if self._idle:
            self._idle.pop().send(post)
        elif len(self._all) < self.connections:
            connection = _Connection(self)
            self._all.append(connection)
            connection.send(post)
        else:
            self._queue.append(post)

    def answered(self, connection: "_Connection", post: Post, status: int) -> None:
        """An answer came; the connection takes the next."""
        if self._queue:
            connection.send(self._queue.popleft())
        else:
            self._idle.append(connection)
        if status == 200:
            self.under_way -= 1
            self.acks.append(perf_counter() - post.began)
            post.waiting.acked()
        elif status in (429, 503):
            self.refusals += 1
            self.again(post)
        else:
            raise Refused(f"a webhook was answered {status}")

    def again(self, post: Post) -> None:
        """Post once more, a little later."""
        self.loop.at(perf_counter() + AGAIN_AFTER, lambda: self._start(post))

    def broke(self, connection: "_Connection", post: Post | None) -> None:
        """The other side hung up."""
        self._all.remove(connection)
        if post is None:
            self._idle.remove(connection)
        else:
            self.broken += 1
            self.again(post)

    def close(self) -> None:
        """Hang up."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._idle.clear()


class _Connection:
    """One POST at a time."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._sock = socket.create_connection(("127.0.0.1", poster.port), timeout=10)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.setblocking(False)
        self._wire = Wire(poster.loop, self._sock, self._receive)
        self._post: Post | None = None
        self._answer = b""
        self._usual = 0

    def send(self, post: Post) -> None:
        """Send a request; there is none under way."""
        self._post = post
        self._wire.send(post.whole)

    def _receive(self, data: bytes) -> None:
        if not data:
            self._hung_up()
        elif len(data) == self._usual and data.startswith(_OK) and not self._answer:
            self._take(200)
        else:
            self._answer += data
            self._parse()

    def _parse(self) -> None:
        """Read an answer of a length that was not seen before."""
        answer = self._answer
        end = answer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(answer, 0, end + 2)
        if len(answer) < end + 4 + (int(length[1]) if length else 0):
            return
        status = int(answer[9:12])
        if status == 200:
            self._usual = len(answer)
        self._answer = b""
        self._take(status)

    def _take(self, status: int) -> None:
        post, self._post = self._post, None
        if post is None:
            raise Refused("an answer came to no request")
        self._poster.answered(self, post, status)

    def _hung_up(self) -> None:
        self.close()
        self._poster.broke(self, self._post)

    def close(self) -> None:
        self._poster.loop.forget(self._sock.fileno())
        self._sock.close()
