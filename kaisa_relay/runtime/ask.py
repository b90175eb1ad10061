"""Questions to an actor: typed, with a deadline, and never left hanging.

Rule 1: asks go only from faces (API, feed) to actors; actors only tell each other.
Rule 2: nobody waits for an answer that can no longer come.
"""

from typing import Generic, Protocol, Self, TypeVar

import trio
from attrs import define, field, frozen

M_contra = TypeVar("M_contra", contravariant=True)
R = TypeVar("R")


class Unanswered(Exception):
    """An ask that got no answer; the subclass says whether anything may have been done."""


class NotTaken(Unanswered):
    """The mailbox was full or closed: nothing was done."""


class ActorGone(Unanswered):
    """The actor crashed or ended before it answered: what it did is unknown."""


class TooLate(Unanswered):
    """The asker's time ran out: the question may still be worked on."""


class Address(Protocol[M_contra]):
    """What a sender needs to know of an actor: where to leave a message."""

    def tell(self, message: M_contra) -> bool:
        """Leave `message` without waiting; False when it was not taken."""
        ...


@define(eq=False)
class Reply(Generic[R]):
    """The slot for one answer; the first of answer and close counts, the rest is ignored."""

    _done: trio.Event = field(factory=trio.Event, init=False)
    _value: tuple[R] | None = field(default=None, init=False)

    @property
    def settled(self) -> bool:
        """True once nobody waits any more: answered, broken, or the asker left."""
        return self._done.is_set()

    def answer(self, value: R) -> None:
        """Hand `value` to the asker, if it is still there."""
        if not self.settled:
            self._value = (value,)
            self._done.set()

    def close(self) -> None:
        """Give up on this answer; a waiting asker gets `ActorGone` at once."""
        self._done.set()

    async def wait(self) -> R:
        """The answer, or `ActorGone`."""
        await self._done.wait()
        if self._value is None:
            raise ActorGone
        return self._value[0]


@frozen
class Ask(Generic[R]):
    """Base of the messages that want an answer of type `R`; the actor calls `reply.answer`."""

    reply: Reply[R] = field(factory=Reply, init=False, eq=False, repr=False)

    async def put_to(self, address: Address[Self], within: float) -> R:
        """Tell the actor and wait at most `within` seconds; raises an `Unanswered`."""
        try:
            if not address.tell(self):
                raise NotTaken
            with trio.fail_after(within):
                return await self.reply.wait()
        except trio.TooSlowError:
            raise TooLate from None
        finally:
            self.reply.close()
