"""How many may watch the feed at once: in all, of one workspace, and with one key or account.

Rule 1: whoever would be one too many is told which bound it is; those inside stay.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from attrs import define, field, frozen

from kaisa_relay.ports.keys import ApiKey


@frozen
class Bounds:
    """The most watchers at once."""

    of_one: int = 100
    """With one key or account: fifty screens on a wall, twice."""
    of_workspace: int = 300
    in_all: int = 1_000
    """Half of what a process may usually have open in files, which webhooks and sends need too."""


@define(eq=False)
class Seats:
    """Counts who watches."""

    bounds: Bounds
    _taken: Counter[Hashable] = field(factory=Counter)

    def full(self, key: ApiKey) -> str | None:
        """Say why one more with this key finds no seat; None when there is one."""
        bounds = self.bounds
        for what, most, why in (
            (_one(key), bounds.of_one, f"{bounds.of_one} watch with this {key.holder.value}"),
            (key.workspace, bounds.of_workspace, f"{bounds.of_workspace} watch this workspace"),
            ("all", bounds.in_all, f"{bounds.in_all} watch at this server"),
        ):
            if self._taken[what] >= most:
                return f"{why} already"
        return None

    @contextmanager
    def take(self, key: ApiKey) -> Iterator[None]:
        """Hold a seat, whether or not there was one."""
        held = (_one(key), key.workspace, "all")
        self._taken.update(held)
        try:
            yield
        finally:
            self._taken.subtract(held)
            for each in held:
                if not self._taken[each]:
                    del self._taken[each]

    def __len__(self) -> int:
        """Return how many watch."""
        return self._taken["all"]


def _one(key: ApiKey) -> Hashable:
    return key.holder, key.id
