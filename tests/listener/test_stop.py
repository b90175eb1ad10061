"""A stop: nothing new is accepted, everything begun is answered, then it is over."""

import os

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from kaisa_relay.listener import Listener, Request, Respond, Response
from tests.listener.reading import post, sized
from tests.listener.serving import GET, NOW, at_once, listening


async def test_who_waits_for_nothing_is_let_go() -> None:
    async with listening() as served:
        silent, idle = await served.connect(), await served.connect()
        assert (await idle.ask(GET)).status == 200
        await served.listener.stop()
        assert [await silent.ended(), await idle.ended()] == [True, True]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"P", sized(b"{}")[1:]),
        (post(b"Content-Length: 2"), b"{}"),
        (post(b"Content-Length: 2", body=b"{"), b"}"),
        (post(b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n"), b"0\r\n\r\n"),
    ],
    ids=["a byte", "a head", "half a body", "a chunk"],
)
async def test_what_was_begun_is_answered(
    autojump_clock: MockClock, before: bytes, after: bytes
) -> None:
    async with listening() as served, trio.open_nursery() as nursery:
        client = await served.connect()
        await client.send(before)
        await wait_all_tasks_blocked()
        nursery.start_soon(served.listener.stop)
        await wait_all_tasks_blocked()
        answer = await client.ask(after)
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert answer.body == b"POST /w {}"
        assert await client.ended()


async def test_what_is_being_decided_is_answered(autojump_clock: MockClock) -> None:
    """And the connection says that it ends; nobody new is let in."""
    begun, decided = trio.Event(), trio.Event()

    async def slow(_: Request) -> Response:
        begun.set()
        await decided.wait()
        return Response(200)

    async with listening(slow) as served, trio.open_nursery() as nursery:
        client = await served.connect()
        await client.send(GET)
        await begun.wait()
        nursery.start_soon(served.listener.stop)
        await wait_all_tasks_blocked()
        with pytest.raises(OSError, match="refused"):
            await served.connect()
        decided.set()
        assert (await client.read()).headers["connection"] == "close"
        assert await client.ended()


async def test_what_was_sent_before_the_stop_is_answered() -> None:
    """Though nobody had looked at it yet."""
    async with listening() as served:
        client = await served.connect()
        await client.ask(GET)
        os.write(client.stream.socket.fileno(), sized(b"{}"))  # without a checkpoint
        await served.listener.stop()
        answer = await client.read()
        assert (answer.body, answer.headers["connection"]) == (b"POST /w {}", "close")


@pytest.mark.parametrize("ticks", list(range(8)) * 3)
async def test_who_came_in_at_the_last_moment_does_not_hold_it_up(
    autojump_clock: MockClock, ticks: int
) -> None:
    """Accepted, and not yet spoken to, when the stop comes."""
    async with listening() as served:
        client = await served.connect()
        for _ in range(ticks):
            await trio.lowlevel.checkpoint()
        began = trio.current_time()
        await served.listener.stop()
        assert trio.current_time() == began
        assert await client.ended()


async def test_an_answer_under_way_is_sent_to_its_end(autojump_clock: MockClock) -> None:
    """It was begun before the stop, so it could not say that the connection ends."""

    async def large(_: Request) -> Response:
        return Response(200, (), bytes(2_000_000))

    async with listening(large) as served, trio.open_nursery() as nursery:
        client = await served.connect()
        await client.send(GET)
        await wait_all_tasks_blocked()
        nursery.start_soon(served.listener.stop)
        await wait_all_tasks_blocked()
        answer = await client.read()
        assert (len(answer.body), answer.headers.get("connection")) == (2_000_000, None)
        began = trio.current_time()
        assert await client.ended()
        assert trio.current_time() == began


async def test_a_request_that_never_ends_does_not_hold_it_up(autojump_clock: MockClock) -> None:
    async with listening() as served:
        client = await served.connect()
        await client.send(b"POST ")
        await wait_all_tasks_blocked()
        with trio.fail_after(20):
            await served.listener.stop()
        assert (await client.read()).status == 408


async def test_its_caller_may_have_less_time(autojump_clock: MockClock) -> None:
    async with listening() as served:
        client = await served.connect()
        await client.send(b"POST ")
        await wait_all_tasks_blocked()
        with trio.move_on_after(1) as scope:
            await served.listener.stop()
        assert scope.cancelled_caught
        assert served.listener.statistics().connections == 1
    assert served.listener.statistics().connections == 0


async def test_stopped_twice_or_never_begun_it_is_over() -> None:
    await Listener(at_once, lambda: NOW).stop()
    async with listening() as served:
        await served.listener.stop()
        await served.listener.stop()
    never = Listener(at_once, lambda: NOW)
    await never.stop()
    await never.run([])


async def test_a_handler_that_crashes_ends_it() -> None:
    """Nothing is swallowed: what to answer to a crash is the handler's own business."""

    def crash(_: Request, __: Respond) -> None:
        raise LookupError

    with pytest.RaisesGroup(LookupError, flatten_subgroups=True):
        async with listening(handle=crash) as served:
            client = await served.connect()
            await client.send(GET)
            await trio.sleep_forever()


async def test_who_hangs_up_while_it_is_cancelled() -> None:
    """One look finds what cancels the listener, and behind it those who have gone: that is all."""
    scopes: list[trio.CancelScope] = []

    def cancel(_: Request, respond: Respond) -> None:
        scopes[0].cancel()
        respond(Response(200))

    async with listening(handle=cancel) as served:
        scopes.append(served.nursery.cancel_scope)
        clients = [await served.connect() for _ in range(8)]
        await wait_all_tasks_blocked()
        os.write(clients[0].stream.socket.fileno(), GET)
        for client in clients[1:]:
            client.stream.socket.close()
        await trio.Event().wait()
    assert scopes[0].cancelled_caught


async def test_an_answer_that_comes_as_it_is_cancelled() -> None:
    """By whoever cancels it: nobody waits for it any more, and nothing breaks."""
    answers: list[Respond] = []
    request = sized(b"{}")

    async with listening(handle=lambda _, respond: answers.append(respond)) as served:
        clients = [await served.connect() for _ in range(2)]
        for client, first in zip(clients, (request, request[:-1]), strict=True):
            await client.send(first)
        await wait_all_tasks_blocked()
        await clients[1].send(request[-1:])
        await wait_all_tasks_blocked()
        served.nursery.cancel_scope.cancel()
        for respond in answers:
            respond(Response(200))
    assert len(answers) == 2


async def test_everything_at_once_many_times() -> None:
    """Whatever moment the stop falls on, each request is answered whole or its end is seen."""
    for moment in range(40):
        async with listening() as served, trio.open_nursery() as nursery:
            client = await served.connect()
            await client.send(GET[: moment % len(GET)] if moment % 2 else GET * moment)
            for _ in range(moment // 4):
                await trio.lowlevel.checkpoint()
            nursery.start_soon(served.listener.stop)
            await client.stream.send_eof()
            received = b"".join([bytes(data) async for data in client.stream])
            assert received.count(b"\r\n\r\nGET /w ") == received.count(b"HTTP/1.1 200")
