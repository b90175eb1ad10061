"""Waiting for a store that is away: an actor keeps its message and tries again.

Rule 1: an outage of the database is not an actor's crash, so it never leads to quarantine.
Rule 2: asks have their own deadline; whoever waits for an answer is not kept by this.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import trio

from kaisa_relay.ports import StoreUnavailable

FIRST: Final = 0.1
LONGEST: Final = 5.0

T = TypeVar("T")


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Return what `call` returns, calling it again for as long as the store is unavailable."""
    delay = FIRST
    while True:
        try:
            return await call()
        except StoreUnavailable:
            await trio.sleep(delay)
            delay = min(LONGEST, delay * 2)
