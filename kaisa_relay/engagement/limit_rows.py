"""How often triggers with a limit have started for somebody."""

from datetime import datetime

from attrs import frozen
from sqlalchemy import Connection, delete, func, insert, select

from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.engagement.limit import Limit
from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.store.engagement_table import trigger_start
from kaisa_relay.store.instants import to_micros


@frozen
class Limited:
    """A start of a trigger with a limit, for a visitor, by the event of this number and instant."""

    limit: Limit
    trigger: TriggerId
    visitor: ContactId
    seq: int
    at: datetime


def admit(connection: Connection, of: WorkspaceId, start: Limited) -> bool:
    """Count a start, unless the visitor has had enough; says whether it was counted."""
    table = trigger_start.c
    query = select(func.count()).where(
        table.workspace == of,
        table.trigger_id == start.trigger,
        table.contact == start.visitor,
        table.at > to_micros(start.at - start.limit.per),
    )
    if start.limit.reached(connection.scalar(query) or 0):
        return False
    connection.execute(
        insert(trigger_start).values(
            workspace=of, trigger_id=start.trigger, contact=start.visitor, seq=start.seq,
            at=to_micros(start.at),
        )
    )  # fmt: skip
    return True


def tidy(connection: Connection, before: datetime) -> None:
    """Forget the starts before an instant."""
    connection.execute(delete(trigger_start).where(trigger_start.c.at < to_micros(before)))
