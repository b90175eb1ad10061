"""One question to the read model, for somebody who waits: it ends in time, or when they leave.

Rule 1: a reader is given back only when its statement has ended, so that the next finds it free.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any, Final, Generic, TypeVar

import outcome
import trio
from attrs import define, field
from sqlalchemy import Connection, Engine

from kaisa_relay.ports.explore import TooSlow
from kaisa_relay.store.faults import translated

T = TypeVar("T")

STEPS: Final = 20_000
"""Steps of SQLite's machine between looks whether somebody still waits: about a millisecond."""
CANCEL_WITHIN: Final = 5.0
"""Seconds for PostgreSQL to take a cancellation."""


async def ask(
    engine: Engine, limiter: trio.CapacityLimiter, work: Callable[[Connection], T], within: float
) -> T:
    """Run `work` on one snapshot, for so many seconds at most, those in the queue included.

    Raises `TooSlow` and `StoreUnavailable`.
    """
    question = _Question(engine, work, within)
    answer: outcome.Outcome[T] | None = None
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_end, question, within, nursery.cancel_scope, name="end a question")
        answer = await trio.to_thread.run_sync(question.run, limiter=limiter)
        nursery.cancel_scope.cancel()
    if answer is None or (question.is_late and isinstance(answer, outcome.Error)):
        raise TooSlow
    return answer.unwrap()


async def _end(question: "_Question[Any]", within: float, scope: trio.CancelScope) -> None:
    """End the question when its time is over, or whoever asked is cancelled."""
    try:
        await trio.sleep(within)
        question.is_late = True
        scope.cancel()
    finally:
        question.left.set()
        if not question.is_answered:
            with trio.CancelScope(shield=True):
                await trio.to_thread.run_sync(question.end)


class _Left(Exception):
    """Nobody waits any more, before it was begun."""


@define(eq=False)
class _Question(Generic[T]):
    _engine: Engine
    _work: Callable[[Connection], T]
    _within: float
    left: Event = field(factory=Event)
    is_late: bool = False
    is_answered: bool = False
    _lock: Lock = field(factory=Lock)
    _driver: Any = None
    """The connection of the driver, while something runs on it."""

    def run(self) -> outcome.Outcome[T]:
        """Have it answered, on this thread."""
        answer: outcome.Outcome[T] = outcome.capture(self._run)
        self.is_answered = True
        return answer

    def end(self) -> None:
        """Have PostgreSQL end the statement; SQLite's looks for itself."""
        with self._lock:  # meanwhile the connection goes to nobody else
            if self._driver is not None and not self._is_file():
                self._driver.cancel_safe(timeout=CANCEL_WITHIN)

    def _run(self) -> T:
        with translated(), self._engine.begin() as connection, self._endable(connection):
            return self._work(connection)

    @contextmanager
    def _endable(self, connection: Connection) -> Iterator[None]:
        driver: Any = connection.connection.driver_connection
        if self._is_file():
            driver.set_progress_handler(self.left.is_set, STEPS)
        else:
            limit = round(1000 * (self._within + 1))  # where our own end comes between statements
            connection.exec_driver_sql(f"set local statement_timeout = {limit}")
        try:
            with self._lock:
                self._driver = driver
            if self.left.is_set():
                raise _Left
            yield
        finally:
            with self._lock:
                self._driver = None
            if self._is_file():
                driver.set_progress_handler(None, 0)

    def _is_file(self) -> bool:
        return self._engine.dialect.name == "sqlite"
