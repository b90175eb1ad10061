"""Waiting for a store that is away: an actor keeps its message and tries again.

Rule 1: an outage of the database is not an actor's crash, so it never leads to quarantine.
Rule 2: asks have their own deadline; whoever waits for an answer is not kept by this.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import trio

from kaisa_relay.actors.outages import Outages
from kaisa_relay.ports import StoreUnavailable

FIRST: Final = 0.1
LONGEST: Final = 5.0

T = TypeVar("T")


async def at_once(call: Callable[[], Awaitable[T]], outages: Outages) -> T:
    """Return what `call` returns, and note whether the store answered."""
    try:
        answer = await call()
    except StoreUnavailable:
        outages.store_lost()
        raise
    outages.store_answered()
    return answer


async def patiently(call: Callable[[], Awaitable[T]], outages: Outages) -> T:
    """Return what `call` returns, calling it again for as long as the store is unavailable."""
    delay = FIRST
    while True:
        try:
            answer = await call()  # as `at_once`; a coroutine less for every append there is
        except StoreUnavailable:
            outages.store_lost()
            await trio.sleep(delay)
            delay = min(LONGEST, delay * 2)
        else:
            outages.store_answered()
            return answer
