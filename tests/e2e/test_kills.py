"""`kill -9` in the middle of it all: everything arrives once, in order, or is owned up to."""

from pathlib import Path
from random import Random

import pytest
import trio

from tests.e2e.house import House, house
from tests.e2e.kills import carry_out, kills
from tests.e2e.play import Steps, begin_all, reserve, talk
from tests.e2e.read_model import differences
from tests.e2e.verdict import verdict
from tests.store.databases import FRESH

pytestmark = [pytest.mark.timeout(240)]

CHATS, MESSAGES = 4, 10
KILLS_IN_A_RUN = 5
SEEDS = 25


async def while_talking(built: House, seed: int, number: int) -> list[str]:
    """Kill while people talk and webhooks come twice; returns what went wrong."""
    rng, steps = Random(seed), Steps()
    await built.clients.simulator.set_faults({"duplicate_webhook": 0.3})
    chats = await begin_all(built, CHATS)
    plan = kills(rng, CHATS * 2 * MESSAGES, number)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(carry_out, built, plan, steps)
        await talk(built, chats, rng, steps, MESSAGES)
    return await verdict(built, chats)


async def on_the_road(built: House, seed: int, number: int) -> list[str]:
    """Kill from the first form on, while people get to know each other, and at the end."""
    rng, steps = Random(seed), Steps()
    plan = kills(rng, CHATS * 5, number)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(carry_out, built, plan, steps)
        chats = await begin_all(built, CHATS, steps)
        await talk(built, chats, rng, steps, 2)
    repeated = [await reserve(built, chat.pair) for chat in chats]
    problems = await verdict(built, chats)
    if [each.id for each in repeated] != [chat.conversation.id for chat in chats]:
        problems.append("I12: an idempotency key gave another conversation")
    return problems


@pytest.mark.parametrize("engine", sorted(FRESH))
async def test_nothing_is_lost_or_doubled_by_five_kills(engine: str, tmp_path: Path) -> None:
    with FRESH[engine]() as url:
        async with house(url, tmp_path) as built:
            assert await while_talking(built, 1, KILLS_IN_A_RUN) == [], f"log {built.log}"
        assert await differences(url) == []


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("engine", sorted(FRESH))
async def test_nothing_is_lost_or_doubled_by_a_kill(engine: str, seed: int, tmp_path: Path) -> None:
    """Every other seed kills while people are still getting to know each other."""
    play = on_the_road if seed % 2 else while_talking
    with FRESH[engine]() as url:
        async with house(url, tmp_path) as built:
            assert await play(built, seed, 1 + seed % 3) == [], f"log {built.log}"
        assert await differences(url) == []
