"""Random schedules with everything that ends, moves or interrupts a conversation, and restarts."""

from random import Random

import pytest
from trio.testing import MockClock

from tests.actors.house import House, Plan
from tests.actors.reckoning import check, check_rows
from tests.actors.restless import TERMS, Restless
from tests.actors.schedules import last_house, state_of, talks


async def everybody_is_back(house: House, schedule: Restless) -> None:
    """Whatever is offered is taken, and both sides write, so that what waits goes out."""
    await house.pass_time(200)
    for talk in schedule.talks:
        assert talk.reservation is not None
        await house.write(talk.visitor, "I am back", schedule.channel(talk))
        for agent in talk.agents:
            await house.write(agent, "/on", schedule.channel(talk))
            if state_of(house, talk.reservation).agent is None and house.offered(agent):
                await house.tap(agent, "Accept", schedule.channel(talk))
        won = schedule.agent_of(house, talk)
        if won is not None:
            await house.write(won, "so am I", schedule.channel(talk))
    await house.pass_time(1000)


@pytest.mark.parametrize("seed", range(4))
async def test_everything_adds_up(autojump_clock: MockClock, seed: int) -> None:
    """Whoever had it when, each word came to its reader, once and in order, and to nobody else."""
    plan = Plan(channels=2, terms=TERMS, seed=seed)
    schedule = Restless(Random(seed), plan, talks(pairs=2, agents=3))
    async with last_house(schedule) as house:
        await everybody_is_back(house, schedule)
        for talk in schedule.talks:
            check(house, schedule, talk)
            check_rows(house, schedule, talk)
        assert not house.waiting(), "something was never decided"
        assert house.actors.router.statistics()["quarantined"] == 0
