"""What every transport does, with libcurl and with httpx, against real sockets on loopback."""

import socket
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Literal

import pytest
import trio

from kaisa_relay.whatsapp.curl_transport import open_curl_transport
from kaisa_relay.whatsapp.httpx_transport import open_httpx_transport
from kaisa_relay.whatsapp.transport import (
    Answered,
    Broken,
    Limits,
    NotSent,
    Reply,
    Request,
    Transport,
    call,
)
from tests.contracts.far_end import (
    Script,
    Stream,
    always,
    answer,
    far_end,
    hang_up,
    http1,
    reset,
    silence,
)

Opener = Callable[..., AbstractAsyncContextManager[Transport]]
OPENERS: dict[str, Opener] = {"curl": open_curl_transport, "httpx": open_httpx_transport}
BODY = '{"text":{"body":"Åsa 👋"}}'.encode()
HEADERS = (("Authorization", "Bearer token"), ("Content-Type", "application/json"))


@pytest.fixture(params=sorted(OPENERS))
def opener(request: pytest.FixtureRequest) -> Opener:
    """How to open a transport of this kind."""
    return OPENERS[request.param]


def post(url: str, body: bytes = BODY) -> Request:
    """Return a send."""
    return Request("POST", f"{url}/v26.0/2000/messages", HEADERS, body)


async def one(opener: Opener, script: Script, limits: Limits | None = None) -> Reply:
    """Return what becomes of a single call."""
    async with far_end(http1(script)) as far, opener(None, limits or Limits()) as transport:
        with trio.fail_after(10):
            return await call(transport, post(far.url))


async def test_the_request_arrives_as_it_was_given(opener: Opener) -> None:
    """Method, path, headers and each byte of the body; nothing asks for a packed answer."""
    async with far_end(http1(always(answer()))) as far, opener() as transport:
        await call(transport, post(far.url))
        await call(transport, Request("GET", f"{far.url}/v26.0/2000?fields=id", HEADERS, None))
    sent, asked = far.requests
    assert (sent.line, sent.body) == ("POST /v26.0/2000/messages HTTP/1.1", BODY)
    assert (asked.line, asked.body) == ("GET /v26.0/2000?fields=id HTTP/1.1", b"")
    for each in (sent, asked):
        assert each.headers["authorization"] == "Bearer token"
        assert each.headers["host"] == f"localhost:{far.port}"
        assert each.headers.get("accept-encoding", "identity") == "identity"
        assert "expect" not in each.headers


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 404, 413, 429, 500, 503])
async def test_every_answer_is_kept(opener: Opener, status: int) -> None:
    """Status, headers in any case and the body; a redirect is an answer like others."""
    headers = "RETRY-after: 30\r\nLocation: http://elsewhere.test/\r\nX-N: \xe5\r\nX-N: b\r\n"
    body = b"" if status == 204 else '{"error":{"message":"Försök igen"}}'.encode()
    whole = answer(body, f"{status} Whatever", headers)
    reply = await one(opener, always(whole.replace(b"\xc3\xa5", b"\xe5", 1)))
    assert isinstance(reply, Answered)
    assert (reply.status, reply.body) == (status, body)
    assert reply.header("Retry-After") == "30"
    assert reply.header("x-n") == "å"
    assert reply.header("x-none") is None


async def test_a_provisional_answer_is_none(opener: Opener) -> None:
    """103 and its headers come before the answer."""
    hints = b"HTTP/1.1 103 Early Hints\r\nRetry-After: 1\r\nLink: <x>\r\n\r\n"
    reply = await one(opener, always(hints + answer(b"{}", headers="Link: <y>\r\n")))
    assert isinstance(reply, Answered)
    assert (reply.status, reply.header("link"), reply.header("retry-after")) == (200, "<y>", None)


