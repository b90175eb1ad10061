"""Mailboxes: how actors hear.

Rule 1: a mailbox belongs to the supervised slot, not to the task, so it outlives a crash.
Rule 2: `tell` never blocks; the sender decides what a full mailbox means.
"""

from typing import Generic, TypeVar

import trio
from attrs import define, field, frozen

from kaisa_relay.runtime.ask import Ask

M = TypeVar("M")


@frozen
class MailboxStatistics:
    """Messages queued and the most that fit, messages refused so far, asks taken out unanswered."""

    queued: int
    capacity: int
    refused: int
    unanswered: int
    closed: bool


@define(eq=False)
class Mailbox(Generic[M]):
    """A bounded queue with one reader. It keeps its messages when the reader crashes."""

    capacity: int
    # A list, because every live conversation has one: an empty deque takes 600 bytes more.
    _queue: list[M] = field(factory=list, init=False)
    # One task is enough, and a parking lot takes 500 bytes more.
    _reader: trio.lowlevel.Task | None = field(default=None, init=False)
    _in_hand: list[Ask[object]] = field(factory=list, init=False)
    _refused: int = field(default=0, init=False)
    _closed: bool = field(default=False, init=False)

    @property
    def queued(self) -> int:
        """How many messages wait; no `__len__`, or an empty mailbox would be false."""
        return len(self._queue)

    def tell(self, message: M) -> bool:
        """Queue `message` without waiting; False when the mailbox is full or closed."""
        if self._closed or len(self._queue) >= self.capacity:
            self._refused += 1
            return False
        self._queue.append(message)
        self._wake_reader()
        return True

    async def receive(self) -> M:
        """The oldest message, as soon as there is one; `trio.ClosedResourceError` after close."""
        await self._wait_message()
        return self._take()

    async def receive_many(self, limit: int) -> list[M]:
        """All that is queued, oldest first, at least one and at most `limit`, in one checkpoint."""
        await self._wait_message()
        taken, self._queue = self._queue[:limit], self._queue[limit:]
        for message in taken:
            self._note(message)
        return taken

    def retire_if_empty(self) -> bool:
        """Close for good, unless a message got in first or an asker still waits."""
        if self._queue or self._unanswered():
            return False
        self.close()  # no checkpoint since the test, so no message can fall between
        return True

    def break_asks(self) -> None:
        """After a crash: fail every ask, queued or taken out. What was told stays queued."""
        for ask in self._in_hand:
            ask.reply.close()
        self._in_hand.clear()
        for message in self._queue:
            if isinstance(message, Ask):
                message.reply.close()
        self._queue = [m for m in self._queue if not isinstance(m, Ask)]

    def clear(self) -> None:
        """Empty the mailbox and fail every ask; new messages are still welcome."""
        self.break_asks()
        self._queue.clear()

    def close(self) -> None:
        """Refuse new messages from now on, drop the queued ones and fail every ask."""
        self._closed = True
        self.clear()
        self._wake_reader()

    def statistics(self) -> MailboxStatistics:
        """A snapshot for metrics."""
        return MailboxStatistics(
            queued=len(self._queue),
            capacity=self.capacity,
            refused=self._refused,
            unanswered=len(self._unanswered()),
            closed=self._closed,
        )

    async def _wait_message(self) -> None:
        # Messages leave the queue only after the last checkpoint, so a cancelled reader loses none.
        if self._queue:
            await trio.lowlevel.checkpoint()
        while not self._queue:
            if self._closed:
                raise trio.ClosedResourceError
            assert self._reader is None, "a mailbox has one reader"
            self._reader = trio.lowlevel.current_task()
            await trio.lowlevel.wait_task_rescheduled(self._stop_waiting)

    def _wake_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            trio.lowlevel.reschedule(reader)

    def _stop_waiting(self, _: object) -> trio.lowlevel.Abort:
        self._reader = None
        return trio.lowlevel.Abort.SUCCEEDED

    def _take(self) -> M:
        message = self._queue.pop(0)
        self._note(message)
        return message

    def _note(self, message: M) -> None:
        if isinstance(message, Ask):
            self._in_hand = [*self._unanswered(), message]

    def _unanswered(self) -> list[Ask[object]]:
        return [ask for ask in self._in_hand if not ask.reply.settled]
