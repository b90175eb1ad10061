"""The database server goes away under a running relay, and comes back."""

from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest
import trio

from tests.e2e.house import House, house
from tests.e2e.play import CREATE, Steps, begin_all, pairs, talk
from tests.e2e.postgres import own_server
from tests.e2e.verdict import verdict

pytestmark = pytest.mark.timeout(240)

AWAY: Final = frozenset({"database away", "database is away"})
"""What the log may say at error level."""
NOTICED_WITHIN: Final = 10.0


async def test_nothing_is_acknowledged_while_the_database_is_away(tmp_path: Path) -> None:
    """Webhooks and requests hear 503, /readyz says why, and what was said meanwhile arrives."""
    in_thread = partial(trio.to_thread.run_sync)
    with own_server() as server:
        async with house(server.url, tmp_path) as built:
            chats = await begin_all(built, 2)
            await in_thread(server.stop)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(talk, built, chats, Random(1), Steps(), 4)
                assert "database" in await unready(built)
                assert await create(built) == 503
                assert await refused_webhooks(built) > 0
                await in_thread(server.start)
            await built.clients.api.wait_ready()
            assert await verdict(built, chats, AWAY) == [], f"log {built.log}"


async def unready(built: House) -> dict[str, str]:
    """Return what /readyz says is failing, once it says that something is."""
    with trio.fail_after(NOTICED_WITHIN):
        while True:
            answer = await built.clients.http.get("/readyz")
            if answer.status_code == 503:
                failing: dict[str, str] = answer.json()["failing"]
                return failing


async def create(built: House) -> int:
    """Ask for a conversation and return the status of the answer."""
    (pair,) = pairs(1)
    form = [{"name": each.name, "phone": each.number} for each in (pair.visitor, pair.agent)]
    asked = {"visitor": form[0], "agents": form[1:]}
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    answer = await built.clients.http.post(CREATE, json=asked, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code


async def refused_webhooks(built: House) -> int:
    """Count the webhooks that were answered 503."""
    with trio.fail_after(NOTICED_WITHIN):
        while True:
            entries = (await built.clients.simulator.webhooks()).entries
            if refused := [each for each in entries if each.outcome == 503]:
                return len(refused)
            await trio.sleep(0.1)
