"""libcurl's HTTP/2: one connection for many calls, and what is known when it ends."""

import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trio
import trio.testing
from h2.errors import ErrorCodes

from kaisa_relay.whatsapp.curl_transport import CurlTransport, open_curl_transport
from kaisa_relay.whatsapp.transport import Answered, Broken, Limits, NotSent, Reply, Request, call
from tests.contracts.certificates import Authority
from tests.contracts.far_end import FarEnd, HangUp, far_end, reset
from tests.contracts.far_end_http2 import ALPN, Http2, answer_all, http2, never

REFUSED = NotSent("the server refused the stream", unreachable=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that the tests trust."""
    return Authority.make(tmp_path_factory.mktemp("trusted"))


@pytest.fixture
def tls(authority: Authority) -> ssl.SSLContext:
    """A server's certificate; HTTP/2 is offered."""
    return authority.server(alpn=ALPN)


@pytest.fixture
def trusted(authority: Authority) -> Path:
    """What the transport trusts."""
    return authority.file


def post(far: FarEnd, body: bytes = b"{}") -> Request:
    """Return a send."""
    return Request("POST", f"{far.url}/v26.0/2000/messages", (("Authorization", "Bearer x"),), body)


async def many(transport: CurlTransport, far: FarEnd, count: int) -> list[Reply]:
    """Return the replies to calls that all start at once, in order of their ends."""
    replies: list[Reply] = []
    done = trio.Event()

    def on_reply(reply: Reply) -> None:
        replies.append(reply)
        if len(replies) == count:
            done.set()

    for number in range(count):
        transport.start_nowait(post(far, b"%d" % number), on_reply)
    with trio.fail_after(10):
        await done.wait()
    return replies


async def test_an_answer(tls: ssl.SSLContext, trusted: Path) -> None:
    """Request and answer as on HTTP/1.1."""
    async with far_end(http2(answer_all), tls) as far, open_curl_transport(trusted) as transport:
        reply = await call(transport, post(far, "Åsa".encode()))
    assert isinstance(reply, Answered)
    assert (reply.status, reply.header("Retry-After"), reply.body) == (200, "30", b"{}")
    (request,) = far.requests
    assert (request.line, request.body) == ("POST /v26.0/2000/messages HTTP/2", "Åsa".encode())
    assert request.headers["authorization"] == "Bearer x"


async def test_a_body_larger_than_the_window(tls: ssl.SSLContext, trusted: Path) -> None:
    """It goes out in parts, as the far end makes room."""
    body = bytes(range(256)) * 2000
    async with far_end(http2(answer_all), tls) as far, open_curl_transport(trusted) as transport:
        assert isinstance(await call(transport, post(far, body)), Answered)
    assert far.requests[0].body == body


async def test_many_calls_share_a_connection(tls: ssl.SSLContext, trusted: Path) -> None:
    """From the first burst on: nobody opens one of their own."""
    waiting: list[int] = []

    async def all_at_once(connection: Http2, stream_id: int, number: int) -> None:
        waiting.append(stream_id)
        if number % 50 == 0:
            for each in waiting:
                await connection.answer(each)
            waiting.clear()

    async with far_end(http2(all_at_once), tls) as far, open_curl_transport(trusted) as transport:
        for _ in range(3):
            replies = await many(transport, far, 50)
            assert all(isinstance(each, Answered) for each in replies)
    assert (far.accepts, len(far.requests)) == (1, 150)


async def test_no_more_streams_than_the_far_end_allows(tls: ssl.SSLContext, trusted: Path) -> None:
    """Further calls go over a further connection."""
    held: list[tuple[Http2, int]] = []

    async def hold(connection: Http2, stream_id: int, number: int) -> None:
        if number == 1:
            await connection.answer(stream_id)
            return
        held.append((connection, stream_id))
        if len(held) == 8:
            for each, stream in held:
                await each.answer(stream)

    async with (
        far_end(http2(hold, most_streams=4), tls) as far,
        open_curl_transport(trusted) as transport,
    ):
        assert isinstance(await call(transport, post(far)), Answered)
        replies = await many(transport, far, 8)
    assert all(isinstance(each, Answered) for each in replies)
    assert [each.most_open for each in {each for each, _ in held}] == [4, 4]
    assert far.accepts == 2


async def test_a_burst_before_the_limit_is_known(tls: ssl.SSLContext, trusted: Path) -> None:
    """What the far end refuses then was not sent: two calls on one connection are HTTP/2."""
    held: list[tuple[Http2, int]] = []

    async def hold(connection: Http2, stream_id: int, number: int) -> None:
        if len(connection.open) > 4:
            await connection.refuse(stream_id, ErrorCodes.REFUSED_STREAM)
        else:
            held.append((connection, stream_id))
        if number == 20:
            for each, stream in held:
                await each.answer(stream)

    async with (
        far_end(http2(hold, most_streams=4), tls) as far,
        open_curl_transport(trusted) as transport,
    ):
        replies = await many(transport, far, 20)
    assert replies.count(REFUSED) == 16
    assert sum(isinstance(each, Answered) for each in replies) == 4


@pytest.mark.parametrize("first", [True, False])
async def test_a_refused_stream_is_not_sent(
    tls: ssl.SSLContext, trusted: Path, first: bool
) -> None:
    """On a connection that has answered before, we know that a refusal is one; else there is doubt.

    libcurl says the same of HTTP/1.1 connections that were closed, and those leave doubt.
    """

    async def refuse(connection: Http2, stream_id: int, number: int) -> None:
        if number == 1 and not first:
            await connection.answer(stream_id)
        else:
            await connection.refuse(stream_id, ErrorCodes.REFUSED_STREAM)

    async with far_end(http2(refuse), tls) as far, open_curl_transport(trusted) as transport:
        if first:
            assert isinstance(await call(transport, post(far)), Broken)
        else:
            assert isinstance(await call(transport, post(far)), Answered)
            assert await call(transport, post(far)) == REFUSED
    assert len(far.requests) == (1 if first else 2)


@pytest.mark.parametrize(
    "code", [ErrorCodes.CANCEL, ErrorCodes.INTERNAL_ERROR, ErrorCodes.NO_ERROR]
)
async def test_a_reset_stream_leaves_doubt(
    tls: ssl.SSLContext, trusted: Path, code: ErrorCodes
) -> None:
    """Only its own call; the others on the connection are answered."""

    async def script(connection: Http2, stream_id: int, number: int) -> None:
        if number == 2:
            await connection.refuse(stream_id, code)
        else:
            await connection.answer(stream_id)

    async with far_end(http2(script), tls) as far, open_curl_transport(trusted) as transport:
        assert isinstance(await call(transport, post(far)), Answered)
        replies = await many(transport, far, 5)
    assert sorted(type(each).__name__ for each in replies) == ["Answered"] * 4 + ["Broken"]
    assert (far.accepts, len(far.requests)) == (1, 6)


async def test_a_farewell_says_what_was_not_worked_on(tls: ssl.SSLContext, trusted: Path) -> None:
    """GOAWAY: calls up to the last stream are answered, later ones were not sent."""
    streams: list[int] = []

    async def script(connection: Http2, stream_id: int, number: int) -> None:
        streams.append(stream_id)
        if number in (1, 7):
            await connection.answer(stream_id)
        elif number == 6:
            head = connection.frames.data_to_send()
            last = streams[3]  # the third of the five
            frame = b"\0\0\x08\x07\0\0\0\0\0" + last.to_bytes(4, "big") + bytes(4)
            await connection.stream.send_all(head + frame)
            for each in streams[1:4]:
                await connection.answer(each)

    async with far_end(http2(script), tls) as far, open_curl_transport(trusted) as transport:
        assert isinstance(await call(transport, post(far)), Answered)
        replies = await many(transport, far, 5)
        assert [each for each in replies if not isinstance(each, Answered)] == [REFUSED] * 2
        assert (far.accepts, len(replies), len(far.requests)) == (1, 5, 6)
        assert isinstance(await call(transport, post(far)), Answered)
    assert (far.accepts, len(far.requests)) == (2, 7)


async def _reset(connection: Http2, last: int) -> None:
    await reset(connection.stream)


async def _close(connection: Http2, last: int) -> None:
    raise HangUp


async def _farewell_of_tls(connection: Http2, last: int) -> None:
    assert isinstance(connection.stream, trio.SSLStream)
    with trio.move_on_after(0.1):
        await connection.stream.unwrap()
    raise HangUp


async def _bad_frame(connection: Http2, last: int) -> None:
    await connection.stream.send_all(b"\0\0\x04\x03\0\0\0\0\0\0\0\0\x07")


async def _junk_under_tls(connection: Http2, last: int) -> None:
    assert isinstance(connection.stream, trio.SSLStream)
    await connection.stream.transport_stream.send_all(b"junk" * 40)


async def _farewell_then_reset(connection: Http2, last: int) -> None:
    await connection.go_away(last)
    await reset(connection.stream)


async def _angry_farewell(connection: Http2, last: int) -> None:
    await connection.go_away(last, ErrorCodes.INTERNAL_ERROR)
    raise HangUp


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize(
    "end",
    [
        *[_reset, _close, _farewell_of_tls, _bad_frame],
        *[_junk_under_tls, _farewell_then_reset, _angry_farewell],
    ],
)
async def test_a_dying_connection_leaves_doubt_about_all_its_calls(
    tls: ssl.SSLContext, trusted: Path, end: Callable[[Http2, int], Awaitable[None]], used: bool
) -> None:
    """Whichever way it dies, used before or not: each request was seen once at most."""
    at = 5 + used

    async def script(connection: Http2, stream_id: int, number: int) -> None:
        if used and number == 1:
            await connection.answer(stream_id)
        elif number == at:
            await end(connection, stream_id)

    async with far_end(http2(script), tls) as far, open_curl_transport(trusted) as transport:
        if used:
            assert isinstance(await call(transport, post(far, b"first")), Answered)
        replies = await many(transport, far, 5)
        assert [type(each) for each in replies] == [Broken] * 5
        bodies = [each.body for each in far.requests]
        assert len(bodies) == len(set(bodies)) == at
        reply = call(transport, post(far, b"last"))
        with trio.move_on_after(0.05):
            await reply
        assert far.accepts == 2


async def test_a_cancelled_call_resets_its_stream_only(tls: ssl.SSLContext, trusted: Path) -> None:
    """The connection lives on."""
    held: list[Http2] = []

    async def script(connection: Http2, stream_id: int, number: int) -> None:
        held.append(connection)
        if number != 2:
            await connection.answer(stream_id)

    async with far_end(http2(script), tls) as far, open_curl_transport(trusted) as transport:
        assert isinstance(await call(transport, post(far)), Answered)
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(call, transport, post(far))
                await far.wait_until(lambda: len(far.requests) == 2)
                scope.cancel()
        assert scope.cancelled_caught
        await far.wait_until(lambda: held[0].resets == [3])
        assert isinstance(await call(transport, post(far)), Answered)
        assert transport.statistics().calls == 0
    assert far.accepts == 1


async def test_silence_ends_one_call_in_time(tls: ssl.SSLContext, trusted: Path) -> None:
    """A stream without an answer is given up, and leaves doubt."""
    async with (
        far_end(http2(never), tls) as far,
        open_curl_transport(trusted, Limits(whole=0.2)) as transport,
    ):
        started = trio.current_time()
        assert await call(transport, post(far)) == Broken("no answer in time")
    assert 0.19 < trio.current_time() - started < 2


async def test_a_connection_that_hangs_is_left(tls: ssl.SSLContext, trusted: Path) -> None:
    """Its calls may still be answered; later ones go over a new one, and then it is closed."""
    held: list[tuple[Http2, int]] = []

    async def script(connection: Http2, stream_id: int, number: int) -> None:
        if number in (1, 3, 4):
            held.append((connection, stream_id))
        else:
            await connection.answer(stream_id)

    limits = Limits(whole=0.3)
    late: list[Reply] = []
    async with (
        far_end(http2(script), tls) as far,
        open_curl_transport(trusted, limits) as transport,
    ):
        first = transport.start_nowait(post(far), late.append)
        await far.wait_until(lambda: len(far.requests) == 1)
        assert isinstance(await call(transport, post(far)), Answered)
        with trio.move_on_after(0.15):
            await call(transport, post(far))
        transport.start_nowait(post(far), late.append)
        await far.wait_until(lambda: len(far.requests) == 4)
        while not late:
            await trio.testing.wait_all_tasks_blocked(0.01)
        assert late == [Broken("no answer in time")]
        first.cancel()
        assert transport.statistics().retired == 1
        assert isinstance(await call(transport, post(far)), Answered)
        assert far.accepts == 2
        await held[-1][0].answer(held[-1][1])
        await far.wait_until(lambda: far.closed == 1)
        assert isinstance(late[-1], Answered)
        assert transport.statistics().retired == 0
