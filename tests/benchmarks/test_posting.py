"""Meta's side of the webhooks, against a server that answers by script."""

import socket
from collections import deque
from collections.abc import Callable, Iterator
from time import perf_counter

import pytest
from attrs import define, field

from benchmarks.eventloop import EventLoop
from benchmarks.http2 import Http1
from benchmarks.posting import Poster, Refused
from benchmarks.wire import request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
BAD = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
WHOLE = request("POST", "/webhooks/whatsapp", b"{}")


Piece = bytes | None


@define(eq=False)
class Scripted:
    """Answers each request with the next pieces, a turn apart; None among them hangs up."""

    loop: EventLoop
    script: deque[tuple[Piece, ...]]
    accepted: int = 0
    _open: list[socket.socket] = field(factory=list)
    _listener: socket.socket = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.loop.watch(self._listener.fileno(), self._accept)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def _accept(self, _: int) -> None:
        sock, _address = self._listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.accepted += 1
        self._open.append(sock)
        parser = Http1()
        self.loop.watch(sock.fileno(), lambda _: self._receive(sock, parser))

    def _receive(self, sock: socket.socket, parser: Http1) -> None:
        data = sock.recv(65536)
        if not data:
            self._hang_up(sock)
        for _ in parser.receive(data):
            self._say(sock, self.script.popleft())

    def _say(self, sock: socket.socket, pieces: tuple[Piece, ...]) -> None:
        piece, *rest = pieces
        if piece is None:
            self._hang_up(sock)
            return
        sock.send(piece)
        if rest:
            self._next_turn(lambda: self._say(sock, tuple(rest)))

    def _next_turn(self, call: Callable[[], None]) -> None:
        """Call after the next look at the sockets: the other side has then read what was said."""
        self.loop.at(perf_counter(), lambda: self.loop.at(perf_counter(), call))

    def _hang_up(self, sock: socket.socket) -> None:
        self.loop.forget(sock.fileno())
        sock.close()

    def close(self) -> None:
        for sock in (*self._open, self._listener):
            if sock.fileno() >= 0:
                self._hang_up(sock)


@define
class Counting:
    """Counts the 200s."""

    acks: int = 0

    def acked(self) -> None:
        self.acks += 1


@define
class Case:
    """A server, a poster on it, and who waits."""

    server: Scripted
    poster: Poster
    waiting: Counting = field(factory=Counting)

    def post(self, *script: tuple[Piece, ...]) -> None:
        """Post, and wait for the 200 that must be the last of the answers."""
        self.server.script.extend(script)
        self.poster.post(WHOLE, self.waiting)
        assert self.poster.loop.until(lambda: not self.poster.under_way, 5)


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    monkeypatch.setattr("benchmarks.posting.AGAIN_AFTER", 0.01)
    loop = EventLoop()
    server = Scripted(loop, deque())
    poster = Poster(loop, server.port, connections=1)
    yield Case(server, poster)
    poster.close()
    server.close()
    loop.close()


def test_an_answer_may_come_in_pieces(case: Case) -> None:
    case.post((OK,))
    case.post((OK[:9], OK[9:30], OK[30:]))
    case.post((OK,))
    assert (case.waiting.acks, case.server.accepted) == (3, 1)
    assert len(case.poster.acks) == 3


def test_what_is_refused_comes_again_and_counts_once(case: Case) -> None:
    case.post((BUSY,), (BUSY,), (OK,))
    assert (case.waiting.acks, case.poster.refusals) == (1, 2)
    assert len(case.poster.acks) == 1


def test_who_is_hung_up_on_calls_again(case: Case) -> None:
    case.post((None,), (OK[:20], None), (OK,))
    assert (case.waiting.acks, case.poster.broken, case.server.accepted) == (1, 2, 3)


def test_an_idle_connection_may_end(case: Case) -> None:
    case.post((OK, None))
    case.post((OK,))
    assert case.waiting.acks == 2


def test_what_finds_no_connection_free_waits(case: Case) -> None:
    case.server.script.extend([(OK,)] * 3)
    for _ in range(3):
        case.poster.post(WHOLE, case.waiting)
    assert case.poster.loop.until(lambda: not case.poster.under_way, 5)
    assert (case.waiting.acks, case.server.accepted) == (3, 1)


def test_another_status_ends_the_benchmark(case: Case) -> None:
    with pytest.raises(Refused):
        case.post((BAD,))


def test_an_answer_to_nothing_ends_the_benchmark(case: Case) -> None:
    case.post((OK, OK))
    with pytest.raises(Refused):
        case.poster.loop.until(lambda: False, 1)


def test_a_large_body_goes_in_parts(case: Case) -> None:
    case.server.script.append((OK,))
    case.poster.post(request("POST", "/webhooks/whatsapp", bytes(8 << 20)), case.waiting)
    assert case.poster.loop.until(lambda: not case.poster.under_way, 5)
    assert case.waiting.acks == 1
