"""Many small pools that together behave as one."""

import httpx
import pytest
import trio
import trio.testing

from kaisa_relay.whatsapp.connections import EACH, POOLS, Connections, open_connections


async def test_calls_are_spread_evenly_and_come_back_to_the_first() -> None:
    """No pool has more calls than it has connections while another has room."""
    release, taken = trio.Event(), [0] * POOLS

    def client(number: int) -> httpx.AsyncClient:
        async def answer(request: httpx.Request) -> httpx.Response:
            taken[number] += 1
            await release.wait()
            return httpx.Response(200)

        return httpx.AsyncClient(transport=httpx.MockTransport(answer))

    clients = [client(number) for number in range(POOLS)]
    connections = Connections(clients)

    async def call() -> None:
        answer = await connections.request("POST", "https://graph.test/", b"{}", {})
        assert answer.status_code == 200

    async with trio.open_nursery() as nursery:
        for _ in range(POOLS * EACH):
            nursery.start_soon(call)
        await trio.testing.wait_all_tasks_blocked()
        assert taken == [EACH] * POOLS
        release.set()
    await call()
    assert taken == [EACH + 1] + [EACH] * (POOLS - 1)
    for each in clients:
        await each.aclose()


async def test_a_call_that_breaks_gives_its_place_back() -> None:
    """The first pool is the next one's again."""
    numbers: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        numbers.append(str(request.url))
        raise httpx.ConnectError("no")

    async with open_connections("https://graph.test/v1/", httpx.MockTransport(answer)) as opened:
        for _ in range(POOLS * EACH + 1):
            with pytest.raises(httpx.ConnectError), trio.fail_after(1):
                await opened.request("GET", "2000", None, {})
        assert opened._calls == [0] * POOLS
    assert numbers == ["https://graph.test/v1/2000"] * (POOLS * EACH + 1)
