"""When the relay dies: seeded, so that a run can be had again."""

from collections.abc import Sequence
from random import Random
from typing import Final

import trio
from attrs import frozen

from tests.e2e.house import House
from tests.e2e.play import Steps

LONGEST: Final = 0.06
"""Seconds after a step within which the relay may die."""


@frozen
class Kill:
    """Kill once `step` things have been done, and `after` seconds more."""

    step: int
    after: float


def kills(rng: Random, steps: int, number: int) -> tuple[Kill, ...]:
    """Return so many kills within so many steps, in order."""
    at = sorted(rng.sample(range(1, steps), number))
    return tuple(Kill(step, rng.uniform(0, LONGEST)) for step in at)


async def carry_out(house: House, plan: Sequence[Kill], steps: Steps) -> None:
    """Kill and restart the relay as planned."""
    for kill in plan:
        await steps.wait(kill.step)
        await trio.sleep(kill.after)
        await house.crash()
