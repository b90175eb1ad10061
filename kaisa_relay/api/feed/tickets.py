"""Tickets: what a browser shows at the feed's door instead of a key, which it should not have.

Rule 1: a ticket opens the door once, within 30 s, for what its key may see.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from attrs import define, field, frozen

from kaisa_relay.ports.keys import ApiKey

StillValid = Callable[[], Awaitable[bool]]

LIVES: Final = 30.0
"""Seconds (product, "Live feed")."""
MOST: Final = 10_000
"""Tickets that wait at once; the oldest go first."""


@frozen
class Pass:
    """Who may watch, and for how long: until their key, or the session that they are in, ends."""

    key: ApiKey
    still_valid: StillValid


@define(eq=False)
class Tickets:
    """The tickets that were given out; `monotonic` is in seconds."""

    monotonic: Callable[[], float]
    _waiting: OrderedDict[bytes, tuple[Pass, float]] = field(factory=OrderedDict)

    def issue(self, holder: Pass) -> str:
        """Return a ticket for whoever may watch."""
        self._tidy()
        ticket = f"kt_{token_urlsafe(32)}"
        self._waiting[_hash(ticket)] = (holder, self.monotonic() + LIVES)
        return ticket

    def redeem(self, ticket: str) -> Pass | None:
        """Return who holds a ticket, which is used up; None when it opens nothing."""
        holder, until = self._waiting.pop(_hash(ticket), (None, 0.0))
        return holder if self.monotonic() < until else None

    def _tidy(self) -> None:
        now = self.monotonic()
        while self._waiting:
            _, until = next(iter(self._waiting.values()))  # the oldest
            if until > now and len(self._waiting) < MOST:
                break
            self._waiting.popitem(last=False)


def _hash(ticket: str) -> bytes:
    return sha256(ticket.encode()).digest()
