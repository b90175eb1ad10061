"""`kill -9` in the middle of it all: everything arrives once, in order, or is owned up to."""

from pathlib import Path
from random import Random

import pytest
import trio

from tests.e2e.house import House, house
from tests.e2e.kills import carry_out, kills
from tests.e2e.play import Steps, begin_all, talk
from tests.e2e.verdict import verdict
from tests.store.databases import FRESH

CHATS, MESSAGES = 4, 10


async def run(built: House, seed: int, most: int = 3) -> list[str]:
    """Play with kills and return what went wrong."""
    rng, steps = Random(seed), Steps()
    chats = await begin_all(built, CHATS)
    plan = kills(rng, CHATS * 2 * MESSAGES, 1 + seed % most)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(carry_out, built, plan, steps)
        await talk(built, chats, rng, steps, MESSAGES)
    return await verdict(built, chats)


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("engine", sorted(FRESH))
async def test_nothing_is_lost_or_doubled_by_a_kill(engine: str, seed: int, tmp_path: Path) -> None:
    with FRESH[engine]() as url:
        async with house(url, tmp_path) as built:
            assert await run(built, seed) == [], f"seed {seed}, log {built.log}"
