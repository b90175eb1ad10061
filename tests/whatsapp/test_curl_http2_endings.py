"""libcurl's HTTP/2: what is known of a call when its stream or its connection ends."""

import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trio
import trio.testing
from h2.errors import ErrorCodes

from kaisa_relay.whatsapp.curl_transport import open_curl_transport
from kaisa_relay.whatsapp.transport import Answered, Broken, call
from tests.contracts.far_end import HangUp, far_end, reset
from tests.contracts.far_end_http2 import Http2, http2
from tests.whatsapp.sending import REFUSED, many, post


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
