"""Who guesses passwords waits: a lock on each name, address and device, in memory.

Rule 1: an attempt counts before it is checked, so that many at once are no way around.
Rule 2: a name that nobody has is locked like any other, so a lock tells nothing.
Rule 3: a device on which a name has signed in before counts alone: strangers who guess at the name
lock each other out, and not who it belongs to.
Rule 4: strangers together get a few checks per second: each takes a core's while and 64 MiB, and
whoever has many addresses could take all of them from the relay.
Rule 5: the table is bounded; who was not seen for longest is forgotten.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import inf
from typing import Final

from attrs import define, frozen

from kaisa_relay.domain.channel import Pace

PER_NAME: Final = 5
PER_ADDRESS: Final = 20
"""Wrong passwords in a row that cost nothing; an office shares an address."""
STRANGERS: Final = Pace(interval=1 / 4, burst=20)
"""Passwords that are checked for all devices that are not known."""
FIRST_LOCK: Final = 30.0
LONGEST_LOCK: Final = 900.0
"""Seconds; a lock is twice as long as the one before."""
FORGOTTEN_AFTER: Final = 3600.0
"""Seconds without an attempt after which earlier ones do not count."""
MOST_KNOWN: Final = 10_000


@define
class _Record:
    """Attempts that were not followed by a right one."""

    attempts: int = 0
    locked_until: float = 0.0
    last: float = 0.0


@frozen
class Attempt:
    """One attempt that is being checked; `device` is one of the name's own, if it proved to be."""

    name: str
    address: str
    device: str | None = None

    @property
    def counted(self) -> tuple[tuple[Hashable, int], ...]:
        """What it counts for, each with the guesses that are free."""
        if self.device is not None:
            return ((("device", self.name, self.device), PER_NAME),)
        return (("name", self.name), PER_NAME), (("address", self.address), PER_ADDRESS)


class Guessing:
    """Counts attempts; `clock` is in seconds and never goes back."""

    def __init__(self, clock: Callable[[], float], most_known: int = MOST_KNOWN) -> None:
        self._clock = clock
        self._most_known = most_known
        self._records: OrderedDict[Hashable, _Record] = OrderedDict()
        self._empty_at = -inf

    def begin(self, attempt: Attempt) -> float:
        """Count an attempt and return 0, or the seconds for which it is locked out."""
        now = self._clock()
        if attempt.device is None and (wait := STRANGERS.wait(self._empty_at, now)) > 0:
            return wait
        records = [(self._record(who, now), free) for who, free in attempt.counted]
        if (wait := max(record.locked_until for record, _ in records) - now) > 0:
            return wait
        for record, free in records:
            _count(record, free, now)
        if attempt.device is None:
            self._empty_at = STRANGERS.spend(self._empty_at, now)
        return 0.0

    def was_right(self, attempt: Attempt) -> None:
        """Forget the name's attempts, or the device's; take this one off the address, which may
        have others."""
        self._records.pop(attempt.counted[0][0], None)
        if attempt.device is not None:
            return
        address = self._records.get(("address", attempt.address))
        if address is not None:
            address.attempts = max(0, address.attempts - 1)
            address.locked_until = 0.0

    def __len__(self) -> int:
        """Return how many names, addresses and devices are known."""
        return len(self._records)

    def _record(self, who: Hashable, now: float) -> _Record:
        record = self._records.setdefault(who, _Record(last=now))
        self._records.move_to_end(who)
        if now - record.last > FORGOTTEN_AFTER:
            record.attempts = 0
        if len(self._records) > self._most_known:
            self._records.popitem(last=False)
        return record


def _count(record: _Record, free: int, now: float) -> None:
    record.attempts += 1
    record.last = now
    if (beyond := record.attempts - free) >= 0:
        record.locked_until = now + min(FIRST_LOCK * 2**beyond, LONGEST_LOCK)
