"""What divides a report, as a column and the tables that it is in.

Rule 1: wall clocks are worked out in the statement, by the few moments at which a zone moves them.
Rule 2: SQLite never divides along an index: it would look up every row on its own, out of order.
"""

from typing import Any, Final, assert_never
from zoneinfo import ZoneInfo

from attrs import frozen
from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from kaisa_relay.domain.explore.fields import Field, MetadataKey
from kaisa_relay.domain.explore.grouping import Calendar, Dimension, Own, offsets, weekday
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore import tables
from kaisa_relay.explore.matching import CONVERSATION, Holds, column

HOUR: Final = 3_600_000_000
DAY: Final = 24 * HOUR
PART: Final[ColumnClause[Any]] = literal_column("part")
"""The key of a group in `Part.select`: named, since PostgreSQL takes two parameters for two."""
_GROUPED: Final = tables.label.alias("grouped")


@frozen
class Part:
    """Rows that are counted: where they are, what holds for them, and what divides them.

    `only` are the groups wanted, where not all of them are.
    """

    source: FromClause
    holds: tuple[Holds, ...]
    key: ColumnElement[Any] | None = None
    only: tuple[Any, ...] | None = None

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Return the query of these columns for each group, its key first (None: all of it)."""
        query = select(*columns).select_from(self.source).where(*self.holds)
        if self.key is None:
            return query
        if self.only is not None:
            query = query.where(self._is_wanted(self.key, self.only))
        key = self.key.label(PART.name)
        return query.with_only_columns(key, *columns, maintain_column_froms=True).group_by(PART)

    def _is_wanted(self, key: ColumnElement[Any], only: tuple[Any, ...]) -> ColumnElement[bool]:
        known = key.in_([each for each in only if each is not None])
        return or_(known, key.is_(None)) if None in only else known


def divided(
    connection: Connection,
    of: WorkspaceId,
    holds: tuple[Holds, ...],
    by: Dimension | None,
    zone: ZoneInfo,
) -> Part:
    """Return the conversations for which something holds, divided by a dimension.

    One whose metadata has several values of a key is in the group of each; one without, in none.
    """
    whole: FromClause = tables.conversation
    match by:
        case None:
            return Part(whole, holds)
        case Field():
            return Part(whole, holds, unindexed(connection, column(by.name)))
        case MetadataKey():
            label = _GROUPED.c
            same = and_(label.workspace == of, label.conversation == CONVERSATION.id)
            joined = whole.join(_GROUPED, and_(same, label.key == by.key))
            return Part(joined, holds, unindexed(connection, label.value))
        case Calendar():
            return Part(whole, holds, _on_the_wall(by, _local(connection, of, zone)))
        case Own():
            raise AssertionError("its report divides itself")
        case _:
            assert_never(by)


def unindexed(connection: Connection, key: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column by which no index of SQLite's is chosen."""
    if connection.dialect.name != "sqlite":
        return key
    return UnaryExpression(key, operator=custom_op("+"), type_=key.type)


def _on_the_wall(calendar: Calendar, local: ColumnElement[Any]) -> ColumnElement[Any]:
    match calendar:
        case Calendar.HOUR:
            return local // HOUR % 24
        case Calendar.WEEKDAY:
            days: Any = local // DAY
            found: Any = weekday(days)
            return found  # type: ignore[no-any-return]  # a column adds as a number does
        case Calendar.DAY:
            return local // DAY


def _local(connection: Connection, of: WorkspaceId, zone: ZoneInfo) -> ColumnElement[Any]:
    """Return when a conversation was created, as microseconds of the wall clock."""
    created = CONVERSATION.created_at
    bounds = [
        connection.scalar(select(each(created)).where(CONVERSATION.workspace == of)) or 0
        for each in (func.min, func.max)
    ]
    first, *moved = offsets(zone, *bounds)
    if not moved:
        return created + first.ahead
    later = ((created >= each.since, each.ahead) for each in reversed(moved))
    return created + case(*later, else_=first.ahead)
