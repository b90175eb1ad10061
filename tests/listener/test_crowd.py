"""Too many, too much: said, and over as soon as there is room."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trio
from structlog.testing import capture_logs
from trio.testing import MockClock, wait_all_tasks_blocked

from kaisa_relay.listener import Limits, Request, Response, Sizes
from tests.listener.reading import post, sized
from tests.listener.serving import GET, Client, listening

FEW = Limits(connections=2, turned_away=1)


async def test_connections_beyond_the_limit_are_told_so() -> None:
    async with listening(limits=FEW) as served:
        first, second, third = [await served.connect() for _ in range(3)]
        assert [(await each.ask(GET)).status for each in (first, second)] == [200, 200]
        answer = await third.ask(GET)
        assert (answer.status, answer.headers["connection"]) == (503, "close")
        assert await third.ended()
        assert (await first.ask(GET)).status == 200


async def test_there_is_room_again_when_one_goes() -> None:
    async with listening(limits=FEW) as served:
        for _ in range(5):
            clients = [await served.connect() for _ in range(2)]
            assert [(await each.ask(GET)).status for each in clients] == [200, 200]
            for each in clients:
                await each.stream.aclose()
            await wait_all_tasks_blocked()
        assert served.listener.statistics().connections == 0


async def test_still_more_wait_until_they_are_accepted() -> None:
    """Else turning away would itself be without bound."""
    async with listening(limits=FEW) as served:
        clients = [await served.connect() for _ in range(4)]
        await wait_all_tasks_blocked()
        assert served.listener.statistics().connections == 3
        assert (await clients[2].read()).status == 503
        await clients[3].send(GET)
        await clients[0].stream.aclose()
        await clients[2].stream.aclose()
        assert (await clients[3].read()).status == 200


async def test_many_connections_at_once() -> None:
    """Each with a few requests, all at the same time."""
    async with listening() as served, trio.open_nursery() as nursery:

        async def ask() -> None:
            client = await served.connect()
            for _ in range(3):
                assert (await client.ask(sized(b"{}"))).status == 200

        for _ in range(300):
            nursery.start_soon(ask)
    counted = served.listener.statistics()
    assert (counted.requests, counted.refused) == (900, {})


async def test_slow_large_bodies_do_not_keep_ordinary_ones_out() -> None:
    limits = Limits(held=200_000)
    async with listening(limits=limits) as served:
        large = [await served.connect() for _ in range(2)]
        for client in large:
            await client.send(post(b"Content-Length: 1000000", body=bytes(150_000)))
        await wait_all_tasks_blocked()
        await large[0].send(bytes(80_000))
        assert (await large[0].read()).status == 503
        ordinary = await served.connect()
        assert (await ordinary.ask(sized(b"{}"))).status == 200
        await large[1].stream.aclose()
        await wait_all_tasks_blocked()
        assert served.listener.statistics().held == 0


async def test_a_body_is_held_until_it_is_answered() -> None:
    held: list[int] = []

    async def look(_: Request) -> Response:
        held.append(served.listener.statistics().held)
        return Response(200)

    async with listening(look) as served:
        client = await served.connect()
        await client.ask(sized(bytes(1_000_000)))
        assert held[0] > 900_000
        await wait_all_tasks_blocked()
        assert served.listener.statistics().held == 0


@contextmanager
def no_more_descriptors() -> Iterator[None]:
    """Let this process open nothing more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_machine_that_has_nothing_left_is_said_and_waited_for(
    autojump_clock: MockClock,
) -> None:
    async with listening() as served:
        connecting = trio.socket.socket(trio.socket.AF_UNIX)
        client = Client(trio.SocketStream(connecting))
        served.clients.append(client)
        with capture_logs() as logs, no_more_descriptors():
            await connecting.connect(served.address)
            await trio.sleep(2.5)
        assert [each["reason"] for each in logs] == ["EMFILE"] * 3
        assert (await client.ask(GET)).status == 200


@pytest.mark.parametrize("connections", [50])
async def test_a_crowd_of_slow_ones_passes(autojump_clock: MockClock, connections: int) -> None:
    """Slowloris with every place taken: those who come later are served when it is over."""
    limits = Limits(connections=connections, turned_away=1, sizes=Sizes(head=512))
    async with listening(limits=limits) as served:
        for _ in range(connections):
            await (await served.connect()).send(b"POST /w HTTP/1.1\r\nX-A: ")
        assert (await (await served.connect()).ask(GET)).status == 503
        await trio.sleep(limits.patience.head + limits.patience.linger + 4)
        assert served.listener.statistics().connections == 0
        assert (await (await served.connect()).ask(GET)).status == 200
