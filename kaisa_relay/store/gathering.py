"""Questions that are asked at the same time, answered by one read.

Rule 1: whoever asks while nobody reads, reads for all who wait; the others sleep meanwhile.
Rule 2: what is gathered are rows, not their meaning: a row that cannot be read fails its own
asker, who decodes it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Generic, TypeVar

import outcome
import trio
from attrs import define, field
from sqlalchemy import Connection

from kaisa_relay.store.engine import Store

Q = TypeVar("Q")
A = TypeVar("A")

MOST: Final = 256
"""Questions in one read, so that nobody waits for a very long one."""


@define(eq=False)
class _Asked(Generic[Q, A]):
    question: Q
    answer: outcome.Maybe[A] | None = None


@define(eq=False)
class Gathering(Generic[Q, A]):
    """One kind of question; `read` answers many of them, in order, on a reading thread."""

    store: Store
    read: Callable[[Connection, Sequence[Q]], Sequence[A]]
    _waiting: list[_Asked[Q, A]] = field(factory=list)
    _reading: bool = False
    _answered: trio.lowlevel.ParkingLot = field(factory=trio.lowlevel.ParkingLot)

    async def ask(self, question: Q) -> A:
        """Return the answer as of now or later. Raises `StoreUnavailable`."""
        asked: _Asked[Q, A] = _Asked(question)
        self._waiting.append(asked)
        try:
            while asked.answer is None:
                if self._reading:
                    await self._answered.park()
                else:
                    await self._read_for_all()
        finally:
            if asked.answer is None and asked in self._waiting:
                self._waiting.remove(asked)
        return asked.answer.unwrap()

    async def _read_for_all(self) -> None:
        self._reading = True
        try:
            await trio.lowlevel.checkpoint()  # whoever is about to ask, asks now
            together, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            questions = [asked.question for asked in together]
            work = partial(self._answers, questions=questions)
            # Others wait for this: a reader who is cancelled still brings them their answers.
            with trio.CancelScope(shield=True):
                found = await outcome.acapture(self.store.read, work)
            for number, asked in enumerate(together):
                asked.answer = _share(found, number)
        finally:
            self._reading = False
            self._answered.unpark_all()

    def _answers(self, connection: Connection, questions: Sequence[Q]) -> Sequence[A]:
        return self.read(connection, questions)


def _share(found: outcome.Maybe[Sequence[A]], number: int) -> outcome.Maybe[A]:
    if isinstance(found, outcome.Error):
        return outcome.Error(found.error)
    return outcome.Value(found.value[number])
