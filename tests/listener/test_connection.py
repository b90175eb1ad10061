"""One connection: answers in order, for as long as both sides want it."""

from itertools import pairwise

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from kaisa_relay.listener import Request, Response
from kaisa_relay.listener.connection import IN_A_ROW
from tests.listener.reading import post, sized
from tests.listener.serving import GET, echo, listening

DATE = "Sun, 22 Nov 2026 08:00:00 GMT"
CLOSE = b"GET /w HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n"


async def test_an_answer_has_its_length_its_date_and_goes_on() -> None:
    async with listening() as served:
        client = await served.connect()
        for _ in range(2):
            answer = await client.ask(sized(b"{}"))
            assert (answer.status, answer.body) == (200, b"POST /w {}")
            assert answer.headers == {
                "content-type": "text/plain",
                "content-length": "10",
                "date": DATE,
            }


async def test_a_thousand_requests_at_once_are_answered_in_order() -> None:
    """The client sends all before it reads any."""
    async with listening() as served, trio.open_nursery() as nursery:
        client = await served.connect()
        asked = b"".join(post(start=b"GET /%d HTTP/1.1" % each) for each in range(1000))
        nursery.start_soon(client.send, asked)
        for each in range(1000):
            assert (await client.read()).body == b"GET /%d " % each
        assert served.listener.statistics().requests == 1000


async def test_others_have_their_turn_among_a_thousand_requests() -> None:
    """A handler that never waits must not keep the loop to itself for a whole buffer."""
    async with listening() as served, trio.open_nursery() as nursery:
        client = await served.connect()
        turns: list[int] = []

        async def count() -> None:
            while True:
                turns.append(served.listener.statistics().requests)
                await trio.lowlevel.checkpoint()

        nursery.start_soon(count)
        await client.send(post(start=b"GET / HTTP/1.1") * 1000)
        for _ in range(1000):
            await client.read()
        nursery.cancel_scope.cancel()
        assert max(after - before for before, after in pairwise(turns)) <= 2 * IN_A_ROW


async def test_half_a_connection_is_answered_to_the_end() -> None:
    """Whoever says that they will send no more still gets their answers."""
    async with listening() as served:
        client = await served.connect()
        await client.send(sized(b"1") + sized(b"2") + b"POST /unfin")
        await client.stream.send_eof()
        assert [(await client.read()).body for _ in range(2)] == [b"POST /w 1", b"POST /w 2"]
        assert await client.ended()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (CLOSE, "close"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: x, close\r\n\r\n", "close"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: x\r\nConnection: close\r\n\r\n", "close"),
        (b"GET / HTTP/1.0\r\n\r\n", "close"),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", "close"),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "keep-alive"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: closed\r\n\r\n", None),
    ],
)
async def test_the_connection_ends_when_the_client_says_so(data: bytes, said: str | None) -> None:
    """What comes behind it is not answered."""
    async with listening() as served:
        client = await served.connect()
        answer = await client.ask(data + GET)
        assert answer.headers.get("connection") == said
        if said == "close":
            assert await client.ended()
        else:
            assert (await client.read()).status == 200


async def test_head_is_answered_without_the_body() -> None:
    async with listening() as served:
        client = await served.connect()
        await client.send(post(start=b"HEAD /w HTTP/1.1") + GET)
        answer = await client.read(bodiless=True)
        assert (answer.status, answer.headers["content-length"]) == (200, "8")
        assert (await client.read()).body == b"GET /w "


async def test_a_body_that_waits_to_be_asked_for_is_asked_for() -> None:
    async with listening() as served:
        client = await served.connect()
        assert (await client.ask(post(b"Expect: 100-continue", b"Content-Length: 2"))).status == 100
        assert (await client.ask(b"{}")).body == b"POST /w {}"


async def test_a_body_too_large_is_refused_before_it_is_sent() -> None:
    async with listening() as served:
        client = await served.connect()
        answer = await client.ask(post(b"Expect: 100-continue", b"Content-Length: 4000000"))
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert await client.ended()


async def test_a_refusal_is_read_even_by_who_was_still_sending() -> None:
    """Over TCP, where closing on what was not read would take the answer away."""
    async with listening(tcp=True) as served:
        client = await served.connect()
        with trio.fail_after(10):
            await client.send(post(b"Content-Length: 4000000", body=bytes(2_000_000)))
            assert (await client.read()).status == 413


@pytest.mark.parametrize("data", [b"", b"POST", sized(b"{}")[:-1], sized(b"{}")])
async def test_a_client_that_goes_leaves_nothing(data: bytes) -> None:
    """Nor does it cancel the handler: what was begun is finished."""
    going, finished = trio.Event(), []

    async def slow(request: Request) -> Response:
        await going.wait()
        finished.append(request.body)
        return Response(200, (), bytes(10_000_000))

    async with listening(slow) as served:
        client = await served.connect()
        await client.send(data)
        await wait_all_tasks_blocked()
        await client.stream.aclose()
        going.set()
        await wait_all_tasks_blocked()
        assert finished == ([b"{}"] if data == sized(b"{}") else [])
        assert served.listener.statistics().connections == 0


async def test_it_counts() -> None:
    async with listening() as served:
        client, other = await served.connect(), await served.connect()
        await client.ask(GET)
        await other.ask(b"\n")
        await other.stream.aclose()
        await wait_all_tasks_blocked()
        counted = served.listener.statistics()
        assert (counted.connections, counted.answering, counted.held) == (1, 0, 0)
        assert (counted.requests, counted.refused) == (1, {"malformed": 1})


async def test_a_header_cannot_end_its_line() -> None:
    async def split(_: Request) -> Response:
        return Response(200, ((b"x-a", b"b\r\nx-c: d"),))

    with pytest.RaisesGroup(ValueError, flatten_subgroups=True):
        async with listening(split) as served:
            await (await served.connect()).send(GET)
            await trio.sleep_forever()


async def test_what_comes_while_the_first_is_decided_waits_for_it() -> None:
    """Also when both are small, and the second comes alone."""
    begun, decide = trio.Event(), trio.Event()

    async def slow(request: Request) -> Response:
        begun.set()
        await decide.wait()
        return await echo(request)

    async with listening(slow) as served:
        client = await served.connect()
        await client.send(GET)
        await begun.wait()
        await client.send(GET.replace(b"/w", b"/second"))
        await wait_all_tasks_blocked()
        assert served.listener.statistics().requests == 1
        decide.set()
        assert (await client.read()).body == b"GET /w "
        assert (await client.read()).body == b"GET /second "
        assert (await client.ask(GET)).body == b"GET /w "


async def test_who_leaves_while_it_is_decided_is_let_go() -> None:
    begun, decide = trio.Event(), trio.Event()

    async def slow(request: Request) -> Response:
        begun.set()
        await decide.wait()
        return await echo(request)

    async with listening(slow) as served:
        client = await served.connect()
        await client.send(GET)
        await begun.wait()
        client.stream.socket.close()
        await wait_all_tasks_blocked()
        assert served.listener.statistics().answering == 1
        decide.set()
        await wait_all_tasks_blocked()
        assert served.listener.statistics().connections == 0