async def test_an_answer_in_pieces(opener: Opener) -> None:
    """Chunks are put together."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    reply = await one(opener, always(chunked + b"2\r\n{}\r\n1\r\n \r\n0\r\n\r\n"))
    assert isinstance(reply, Answered)
    assert reply.body == b"{} "


async def test_a_refused_connection_is_not_sent(opener: Opener) -> None:
    """Nothing listens."""
    async with far_end(http1(silence)) as far:
        pass
    async with opener() as transport:
        reply = await call(transport, post(far.url))
    assert isinstance(reply, NotSent)
    assert reply.unreachable


async def test_a_name_without_address_is_not_sent(opener: Opener) -> None:
    """`.invalid` has none by RFC 2606."""
    async with opener() as transport:
        reply = await call(transport, post("http://graph.invalid"))
    assert isinstance(reply, NotSent)
    assert reply.unreachable


BREAKS = [
    b"HTTP/1.1 200 OK\r\nconte",
    b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"messages":',
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    b"junk\r\n\r\n",
    b"\x00\xff" * 40,
    b"",
]


@pytest.mark.parametrize("written", BREAKS)
@pytest.mark.parametrize("end", ["closed", "reset"])
async def test_an_answer_that_breaks_off_leaves_doubt(
    opener: Opener, written: bytes, end: str
) -> None:
    """The request went out whole, so it may have been acted on."""

    async def script(stream: Stream, number: int) -> None:
        if written:
            await stream.send_all(written)
        await (reset(stream) if end == "reset" else hang_up(stream, number))

    assert isinstance(await one(opener, script), Broken)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_without_a_body_leaves_doubt_too(
    opener: Opener, method: Literal["GET", "POST"]
) -> None:
    """Its head is all there is to send."""
    body = b"" if method == "POST" else None
    async with far_end(http1(hang_up)) as far, opener() as transport:
        assert isinstance(await call(transport, Request(method, far.url, (), body)), Broken)
    assert len(far.requests) == 1
    async with opener() as transport:
        assert isinstance(await call(transport, Request(method, far.url, (), body)), NotSent)


# httpx leaves the generator of a body behind that it could not write.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_who_closes_at_once_leaves_doubt(opener: Opener) -> None:
    """The far end may have read what we cannot know it read."""

    async def serve(seen: object, stream: Stream) -> None:
        await stream.receive_some(1)
        await reset(stream)

    async with far_end(serve) as far, opener() as transport:
        assert isinstance(await call(transport, post(far.url)), Broken)


async def test_silence_ends_in_doubt_in_time(opener: Opener) -> None:
    """The whole call has a deadline, and keeps it."""
    started = trio.current_time()
    assert await one(opener, silence, Limits(whole=0.2)) == Broken("no answer in time")
    assert 0.19 < trio.current_time() - started < 2


async def test_dripping_does_not_move_the_deadline(opener: Opener) -> None:
    """An answer that comes byte by byte is no answer."""

    async def drip(stream: Stream, number: int) -> None:
        await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
        while True:
            await stream.send_all(b" ")
            await trio.sleep(0.01)

    assert await one(opener, drip, Limits(whole=0.2)) == Broken("no answer in time")


@pytest.mark.parametrize("length", [b"Content-Length: 5000000", b"Transfer-Encoding: chunked"])
async def test_a_huge_answer_is_cut_off(opener: Opener, length: bytes) -> None:
    """No more is read than the limit and what the sockets hold; the connection is not kept."""

    async def flood(stream: Stream, number: int) -> None:
        await stream.send_all(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n\r\n")
        piece = b" " * 10_000
        while True:  # until the connection is closed in our face
            await stream.send_all(b"2710\r\n" + piece + b"\r\n" if b"chunked" in length else piece)

    reply = await one(opener, flood, Limits(answer_bytes=50_000))
    assert isinstance(reply, Broken)
    assert "too long" in reply.reason


async def test_a_connection_is_used_again(opener: Opener) -> None:
    """One after the other over the same one."""
    async with far_end(http1(always(answer()))) as far, opener() as transport:
        for _ in range(10):
            assert isinstance(await call(transport, post(far.url)), Answered)
    assert (far.accepts, len(far.requests)) == (1, 10)


async def test_a_connection_that_is_closed_after_each_answer(opener: Opener) -> None:
    """Where that was not announced a call may meet a dead connection; none is sent twice.

    libcurl looks whether a connection is alive only when it was idle for a second.
    """

    async def once(stream: Stream, number: int) -> None:
        await stream.send_all(answer())
        await hang_up(stream, number)

    async with far_end(http1(once)) as far, opener() as transport:
        for number in range(10):
            reply = await call(transport, post(far.url, b"%d" % number))
            assert isinstance(reply, Answered | Broken)
    bodies = [each.body for each in far.requests]
    assert len(set(bodies)) == len(bodies)
    assert far.accepts >= 5


async def test_a_farewell_is_heard(opener: Opener) -> None:
    """A connection whose close was announced is not used again."""
    farewell = answer(headers="Connection: close\r\n")
    async with far_end(http1(always(farewell))) as far, opener() as transport:
        for _ in range(3):
            assert isinstance(await call(transport, post(far.url)), Answered)
    assert (far.accepts, len(far.requests)) == (3, 3)


@pytest.mark.parametrize("end", [hang_up, lambda stream, number: reset(stream)])
async def test_nothing_is_sent_twice(
    opener: Opener, end: Callable[[Stream, int], Awaitable[None]]
) -> None:
    """A used connection that dies after the request leaves doubt: it is not tried again."""

    async def script(stream: Stream, number: int) -> None:
        await (stream.send_all(answer()) if number == 1 else end(stream, number))

    async with far_end(http1(script)) as far, opener() as transport:
        assert isinstance(await call(transport, post(far.url)), Answered)
        assert isinstance(await call(transport, post(far.url)), Broken)
        assert (far.accepts, len(far.requests)) == (1, 2)
        assert isinstance(await call(transport, post(far.url)), Broken)
    assert (far.accepts, len(far.requests)) == (2, 3)


async def test_many_calls_at_once(opener: Opener) -> None:
    """Each gets the answer to its own request."""

    async def echo(stream: Stream, number: int) -> None:
        await trio.lowlevel.checkpoint()
        await stream.send_all(answer(far.requests[number - 1].body))

    async def ask(body: bytes) -> None:
        reply = await call(transport, post(far.url, body))
        assert isinstance(reply, Answered)
        assert reply.body == body

    async with (
        far_end(http1(echo)) as far,
        opener() as transport,
        trio.open_nursery() as nursery,
    ):
        for number in range(60):
            nursery.start_soon(ask, b"%d" % number * 50)
    assert len(far.requests) == 60
    assert far.accepts <= 60


async def test_who_waits_for_a_connection_was_not_sent(opener: Opener) -> None:
    """There is a bound on connections, and one on patience."""
    replies: list[Reply] = []

    async def ask() -> None:
        replies.append(await call(transport, post(far.url)))

    limits = Limits(connect=0.1, whole=0.4, connections=1)
    async with (
        far_end(http1(silence)) as far,
        opener(None, limits) as transport,
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(ask)
        nursery.start_soon(ask)
    assert [type(each) for each in replies] == [NotSent, Broken]
    assert (far.accepts, len(far.requests)) == (1, 1)


async def test_a_cancelled_call_is_gone_and_no_other(opener: Opener) -> None:
    """Others are answered, and new calls work."""

    async def slow_first(stream: Stream, number: int) -> None:
        if far.requests[number - 1].body == b"slow":
            cancelled.cancel()
            await trio.sleep_forever()
        await stream.send_all(answer())

    cancelled = trio.CancelScope()

    async def give_up() -> None:
        with cancelled:
            await call(transport, post(far.url, b"slow"))
            raise AssertionError

    async with far_end(http1(slow_first)) as far, opener() as transport:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(give_up)
            for _ in range(5):
                nursery.start_soon(call, transport, post(far.url))
        assert cancelled.cancelled_caught
        assert isinstance(await call(transport, post(far.url)), Answered)


async def test_whoever_waits_hears_of_the_close(opener: Opener) -> None:
    """Their requests went out, so there is doubt."""
    replies: list[Reply] = []
    async with far_end(http1(silence)) as far:
        async with opener() as transport:
            for _ in range(3):
                transport.start_nowait(post(far.url), replies.append)
            await far.wait_until(lambda: len(far.requests) == 3)
        assert [type(each) for each in replies] == [Broken] * 3


async def test_the_environment_is_not_read(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy that no setting names."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{trap.getsockname()[1]}")
        assert isinstance(await one(opener, always(answer())), Answered)


async def test_a_reply_never_shows_what_was_sent(opener: Opener) -> None:
    """Reasons name neither address nor token nor body."""
    reply = await one(opener, hang_up)
    request = post("http://localhost:1")
    for secret in ("localhost", "2000", "token", "Åsa"):
        assert secret not in repr((reply, request))
