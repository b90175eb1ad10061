"""What divides a report, as a column and the tables that it is in.

Rule 1: PostgreSQL works wall clocks out in its statement, by the moments at which a zone moves.
Rule 2: SQLite never divides along an index: it would look up every row on its own, out of order.
"""

from collections.abc import Container
from typing import Any, Final, assert_never
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
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
    null,
    or_,
    select,
)
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from kaisa_relay.domain.explore.fields import Field, MetadataKey
from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.explore.grouping import Calendar, Dimension, Own, offsets, weekday
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.finding.matching import CONVERSATION, Holds, column, compared, matching
from kaisa_relay.explore.model import tables

QUARTER: Final = 900_000_000
HOUR: Final = 4 * QUARTER
DAY: Final = 24 * HOUR
PART: Final[ColumnClause[Any]] = literal_column("part")
"""The key of a group in `Part.select`: named, since PostgreSQL takes two parameters for two."""
_BESIDE_AGENTS: Final = ("id", *(each.name for each in tables.BESIDE_AGENTS))
_GROUPED: Final = tables.label.alias("grouped")


@frozen
class Part:
    """Rows that are counted: where they are, what holds for them, and what divides them.

    `which` is the filter by which `holds` was made; `only` are the groups wanted, where not all of
    them are.
    """

    of: WorkspaceId
    which: Filter
    source: FromClause
    holds: tuple[Holds, ...]
    key: ColumnElement[Any] | None = None
    only: tuple[Any, ...] | None = None
    wall: "_Wall | None" = None
    """Where SQLite has `key` in quarters of an hour: what makes a group's key of one."""

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Return the query of these columns for each group, its key first (None: all of it)."""
        query = select(*columns).select_from(self.source).where(*self.holds)
        if self.key is None:
            return query
        if self.only is not None:
            query = query.where(self._is_wanted(self.key, self.only))
        key = self.key.label(PART.name)
        return query.with_only_columns(key, *columns, maintain_column_froms=True).group_by(PART)

    def rows(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Return the query of these columns for each row, the key of its group first."""
        key = null() if self.key is None else self.key
        query = select(key.label(PART.name), *columns).select_from(self.source)
        return query.where(*self.holds)

    def is_in_agents_index(self) -> bool:
        """Say whether the filter asks for nothing that the index of agents has not."""
        return self._asks_only(_BESIDE_AGENTS)

    def of_offers(self) -> tuple[Holds, ...] | None:
        """Return what holds for offers by themselves; None where their conversations are asked."""
        if not self._asks_only(("created_at",)):
            return None
        created = tables.offer.c.created_at
        periods = (compared(created, each) for each in self.which.conditions)
        return (tables.offer.c.workspace == self.of, *periods)

    def _asks_only(self, names: Container[str]) -> bool:
        return self.which.words is None and all(
            isinstance(each.field, Field) and each.field.name in names
            for each in self.which.conditions
        )

    def _is_wanted(self, key: ColumnElement[Any], only: tuple[Any, ...]) -> ColumnElement[bool]:
        known = key.in_([each for each in only if each is not None])
        return or_(known, key.is_(None)) if None in only else known


def divided(
    connection: Connection,
    of: WorkspaceId,
    which: Filter,
    by: Dimension | None,
    zone: ZoneInfo,
) -> Part:
    """Return the conversations that are meant, divided by a dimension.

    One whose metadata has several values of a key is in the group of each; one without, in none.
    """
    holds = tuple(matching(of, which, connection.dialect.name))
    whole = Part(of, which, tables.conversation, holds)
    match by:
        case None:
            return whole
        case Field():
            return evolve(whole, key=unindexed(connection, column(by.name)))
        case MetadataKey():
            label = _GROUPED.c
            same = and_(label.workspace == of, label.conversation == CONVERSATION.id)
            joined = whole.source.join(_GROUPED, and_(same, label.key == by.key))
            return evolve(whole, source=joined, key=unindexed(connection, label.value))
        case Calendar() if connection.dialect.name == "sqlite":
            return evolve(whole, key=CONVERSATION.created_at // QUARTER, wall=_Wall(by, zone))
        case Calendar():
            return evolve(whole, key=_on_the_wall(by, _local(connection, of, zone)))
        case Own():
            raise AssertionError("its report divides itself")
        case _:
            assert_never(by)


def unindexed(connection: Connection, key: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column by which no index of SQLite's is chosen."""
    if connection.dialect.name != "sqlite":
        return key
    return UnaryExpression(key, operator=custom_op("+"), type_=key.type)


class _Wall(dict[int, int]):
    """Groups' keys by quarters of an hour since 1970, in which no zone moves its clocks."""

    def __init__(self, calendar: Calendar, zone: ZoneInfo) -> None:
        super().__init__()
        self._calendar, self._zone = calendar, zone

    def __missing__(self, quarter: int) -> int:
        at = quarter * QUARTER
        key: int = _on_the_wall(self._calendar, at + offsets(self._zone, at, at)[0].ahead)
        self[quarter] = key
        return key


def _on_the_wall(calendar: Calendar, local: Any) -> Any:
    """Return the key of an instant of the wall clock, a number or a column."""
    match calendar:
        case Calendar.HOUR:
            return local // HOUR % 24
        case Calendar.WEEKDAY:
            return weekday(local // DAY)
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
