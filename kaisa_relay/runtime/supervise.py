"""Supervision: run, and run again after a crash.

Rule 1: the only place that catches what it cannot name; a cancellation is never caught.
Rule 2: the strategy is where the nursery sits; what giving up means is the caller's decision.
"""

from collections.abc import Awaitable, Callable
from random import Random

import structlog
import trio
from attrs import field, frozen
from attrs.validators import ge, gt

logger = structlog.get_logger()

# Past this many doublings every delay has long reached its ceiling, and floats stay finite.
MAX_DOUBLINGS = 32


class GaveUp(Exception):
    """More crashes within the period than the policy forgives; its cause is the last of them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@frozen
class RestartPolicy:
    """At most `intensity` crashes per `period` are forgiven; all times in seconds.

    A `fatal` exception is no crash: running again cannot help, so it passes straight through.
    """

    intensity: int = field(validator=ge(0))
    period: float = field(validator=gt(0))
    first_delay: float = field(validator=ge(0))
    max_delay: float = field(validator=ge(0))
    fatal: tuple[type[Exception], ...] = ()

    def delay(self, crashes: int, rng: Random) -> float:
        """Seconds to wait after the n-th recent crash: doubling, capped, then 50 to 100 % of it."""
        doublings = min(crashes - 1, MAX_DOUBLINGS)
        return min(self.max_delay, self.first_delay * 2.0**doublings) * rng.uniform(0.5, 1.0)


async def supervise(
    name: str,
    run: Callable[[], Awaitable[None]],
    policy: RestartPolicy,
    rng: Random,
    on_crash: Callable[[], None] = lambda: None,
) -> None:
    """Run `run` until it returns, starting it again after each crash.

    `on_crash` is called after every crash, also the last, before the wait: pass
    `mailbox.break_asks` there. Raises `GaveUp` when the policy is exhausted; each crash,
    also that one, has then been logged here and needs no second line.
    """
    crashes: list[float] = []
    while True:
        try:
            return await run()
        except policy.fatal:
            raise
        except Exception as crash:
            recent = _count(crashes, policy.period)
            logger.error("crashed", actor=name, recent_crashes=recent, exc_info=crash)
            on_crash()
            if recent > policy.intensity:
                raise GaveUp(name) from crash
        await trio.sleep(policy.delay(recent, rng))


def _count(crashes: list[float], period: float) -> int:
    """Note a crash now; how many fell within the last `period` seconds."""
    now = trio.current_time()
    crashes.append(now)
    while crashes[0] <= now - period:
        crashes.pop(0)
    return len(crashes)
