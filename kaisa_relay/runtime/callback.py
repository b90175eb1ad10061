"""An answer that is given by a call: what needs no task of its own to wait for it.

Rule 1: whoever waited and gave up is not called any more; what was begun goes on without them.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

import trio
from attrs import define, field

T = TypeVar("T")

OnAnswer = Callable[[T | Exception], None]
"""Called once, from Trio's thread, with an answer or with why there is none; must not raise."""


@define(eq=False)
class Callback(Generic[T]):
    """An `OnAnswer` that one task can wait for."""

    _answer: tuple[T | Exception] | None = field(default=None, init=False)
    _waiter: trio.lowlevel.Task | None = field(default=None, init=False)

    def __call__(self, answer: T | Exception) -> None:
        """Take the answer, and wake who waits."""
        self._answer = (answer,)
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            trio.lowlevel.reschedule(waiter)

    async def wait(self) -> T:
        """Return the answer, or raise it."""
        if self._answer is None:
            self._waiter = trio.lowlevel.current_task()
            await trio.lowlevel.wait_task_rescheduled(self._leave)
        else:
            await trio.lowlevel.checkpoint()
        assert self._answer is not None
        (answer,) = self._answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _leave(self, _: object) -> trio.lowlevel.Abort:
        self._waiter = None
        return trio.lowlevel.Abort.SUCCEEDED
