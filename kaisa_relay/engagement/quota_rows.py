"""What quotas are measured by, in the tables."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from kaisa_relay.domain.engagement.suppression import Way
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.store.engagement_table import IS_WAITING, delivery, outreach_count

Left = tuple[WorkspaceId, Way, datetime]
"""Something that has left, and when."""


def left_today(connection: Connection, of: WorkspaceId, way: Way, at: datetime) -> int:
    """Return how much has left this way on the day of an instant."""
    table = outreach_count.c
    mine = (table.workspace == of, table.way == way.value, table.day == _day(at))
    return connection.scalar(select(table.count).where(*mine)) or 0


def count(connection: Connection, left: Iterable[Left]) -> None:
    """Add what has left to its day."""
    for (of, way, day), more in Counter((of, way, _day(at)) for of, way, at in left).items():
        table = outreach_count.c
        mine = (table.workspace == of, table.way == way.value, table.day == day)
        raised = update(outreach_count).where(*mine).values(count=table.count + more)
        if connection.execute(raised).rowcount == 0:
            row = {"workspace": of, "way": way.value, "day": day, "count": more}
            connection.execute(insert(outreach_count), row)


def tidy(connection: Connection, before: datetime) -> None:
    """Forget the days before an instant."""
    connection.execute(delete(outreach_count).where(outreach_count.c.day < _day(before)))


def waiting(connection: Connection, of: WorkspaceId) -> int:
    """Return how many deliveries wait."""
    every = delivery.c.endpoint >= 0  # with this SQLite goes by what waits, not by the history
    query = select(func.count()).where(delivery.c.workspace == of, every, IS_WAITING)
    return connection.scalar(query) or 0


def rows_of(connection: Connection, table: Table, of: WorkspaceId) -> int:
    """Return how many rows of a table are a workspace's."""
    return connection.scalar(select(func.count()).where(table.c.workspace == of)) or 0


def _day(at: datetime) -> int:
    return at.astimezone(UTC).date().toordinal()
