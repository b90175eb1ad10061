"""libcurl's HTTP/2: one connection for many calls."""

import ssl
from pathlib import Path

import trio
import trio.testing
from h2.errors import ErrorCodes

from kaisa_relay.whatsapp.curl_transport import open_curl_transport
from kaisa_relay.whatsapp.transport import Answered, Broken, Limits, Reply, call
from tests.contracts.far_end import far_end
from tests.contracts.far_end_http2 import Http2, answer_all, http2, never
from tests.whatsapp.sending import REFUSED, many, post


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
