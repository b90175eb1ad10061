"""How many rows wait, and for what: what memory alone does not know."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, and_, func, select

from kaisa_relay.store.tables import LIVE, NEW, PARKED, conversation, inbox, send


@frozen
class RowCounts:
    """Rows of the inbox by state, of the outbox by state, of live conversations by phase."""

    inbox: Mapping[str, int]
    outbox: Mapping[str, int]
    conversations: Mapping[str, int]


def count_rows(connection: Connection) -> RowCounts:
    """Count by the partial indexes, so the cost is that of what waits, not of what is kept."""
    return RowCounts(
        inbox=_inbox(connection),
        outbox=_grouped(connection, send.c.state),
        conversations=_grouped(connection, conversation.c.phase, LIVE),
    )


def _inbox(connection: Connection) -> dict[str, int]:
    """Unrouted rows are parked ones that belong to no workspace."""
    rows = select(func.count()).select_from(inbox)
    belonging = inbox.c.workspace.is_not(None)
    return {
        "new": connection.scalar(rows.where(NEW)) or 0,
        "parked": connection.scalar(rows.where(and_(PARKED, belonging))) or 0,
        "unrouted": connection.scalar(rows.where(and_(PARKED, ~belonging))) or 0,
    }


def _grouped(connection: Connection, column: Any, *where: Any) -> dict[str, int]:
    counted = connection.execute(select(column, func.count()).where(*where).group_by(column))
    return {str(name): int(rows) for name, rows in counted}
