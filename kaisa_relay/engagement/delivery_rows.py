"""Deliveries in their tables: what is due, what came of it, and what is shown of both."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from kaisa_relay.domain.engagement.ids import CHANNEL_LANE, DeliveryId, EndpointId
from kaisa_relay.domain.engagement.suppression import Way
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.engagement.quota_rows import count
from kaisa_relay.engagement.trigger_rows import Place
from kaisa_relay.ports.engagement import (
    AttemptView,
    DeliveryState,
    DeliveryView,
    WhichDeliveries,
)
from kaisa_relay.store.engagement_table import (
    IS_WAITING,
    attempt,
    delivery,
    endpoint,
)
from kaisa_relay.store.instants import from_micros, to_micros

FINISHED: Final = (DeliveryState.DELIVERED, DeliveryState.DEAD)
PAGE: Final = 200
"""Deliveries that are replayed in one transaction."""
MILLISECOND: Final = 1000
"""In microseconds."""


@frozen
class Waiting:
    """A delivery that is due."""

    workspace: WorkspaceId
    id: DeliveryId
    action: Place
    seq: int
    endpoint: EndpointId
    first_due_at: datetime
    attempts: int
    conversation: ConversationId | None = None


@frozen
class Tried:
    """A try that was made, and what the delivery is afterwards."""

    of: Waiting
    at: datetime
    took: int
    """Microseconds."""
    status: int | None
    why: str | None
    answer: str | None
    state: DeliveryState
    due_at: datetime
    left: Way | None = None
    """By which way it left for a person."""


# --- delivering


def due(
    connection: Connection, of: WorkspaceId, to: EndpointId, now: datetime, most: int
) -> list[Waiting]:
    """Return what is due at an endpoint, what is so longest first."""
    query = (
        select(delivery)
        .where(*_waiting_for(of, to), delivery.c.due_at <= to_micros(now))
        .order_by(delivery.c.due_at, delivery.c.id)
        .limit(most)
    )
    return [waiting_of(row) for row in connection.execute(query)]


def waiting_of(row: Row[Any]) -> Waiting:
    """Return a delivery that waits."""
    return Waiting(
        row.workspace,
        row.id,
        Place(row.trigger_id, row.version, row.step, row.action),
        row.seq,
        row.endpoint,
        from_micros(row.first_due_at),
        row.attempts,
        row.conversation,
    )


def record(connection: Connection, tried: Sequence[Tried]) -> None:
    """Write tries down; one that got through counts even where it was cancelled meanwhile."""
    if not tried:
        return
    numbers = _last_numbers(connection, tried)
    rows = []
    for each in tried:
        key = (each.of.workspace, each.of.id)
        numbers[key] = numbers.get(key, 0) + 1  # one may be here twice: cut off, and tried again
        rows.append(_attempt(each, numbers[key]))
    connection.execute(insert(attempt), rows)
    count(connection, [(e.of.workspace, e.left, e.at) for e in tried if e.left is not None])
    delivered = [each for each in tried if each.state is DeliveryState.DELIVERED]
    others = [each for each in tried if each.state is not DeliveryState.DELIVERED]
    for some, statement in ((delivered, _MOVE), (others, _MOVE.where(IS_WAITING))):
        if some:
            connection.execute(statement, [_afterwards(each) for each in some])


def _last_numbers(
    connection: Connection, tried: Sequence[Tried]
) -> dict[tuple[WorkspaceId, DeliveryId], int]:
    """Return the number of the latest try of each delivery that was tried before."""
    keys = [(each.of.workspace, each.of.id) for each in tried]
    mine = tuple_(attempt.c.workspace, attempt.c.delivery).in_(keys)
    query = select(attempt.c.workspace, attempt.c.delivery, func.max(attempt.c.number)).where(mine)
    rows = connection.execute(query.group_by(attempt.c.workspace, attempt.c.delivery))
    return {(workspace, delivery): number for workspace, delivery, number in rows}


def _attempt(tried: Tried, number: int) -> dict[str, Any]:
    of = tried.of
    return {
        "workspace": of.workspace,
        "delivery": of.id,
        "number": number,
        "at": to_micros(tried.at),
        "took": tried.took,
        "status": tried.status,
        "why": tried.why,
        "answer": tried.answer,
    }


_MOVE: Final = (
    update(delivery)
    .where(delivery.c.workspace == bindparam("of"), delivery.c.id == bindparam("which"))
    .values(
        attempts=bindparam("now_attempts"),
        state=bindparam("now_state"),
        due_at=func.coalesce(bindparam("now_due_at", type_=BigInteger), delivery.c.due_at),
        done_at=func.coalesce(bindparam("now_done_at", type_=BigInteger), delivery.c.done_at),
    )
)
"""How a delivery stands after a try; None leaves an instant as it is."""


def _afterwards(tried: Tried) -> dict[str, Any]:
    waits = tried.state is DeliveryState.WAITING
    return {
        "of": tried.of.workspace,
        "which": tried.of.id,
        "now_attempts": tried.of.attempts + 1,
        "now_state": tried.state,
        "now_due_at": to_micros(tried.due_at) if waits else None,
        "now_done_at": None if waits else to_micros(tried.at),
    }


def _waiting_for(of: WorkspaceId, to: EndpointId) -> tuple[ColumnElement[bool], ...]:
    return delivery.c.workspace == of, delivery.c.endpoint == to, IS_WAITING


# --- what is shown, and tried again


def page(
    connection: Connection,
    of: WorkspaceId,
    which: WhichDeliveries,
    before: DeliveryId | None,
    limit: int,
) -> list[DeliveryView]:
    """Return up to `limit` deliveries with ids below `before`, the newest first."""
    query = select(delivery).where(*_chosen(of, which))
    if before is not None:
        query = query.where(delivery.c.id < before)
    rows = connection.execute(query.order_by(delivery.c.id.desc()).limit(limit))
    return [_view(row) for row in rows]


def one(connection: Connection, of: WorkspaceId, id: DeliveryId) -> DeliveryView | None:
    """Return a delivery."""
    row = connection.execute(select(delivery).where(*_is(of, id))).one_or_none()
    return None if row is None else _view(row)


def tries(connection: Connection, of: WorkspaceId, id: DeliveryId) -> list[AttemptView]:
    """Return how a delivery was tried, in order."""
    mine = (attempt.c.workspace == of, attempt.c.delivery == id)
    query = select(attempt).where(*mine).order_by(attempt.c.number)
    return [
        AttemptView(
            number=row.number,
            at=from_micros(row.at),
            took_ms=row.took // MILLISECOND,
            status=row.status,
            why=row.why,
            answer=row.answer,
        )
        for row in connection.execute(query)
    ]


def ended(
    connection: Connection,
    of: WorkspaceId,
    which: WhichDeliveries,
    after: DeliveryId,
    before: datetime,
) -> list[DeliveryId]:
    """Return up to `PAGE` deliveries above an id that ended before an instant, in order."""
    finished = (delivery.c.state.in_(FINISHED), delivery.c.done_at <= to_micros(before))
    query = select(delivery.c.id).where(*_chosen(of, which), *finished, delivery.c.id > after)
    return list(connection.scalars(query.order_by(delivery.c.id).limit(PAGE)))


def replay(
    connection: Connection, of: WorkspaceId, which: Collection[DeliveryId], now: datetime
) -> int:
    """Have finished deliveries wait again, with seven days before them; not where their endpoint
    is there no more."""
    mine = (delivery.c.workspace == of, delivery.c.id.in_(which))
    there = exists().where(endpoint.c.workspace == of, endpoint.c.id == delivery.c.endpoint)
    reached = or_(delivery.c.endpoint == CHANNEL_LANE, there)
    again = {
        "state": DeliveryState.WAITING,
        "first_due_at": to_micros(now),
        "due_at": to_micros(now),
        "attempts": 0,
        "done_at": None,
        "send": None,
    }
    finished = delivery.c.state.in_(FINISHED)
    changed = update(delivery).where(*mine, finished, reached).values(again)
    return connection.execute(changed).rowcount


def _is(of: WorkspaceId, id: DeliveryId) -> tuple[ColumnElement[bool], ...]:
    return delivery.c.workspace == of, delivery.c.id == id


def _chosen(of: WorkspaceId, which: WhichDeliveries) -> tuple[ColumnElement[bool], ...]:
    asked = {
        delivery.c.state: which.state,
        delivery.c.trigger_id: which.trigger,
        delivery.c.endpoint: which.endpoint,
        delivery.c.conversation: which.conversation,
    }
    given = (column == value for column, value in asked.items() if value is not None)
    return (delivery.c.workspace == of, *given)


def _view(row: Row[Any]) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        trigger=row.trigger_id,
        version=row.version,
        event=row.seq,
        conversation=row.conversation,
        step=row.step,
        endpoint=row.endpoint,
        state=DeliveryState(row.state),
        due_at=from_micros(row.due_at),
        attempts=row.attempts,
        done_at=from_micros(row.done_at),
    )
