"""What every transport makes of one call, with libcurl and with httpx, on real sockets."""

import socket
from typing import Literal

import pytest
import trio

from kaisa_relay.whatsapp.transport import Answered, Broken, Limits, NotSent, Request, call
from tests.contracts.far_end import (
    Stream,
    always,
    answer,
    far_end,
    hang_up,
    http1,
    reset,
    silence,
)
from tests.contracts.transports import BODY, HEADERS, OPENERS, Opener, one, post


@pytest.fixture(params=sorted(OPENERS))
def opener(request: pytest.FixtureRequest) -> Opener:
    """How to open a transport of this kind."""
    return OPENERS[request.param]


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
