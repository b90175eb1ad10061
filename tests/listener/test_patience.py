"""Deadlines: whoever is slow is told so, whoever is silent is let go. No test waits for real."""

import os
from contextlib import suppress

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from kaisa_relay.listener import Limits, Patience, Request, Response
from tests.listener.reading import post, sized
from tests.listener.serving import GET, Client, listening

PATIENCE = Patience()
LATE = 2.0
"""Seconds: the sweep is one late at most, and so is the time it measures from."""


async def elapsed(client: Client, status: int | None) -> float:
    """Return the seconds until this answer and the end, or only the end."""
    began = trio.current_time()
    if status is not None:
        answer = await client.read()
        assert (answer.status, answer.headers["connection"]) == (status, "close")
    took = trio.current_time() - began
    if status is None:
        assert await client.ended()
        took = trio.current_time() - began
    return took


async def test_who_says_nothing_is_let_go_without_a_word(autojump_clock: MockClock) -> None:
    async with listening() as served:
        took = await elapsed(await served.connect(), None)
        assert PATIENCE.head <= took <= PATIENCE.head + LATE


@pytest.mark.parametrize("before", [b"", GET])
async def test_a_head_that_drips_is_refused(autojump_clock: MockClock, before: bytes) -> None:
    """Also on a connection that was good before."""
    async with listening() as served, trio.open_nursery() as nursery:
        client = await served.connect()
        if before:
            await client.ask(before)
        nursery.start_soon(client.drip, GET * 100, 0.9)
        took = await elapsed(client, 408)
        assert PATIENCE.head - LATE <= took <= PATIENCE.head + LATE


async def test_a_body_that_drips_is_refused_sooner_than_one_that_flows(
    autojump_clock: MockClock,
) -> None:
    async with listening() as served, trio.open_nursery() as nursery:
        client = await served.connect()
        await client.send(post(b"Content-Length: 100000"))
        nursery.start_soon(client.drip, bytes(1000), 0.9)
        took = await elapsed(client, 408)
        assert PATIENCE.stall - LATE <= took <= PATIENCE.stall + LATE


async def test_a_body_that_flows_has_thirty_seconds(autojump_clock: MockClock) -> None:
    async with listening() as served, trio.open_nursery() as nursery:
        client = await served.connect()
        await client.send(post(b"Content-Length: 1000000"))
        nursery.start_soon(client.drip, bytes(1_000_000), 0.5, 5000)
        took = await elapsed(client, 408)
        assert PATIENCE.body - LATE <= took <= PATIENCE.body + LATE
        assert served.listener.statistics().held == 0


async def test_a_body_that_flows_in_time_is_answered(autojump_clock: MockClock) -> None:
    async with listening() as served:
        client = await served.connect()
        body = bytes(25_000)
        await client.send(post(b"Content-Length: 25000"))
        for at in range(0, 25_000, 1000):
            await trio.sleep(1)
            await client.send(body[at : at + 1000])
        assert (await client.read()).status == 200


async def test_a_good_connection_is_kept_and_then_let_go_without_a_word(
    autojump_clock: MockClock,
) -> None:
    async with listening() as served:
        client = await served.connect()
        for _ in range(3):
            assert (await client.ask(sized(b"{}"))).status == 200
            await trio.sleep(PATIENCE.idle - LATE)
        await client.ask(GET)
        took = await elapsed(client, None)
        assert PATIENCE.idle - LATE <= took <= PATIENCE.idle + LATE


async def test_an_answer_may_take_as_long_as_it_takes(autojump_clock: MockClock) -> None:
    async def slow(_: Request) -> Response:
        await trio.sleep(3600)
        return Response(200)

    async with listening(slow) as served:
        client = await served.connect()
        assert (await client.ask(GET)).status == 200
        assert (await client.ask(GET)).status == 200


async def test_who_never_reads_is_cut_off(autojump_clock: MockClock) -> None:
    """The answer does not fit into the socket, so it would be kept in memory for ever."""

    async def large(_: Request) -> Response:
        return Response(200, (), bytes(10_000_000))

    async with listening(large) as served:
        client = await served.connect()
        await client.send(GET)
        await trio.sleep(PATIENCE.send - LATE)
        assert served.listener.statistics().connections == 1
        await trio.sleep(2 * LATE)
        assert served.listener.statistics().connections == 0


async def test_who_reads_slowly_gets_all_of_it_within_the_time(autojump_clock: MockClock) -> None:
    async def large(_: Request) -> Response:
        return Response(200, (), bytes(2_000_000))

    async with listening(large) as served:
        client = await served.connect()
        await client.send(GET)
        await trio.sleep(PATIENCE.send - LATE)
        assert len((await client.read()).body) == 2_000_000
        assert (await client.ask(GET)).status == 200


async def test_who_goes_on_sending_after_a_refusal_is_cut_off(autojump_clock: MockClock) -> None:
    """In bytes when fast, in seconds when slow."""
    limits = Limits(linger=1_000_000)
    async with listening(limits=limits) as served, trio.open_nursery() as nursery:
        fast, slow = await served.connect(), await served.connect()
        for client in (fast, slow):
            assert (await client.ask(b"\n")).status == 400
        began = trio.current_time()
        await fast.flood()
        assert trio.current_time() == began
        nursery.start_soon(slow.drip, bytes(100), 0.5)
        await trio.sleep(PATIENCE.linger + LATE)
        assert served.listener.statistics().connections == 0


async def test_who_drips_on_regardless_is_refused_and_then_cut_off(mock_clock: MockClock) -> None:
    """Over TCP, where what comes after a shutdown can still be read; what was sent is let go."""
    async with listening(tcp=True) as served:
        client = await served.connect()
        await client.send(post(b"Content-Length: 1000000", body=bytes(200_000)))
        seen = []
        for _ in range(int(PATIENCE.stall + PATIENCE.linger + 3 * LATE)):
            await wait_all_tasks_blocked(0.001)
            mock_clock.jump(1)
            with suppress(OSError):
                os.write(client.stream.socket.fileno(), b"x")
            counted = served.listener.statistics()
            seen.append((counted.connections, counted.held > 0, bool(counted.refused)))
        assert list(dict.fromkeys(seen)) == [(1, True, False), (0, False, True)]
