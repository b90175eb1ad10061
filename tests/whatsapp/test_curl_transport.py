"""How libcurl is driven: what callbacks may do, and what is left behind."""

import os
import socket
import sys
from pathlib import Path

import pycurl
import pytest
import trio
import trio.testing

from kaisa_relay.whatsapp.curl_handle import DEAD_AFTER, bound_silence
from kaisa_relay.whatsapp.curl_transport import (
    IDLE_HANDLES,
    CurlCall,
    CurlUnfit,
    check_fitness,
    open_curl_transport,
)
from kaisa_relay.whatsapp.transport import Answered, Reply, Request, call
from tests.contracts.far_end import Stream, always, answer, far_end, http1, silence


def post(url: str) -> Request:
    """Return a send."""
    return Request("POST", f"{url}/v26.0/2000/messages", (), b"{}")


async def test_a_reply_may_start_the_next_call() -> None:
    """A chain of calls needs no task of its own, and no reply comes from within a start."""
    done = trio.Event()
    left, starting = 20, False

    async with far_end(http1(always(answer()))) as far, open_curl_transport() as transport:

        def on_reply(reply: Reply) -> None:
            nonlocal left, starting
            assert isinstance(reply, Answered)
            assert not starting
            left -= 1
            if not left:
                done.set()
                return
            starting = True
            transport.start_nowait(post(far.url), on_reply)
            starting = False

        transport.start_nowait(post(far.url), on_reply)
        with trio.fail_after(10):
            await done.wait()
    assert (far.accepts, len(far.requests)) == (1, 20)


async def test_a_reply_may_give_up_another_call() -> None:
    """Even one that has ended as well, whose reply would come next."""
    started: list[CurlCall] = []
    told: list[Reply] = []

    async def together(stream: Stream, number: int) -> None:
        await far.wait_until(lambda: len(far.requests) >= 2)
        await stream.send_all(answer())

    def on_reply(reply: Reply) -> None:
        told.append(reply)
        for each in started:
            each.cancel()

    async with far_end(http1(together)) as far, open_curl_transport() as transport:
        started += [transport.start_nowait(post(far.url), on_reply) for _ in range(2)]
        assert isinstance(await call(transport, post(far.url)), Answered)
        assert transport.statistics().calls == 0
    assert len(told) == 1


async def test_after_the_close_nothing_starts() -> None:
    """It would never end."""
    async with open_curl_transport() as transport:
        pass
    with pytest.raises(trio.ClosedResourceError):
        transport.start_nowait(post("http://localhost:1"), lambda reply: None)


def _give_up(calls: list[CurlCall]) -> None:
    for each in calls:
        each.cancel()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
async def test_calls_that_are_given_up_leave_nothing_behind() -> None:
    """Handles are bounded, and descriptors go back to where they were."""
    async with far_end(http1(silence)) as far:
        before = len(os.listdir("/proc/self/fd"))
        async with open_curl_transport() as transport:
            for count in (300, 10, 300):
                calls = [transport.start_nowait(post(far.url), print) for _ in range(count)]
                _give_up(calls)
            assert transport.statistics().calls == 0
            assert transport.statistics().idle_handles == IDLE_HANDLES
        await far.wait_until(lambda: far.closed == far.accepts)
        await trio.testing.wait_all_tasks_blocked()  # a connection that was never taken is too
        assert len(os.listdir("/proc/self/fd")) <= before
    assert far.requests == []


@pytest.mark.skipif(sys.platform != "linux", reason="an option of Linux")
def test_a_dead_far_end_is_noticed() -> None:
    """The kernel ends a connection whose far end acknowledges nothing."""
    with socket.socket() as each:
        bound_silence(each.fileno())
        option = each.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert option == DEAD_AFTER * 1000


def test_what_libcurl_must_be_able_to_do() -> None:
    """One without it is refused, and says what it lacks."""
    check_fitness(pycurl.VERSION_SSL | pycurl.VERSION_HTTP2)
    with pytest.raises(CurlUnfit, match=r"no HTTP/2\b"):
        check_fitness(pycurl.VERSION_SSL)
    with pytest.raises(CurlUnfit, match=r"no TLS and no HTTP/2\b"):
        check_fitness(0)
