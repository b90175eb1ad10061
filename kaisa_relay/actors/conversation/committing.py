"""How a conversation commits to its stream, and what it can know of what it committed.

Rule 1: a commit of which nobody was told may be durable; only the journal says so.
"""

from collections.abc import Awaitable, Callable

from attrs import define

from kaisa_relay.actors.conversation.recalling import Waiting
from kaisa_relay.ports import Append, Conflict, StoreUnavailable


class Stale(Exception):
    """The stream is not where this run thinks it is: start again from the journal."""


class Unsure(Exception):
    """The store went away during a commit, which was durable, it seems: read the journal again."""


@define(eq=False)
class Commits:
    """The appends of one run."""

    append: Callable[[Append], Awaitable[Conflict | None]]
    unsure: bool = False
    """Whether a commit failed of which nobody knows whether it is durable."""

    async def commit(self, append: Append, wait: Waiting) -> Conflict | None:
        """Append, waiting for the store as `wait` does. Raises `Unsure` or `StoreUnavailable`."""
        conflict = await wait(lambda: self._once(append))
        if conflict is not None and self.unsure:
            raise Unsure
        self.unsure = False  # the stream was where we thought: what failed has left no trace
        return conflict

    async def _once(self, append: Append) -> Conflict | None:
        try:
            return await self.append(append)
        except StoreUnavailable:
            self.unsure = True
            raise
