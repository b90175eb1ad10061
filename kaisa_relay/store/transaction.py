"""A batch of units in one transaction, on the writer's thread.

Rule 1: together first; where that fails for a reason of one unit, all run again one by one.
Rule 2: an answer is given to a unit only after the commit that holds it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import outcome
import trio
from attrs import define, frozen
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store.faults import BrokenStorage, is_away, translated
from kaisa_relay.store.operation import Lost, Operation


@frozen
class Work:
    """Something that wants a transaction of its own."""

    run: Callable[[Connection], Any]


@define(eq=False)
class Ticket:
    """One unit that waits; `operation` is None for `Work`.

    `answer` is an exception where it shall be raised; it is set once the unit was committed, or
    was refused.
    """

    operation: Operation[Any, Any] | None
    unit: Any
    on_answer: Callable[[Any], None] | None = None
    answer: Any = None
    answered: bool = False
    _done: bool = False
    _waiter: trio.lowlevel.Task | None = None

    async def wait(self) -> Any:
        """Return the answer, to the one caller; half the cost of a `trio.Event`."""
        if self._done:
            await trio.lowlevel.checkpoint()
        else:
            self._waiter = trio.lowlevel.current_task()
            await trio.lowlevel.wait_task_rescheduled(self._leave)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def settle(self, answer: Any) -> None:
        """Note what came of it, on whatever thread; the caller hears it by `finish`."""
        self.answer, self.answered = answer, True

    def finish(self, why: str) -> None:
        """Tell the caller, once; without an answer nothing was committed, and it hears `why`."""
        if self._done:
            return
        if not self.answered:
            self.answer = StoreUnavailable(why)
        self._done = True
        if self.on_answer is not None:
            self.on_answer(self.answer)
        elif self._waiter is not None:
            waiter, self._waiter = self._waiter, None
            trio.lowlevel.reschedule(waiter)

    def _leave(self, _: object) -> trio.lowlevel.Abort:
        self._waiter = None
        return trio.lowlevel.Abort.SUCCEEDED


@define
class Ran:
    """Units of one operation in the order in which they ran, each with its answer."""

    operation: Operation[Any, Any]
    tickets: Sequence[Ticket]
    answers: Sequence[Any]


def write(connection: Connection, tickets: Sequence[Ticket]) -> list[Ran]:
    """Commit the tickets, answer them and return what ran; raises `StoreUnavailable`.

    Tickets without an answer were not committed then.
    """
    ran = _commit_together(connection, [t for t in tickets if t.operation is not None])
    for ticket in tickets:
        if ticket.operation is None:
            _commit_work(connection, ticket)
    return ran


def _commit_together(connection: Connection, tickets: Sequence[Ticket]) -> list[Ran]:
    if not tickets:
        return []
    with translated():
        try:
            ran = _transaction(connection, tickets, one_by_one=False)
        except Lost:
            ran = _transaction(connection, tickets, one_by_one=True)
        except DBAPIError as error:
            if is_away(error):
                raise
            ran = _transaction(connection, tickets, one_by_one=True)
    for part in ran:
        for ticket, answer in zip(part.tickets, part.answers, strict=True):
            ticket.settle(answer)
    return ran


def _transaction(connection: Connection, tickets: Sequence[Ticket], one_by_one: bool) -> list[Ran]:
    ran: list[Ran] = []
    with connection.begin():
        for operation, group in _by_operation(tickets):
            racy = group if one_by_one else [t for t in group if operation.racy(t.unit)]
            sure = [] if one_by_one else [t for t in group if t not in racy] if racy else group
            if sure:
                answers = operation.run(connection, [t.unit for t in sure], False)
                ran.append(Ran(operation, sure, answers))
            ran += [Ran(operation, (t,), (_one(connection, operation, t.unit),)) for t in racy]
    return ran


def _one(connection: Connection, operation: Operation[Any, Any], unit: Any) -> Any:
    try:
        with connection.begin_nested():
            (answer,) = operation.run(connection, (unit,), True)
            return answer
    except Lost as lost:
        return operation.refused(unit, lost)
    except DBAPIError as error:
        if is_away(error):
            raise
        return error


def _commit_work(connection: Connection, ticket: Ticket) -> None:
    def run() -> Any:
        with translated(), connection.begin():
            return ticket.unit.run(connection)

    answer = outcome.capture(run)
    if isinstance(answer, outcome.Error) and isinstance(
        answer.error, StoreUnavailable | BrokenStorage
    ):
        raise answer.error
    ticket.settle(answer.error if isinstance(answer, outcome.Error) else answer.value)


def _by_operation(
    tickets: Sequence[Ticket],
) -> list[tuple[Operation[Any, Any], list[Ticket]]]:
    """Group the tickets by what is done to them, in its order, each group in the queue's."""
    groups: dict[Operation[Any, Any], list[Ticket]] = {}
    for ticket in tickets:
        assert ticket.operation is not None
        groups.setdefault(ticket.operation, []).append(ticket)
    return sorted(groups.items(), key=lambda group: group[0].order)
