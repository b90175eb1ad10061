"""What every transport does with many calls and their connections, on real sockets."""

from collections.abc import Awaitable, Callable

import pytest
import trio

from kaisa_relay.whatsapp.transport import Answered, Broken, Limits, NotSent, Reply, call
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
from tests.contracts.transports import OPENERS, Opener, post


@pytest.fixture(params=sorted(OPENERS))
def opener(request: pytest.FixtureRequest) -> Opener:
    """How to open a transport of this kind."""
    return OPENERS[request.param]


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
