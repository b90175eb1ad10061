"""SIGTERM: what was begun is brought to its end, and the next start goes on from there."""

import json
from pathlib import Path
from random import Random

import pytest
import trio
from sqlalchemy import select

from kaisa_relay.store.tables import send
from tests.e2e.house import STOP_WITHIN, House, house
from tests.e2e.ledger import engine_of
from tests.e2e.play import CREATE, Steps, begin_all, pairs, talk
from tests.e2e.verdict import verdict
from tests.store.databases import FRESH

pytestmark = pytest.mark.timeout(240)

STOPS = 5
HALF = 20
"""Bytes of a body that are sent before the stop."""


async def stopped_under_load(built: House, seed: int) -> list[str]:
    """Stop in the middle of a talk and start again; returns what went wrong."""
    rng, steps = Random(seed), Steps()
    chats = await begin_all(built, 4)
    codes: list[int] = []
    async with trio.open_nursery() as nursery:

        @nursery.start_soon
        async def restart() -> None:
            await steps.wait(rng.randrange(10, 60))
            codes.append(await built.stop())
            assert await trio.to_thread.run_sync(doubtful, built) == []
            await built.start()

        await talk(built, chats, rng, steps, 10)
    assert codes == [0]
    for chat in chats:
        said = await built.clients.api.messages(chat.conversation.id)
        assert not [each for each in said if each.status == "unconfirmed"]
    return await verdict(built, chats)


def doubtful(built: House) -> list[str]:
    """Return the states of sends that a stop should have brought to an outcome."""
    engine = engine_of(built.config.database_url)
    with engine.connect() as connection:
        states = connection.scalars(select(send.c.state)).all()
    engine.dispose()
    return [state for state in states if state != "ready"]


async def test_a_stop_under_load_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    with FRESH["sqlite"]() as url:
        async with house(url, tmp_path) as built:
            assert await stopped_under_load(built, 0) == [], f"log {built.log}"


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(1, 1 + STOPS))
@pytest.mark.parametrize("engine", sorted(FRESH))
async def test_stopped_under_load(engine: str, seed: int, tmp_path: Path) -> None:
    with FRESH[engine]() as url:
        async with house(url, tmp_path) as built:
            assert await stopped_under_load(built, seed) == [], f"log {built.log}"


async def test_a_request_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    with FRESH["sqlite"]() as url:
        async with house(url, tmp_path) as built:
            host, _, port = built.bind.partition(":")
            request = form(built)
            stream = await trio.open_tcp_stream(host, int(port))
            async with stream:
                await stream.send_all(request[:-HALF])
                await built.clients.http.get("/healthz")  # the relay has read what came before
                built.ask_to_stop()
                await refusing(built)
                await stream.send_all(request[-HALF:])
                answer = b"".join([chunk async for chunk in stream])
            assert answer.startswith(b"HTTP/1.1 201 ")
            assert await built.stopped() == 0


def form(built: House) -> bytes:
    """Return a whole request for a conversation."""
    (pair,) = pairs(1)
    visitor, agent = (
        {"name": each.name, "phone": each.number} for each in (pair.visitor, pair.agent)
    )
    body = json.dumps({"visitor": visitor, "agents": [agent]}).encode()
    head = (
        f"POST {CREATE} HTTP/1.1\r\nHost: {built.bind}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {built.clients.key}\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


async def refusing(built: House) -> None:
    """Return once the relay takes no more requests."""
    with trio.fail_after(STOP_WITHIN):
        while (await built.clients.http.get("/healthz")).status_code != 503:  # noqa: ASYNC110 - HTTP
            await trio.sleep(0.02)
