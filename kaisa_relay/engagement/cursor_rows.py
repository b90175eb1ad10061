"""What events start and stop, written down beside how far we have come.

Rule 1: both are one transaction, so that an event starts what it starts once, through any crash.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Any, Final, NamedTuple

from attrs import frozen
from sqlalchemy import Connection, Update, insert, select, update

from kaisa_relay.domain.engagement.ids import DeliveryId, TriggerId
from kaisa_relay.domain.engagement.trigger import Due
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.engagement.limit_rows import Limited, admit
from kaisa_relay.ports.engagement import DeliveryState
from kaisa_relay.store.engagement_table import IS_WAITING, attempt, delivery, subscriber, trigger
from kaisa_relay.store.instants import to_micros
from kaisa_relay.store.tables import workspace

NAME: Final = "engagement"
"""By which our cursor is kept."""


@frozen
class Started:
    """What one event has started by one trigger, with an id for each."""

    trigger: TriggerId
    version: int
    seq: int
    conversation: ConversationId | None
    due: tuple[tuple[DeliveryId, Due], ...]
    limited: Limited | None = None
    refused: tuple[str, datetime] | None = None
    """Why all of it is dead from the beginning, and since when."""


@frozen
class Stopped:
    """The event with this number stops what its conversation waits for by this trigger."""

    trigger: TriggerId
    seq: int
    conversation: ConversationId
    at: datetime


class Moved(Enum):
    """What is not as it was read."""

    BY_SOMEBODY = auto()
    OTHER_TRIGGERS = auto()


class Enabled(NamedTuple):
    """A trigger that is enabled, as far as it matters whether it still is."""

    id: TriggerId
    version: int
    since: int


def cursor(connection: Connection, of: WorkspaceId) -> int | None:
    """Return the last event dealt with; None before the first look."""
    mine = (subscriber.c.workspace == of, subscriber.c.name == NAME)
    return connection.scalar(select(subscriber.c.seq).where(*mine))


def head(connection: Connection, of: WorkspaceId) -> int:
    """Return the number of the latest event."""
    return connection.scalar(select(workspace.c.head).where(workspace.c.id == of)) or 0


def begin_at(connection: Connection, of: WorkspaceId, seq: int) -> None:
    """Keep a first cursor."""
    connection.execute(insert(subscriber).values(workspace=of, name=NAME, seq=seq))


def advance(
    connection: Connection,
    of: WorkspaceId,
    between: tuple[int, int],
    steps: Sequence[Started | Stopped],
    by: frozenset[Enabled],
) -> Moved | None:
    """Move the cursor and write what the events between have started and stopped, in their order.

    `by` are the triggers by which the steps were made. Nothing is done where any was added, changed
    or removed since, or where somebody else moved the cursor.
    """
    columns = trigger.c
    enabled = select(columns.id, columns.version, columns.since).where(
        columns.workspace == of, columns.enabled
    )
    # Held until the end, so that whoever switches one off finds what it has started by then.
    now = connection.execute(enabled.with_for_update(read=True)).all()
    if frozenset(Enabled(*row) for row in now) != by:
        return Moved.OTHER_TRIGGERS
    mine = (subscriber.c.workspace == of, subscriber.c.name == NAME)
    where = (*mine, subscriber.c.seq == between[0])
    if connection.execute(update(subscriber).where(*where).values(seq=between[1])).rowcount != 1:
        return Moved.BY_SOMEBODY
    for step in steps:
        if isinstance(step, Stopped):
            connection.execute(cancelling(of, step))
        else:
            _start(connection, of, step)
    return None


def _start(connection: Connection, of: WorkspaceId, step: Started) -> None:
    """Write down what an event starts; of what its visitor has had enough, why it ends."""
    connection.execute(insert(delivery), _rows(of, step))
    limited = step.limited
    if limited is not None and not admit(connection, of, limited):
        _end(connection, of, step, DeliveryState.CANCELLED, (limited.limit.why, limited.at))
    elif step.refused is not None:
        _end(connection, of, step, DeliveryState.DEAD, step.refused)


def _end(
    connection: Connection,
    of: WorkspaceId,
    step: Started,
    state: DeliveryState,
    told: tuple[str, datetime],
) -> None:
    """End what was started before it was tried, with the reason in its log."""
    (why, when), ids = told, [id for id, _ in step.due]
    at = to_micros(when)
    mine = (delivery.c.workspace == of, delivery.c.id.in_(ids))
    ended = {"state": state, "done_at": at, "attempts": 1}
    connection.execute(update(delivery).where(*mine).values(ended))
    row = {"workspace": of, "number": 1, "at": at, "took": 0, "why": why}
    connection.execute(insert(attempt), [{**row, "delivery": id} for id in ids])


def cancelling(of: WorkspaceId, step: Stopped) -> Update:
    """Return the statement that stops what a conversation waits for by a trigger."""
    waits = (
        delivery.c.workspace == of,
        delivery.c.conversation == step.conversation,
        delivery.c.trigger_id == step.trigger,
        delivery.c.seq + 0 < step.seq,  # plain, SQLite would read the trigger's whole history
        IS_WAITING,
    )
    ended = {"state": DeliveryState.CANCELLED, "done_at": to_micros(step.at)}
    return update(delivery).where(*waits).values(ended)


def _rows(of: WorkspaceId, step: Started) -> list[dict[str, Any]]:
    return [
        {
            "workspace": of,
            "id": id,
            "trigger_id": step.trigger,
            "version": step.version,
            "seq": step.seq,
            "conversation": step.conversation,
            "step": due.step,
            "action": due.action,
            "endpoint": due.wanted.endpoint,
            "state": DeliveryState.WAITING,
            "first_due_at": to_micros(due.at),
            "due_at": to_micros(due.at),
        }
        for id, due in step.due
    ]


def cancel_all(connection: Connection, of: WorkspaceId, id: TriggerId, at: datetime) -> None:
    """Cancel what a removed trigger still waits for."""
    waits = (delivery.c.workspace == of, delivery.c.trigger_id == id, IS_WAITING)
    ended = {"state": DeliveryState.CANCELLED, "done_at": to_micros(at)}
    connection.execute(update(delivery).where(*waits).values(ended))
