"""Deliveries that end without a try, with their endpoint or when their days are over; and those
that ended so long ago that they are forgotten."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, select

from kaisa_relay.domain.engagement.ids import EndpointId
from kaisa_relay.domain.engagement.retrying import TRIED_FOR
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.engagement.delivery_rows import Tried, record, waiting_of
from kaisa_relay.ports.engagement import DeliveryState
from kaisa_relay.store.engagement_table import HAS_ENDED, IS_WAITING, attempt, delivery
from kaisa_relay.store.instants import to_micros

PAGE: Final = 100
"""Deliveries that end in one transaction."""
REMOVED: Final = "its endpoint was removed"
OVER: Final = "its seven days were over"


def end_at(connection: Connection, of: WorkspaceId, endpoint: EndpointId, at: datetime) -> int:
    """Cancel up to `PAGE` deliveries that wait for an endpoint; returns how many there were."""
    mine = (delivery.c.workspace == of, delivery.c.endpoint == endpoint)
    return _end(connection, mine, (DeliveryState.CANCELLED, REMOVED), at)


def end_overdue(connection: Connection, at: datetime) -> int:
    """Give up to `PAGE` deliveries up whose time is over, wherever nobody looks at them any more;
    returns how many there were."""
    long_ago = delivery.c.due_at < to_micros(at - TRIED_FOR)
    return _end(connection, (long_ago,), (DeliveryState.DEAD, OVER), at)


def tidy(connection: Connection, before: datetime, most: int) -> int:
    """Delete up to `most` deliveries that ended before an instant, with their tries."""
    query = (
        select(delivery.c.workspace, delivery.c.id)
        .where(delivery.c.done_at < to_micros(before), HAS_ENDED)
        .limit(most)
    )
    over = connection.execute(query).all()
    for of, id in over:
        connection.execute(
            delete(attempt).where(attempt.c.workspace == of, attempt.c.delivery == id)
        )
        connection.execute(delete(delivery).where(delivery.c.workspace == of, delivery.c.id == id))
    return len(over)


def _end(
    connection: Connection,
    which: tuple[ColumnElement[bool], ...],
    told: tuple[DeliveryState, str],
    at: datetime,
) -> int:
    rows = connection.execute(select(delivery).where(*which, IS_WAITING).limit(PAGE)).all()
    state, why = told
    record(connection, [Tried(waiting_of(row), at, 0, None, why, None, state, at) for row in rows])
    return len(rows)
