"""PostgreSQL dies while commits run: what was told to nobody is neither lost nor done twice."""

from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest
import trio

from tests.e2e.house import House, house
from tests.e2e.play import Steps, begin_all, talk
from tests.e2e.postgres import Server, own_server
from tests.e2e.read_model import differences
from tests.e2e.test_database_away import AWAY
from tests.e2e.verdict import verdict

pytestmark = [pytest.mark.crash, pytest.mark.timeout(240)]

CHATS, MESSAGES, DEATHS = 2, 10, 3
STEPS: Final = CHATS * 2 * MESSAGES
LONGEST: Final = 0.06
"""Seconds after a step within which the server may die."""
HELD_WITHIN: Final = 30.0
LOOK_AGAIN: Final = 0.01
in_thread: Final = partial(trio.to_thread.run_sync)


async def dies_anywhere(server: Server, rng: Random) -> None:
    """Before, in or after a commit, as it happens; a commit of which nobody hears is rare."""
    await trio.sleep(rng.uniform(0, LONGEST))
    await in_thread(server.die)
    await in_thread(server.start)


async def dies_before_it_answers(server: Server, rng: Random) -> None:
    """The commit is on the disk, and the relay will never be told so."""
    await in_thread(server.keep_answers)
    with trio.fail_after(HELD_WITHIN):
        while not await in_thread(server.kept_answers):  # noqa: ASYNC110 - the server's own view
            await trio.sleep(LOOK_AGAIN)
    await in_thread(server.die)
    await in_thread(server.start)
    await in_thread(server.give_answers)


WAYS: Final = {"anywhere": dies_anywhere, "before it answers": dies_before_it_answers}


async def talk_through(built: House, server: Server, way: str, seed: int) -> list[str]:
    """Have people talk while the server dies now and then; returns what went wrong."""
    rng, steps = Random(seed), Steps()
    at = sorted(rng.sample(range(1, STEPS), DEATHS))
    chats = await begin_all(built, CHATS)

    async def die() -> None:
        for step in at:
            await steps.wait(step)
            await WAYS[way](server, rng)
            await built.clients.api.wait_ready()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(die)
        await talk(built, chats, rng, steps, MESSAGES)
    return await verdict(built, chats, AWAY)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("way", WAYS)
async def test_nothing_is_lost_or_doubled(way: str, seed: int, tmp_path: Path) -> None:
    """No message is lost, repeated or reordered, though the relay cannot know what it committed."""
    with own_server() as server:
        async with house(server.url, tmp_path) as built:
            assert await talk_through(built, server, way, seed) == [], f"log {built.log}"
        assert await differences(server.url) == []
