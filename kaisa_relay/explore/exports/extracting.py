"""The rows of an export, read page by page: the newest conversations first.

Rule 1: only what a chosen column needs is read and joined.
"""

from collections.abc import Sequence
from typing import Any, Final

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, and_, select, tuple_

from kaisa_relay.domain.explore.columns import WHOLE, Cell, Column, Rows
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.finding.choosing import Way, choose
from kaisa_relay.explore.finding.matching import CONVERSATION, column
from kaisa_relay.explore.model import tables
from kaisa_relay.ports.explore import Sort
from kaisa_relay.ports.exports import Wanted
from kaisa_relay.store.tables import contact, metadata

AT_ONCE: Final = 5_000
"""Conversations read at once."""
AT_ONCE_WITHIN: Final = 250
"""The same where their messages are the rows; of offers there are fewer."""
_TIMES: Final = {Rows.MESSAGES: 1, Rows.OFFERS: 4}

Joins = dict[str, FromClause]
"""Tables by what they are joined for: a person, the text of a message, or the metadata."""

Mark = tuple[int, int]
"""When the last conversation that was read was created, and its id."""


@frozen
class Extract:
    """Some rows, as the tables have them, and where the next begin; None after the last.

    They are of so many `conversations`.
    """

    rows: Sequence[tuple[Any, ...]]
    next: Mark | None
    conversations: int = 0


def extract(connection: Connection, of: WorkspaceId, wanted: Wanted, after: Mark | None) -> Extract:
    """Return the rows of the conversations after a mark, as many as are read at once."""
    if wanted.rows is Rows.CONVERSATIONS:
        return _conversations(connection, of, wanted, after)
    way = _way(connection, of, wanted)
    meant = select(CONVERSATION.created_at, CONVERSATION.id).where(*way.holds)
    most = AT_ONCE_WITHIN * _TIMES[wanted.rows]
    query = _paged(meant, way, after).limit(most)
    chosen = [(each.created_at, each.id) for each in connection.execute(query)]
    if not chosen:
        return Extract((), None)
    table = tables.message if wanted.rows is Rows.MESSAGES else tables.offer
    of_them = (table.c.workspace == of, table.c.conversation.in_([id for _, id in chosen]))
    order = (table.c.conversation.desc(), *(table.c[name] for name in _KEYS[wanted.rows]))
    rows = _select(connection, table, wanted).where(*of_them).order_by(*order)
    found = _fetched(connection, rows)
    return Extract(found, _next(chosen, most), len(chosen))


_KEYS: Final = {Rows.MESSAGES: ("at", "id"), Rows.OFFERS: ("number",)}


def _conversations(
    connection: Connection, of: WorkspaceId, wanted: Wanted, after: Mark | None
) -> Extract:
    way = _way(connection, of, wanted)
    rows = _select(connection, tables.conversation, wanted)
    rows = _paged(rows.where(*way.holds), way, after).limit(AT_ONCE)
    marked = rows.add_columns(CONVERSATION.created_at, CONVERSATION.id)
    found = _fetched(connection, marked)
    marks = [(row[-2], row[-1]) for row in found[-1:]]
    mark = marks[0] if len(found) == AT_ONCE else None
    return Extract([row[:-2] for row in found], mark, len(found))


def _fetched(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """Return the driver's own tuples: none of these columns needs SQLAlchemy's to be made of it."""
    result = connection.execute(query)
    found: list[tuple[Any, ...]] = list(result.cursor.fetchall())
    result.close()
    return found


def _way(connection: Connection, of: WorkspaceId, wanted: Wanted) -> Way:
    """Return the way along the order: an export has to pass every row once in any case."""
    return next(choose(connection, of, wanted.which).ways(Sort()))


def _paged(query: Select[Any], way: Way, after: Mark | None) -> Select[Any]:
    """Order by what the list is ordered by, from after the mark on."""
    by = (CONVERSATION.id,) if way.by_id else (CONVERSATION.created_at, CONVERSATION.id)
    if after is not None:
        query = query.where(tuple_(*by) < tuple_(*after[-len(by) :]))
    return query.order_by(*(each.desc() for each in by))


def _next(chosen: Sequence[Mark], most: int) -> Mark | None:
    return chosen[-1] if len(chosen) == most else None


# --- columns -------------------------------------------------------------------------------


def _select(connection: Connection, table: Table, wanted: Wanted) -> Select[Any]:
    """Select the columns wanted of a table, with the joins that they need."""
    joins: Joins = {}
    said = tables.said_on(connection.dialect.name)
    chosen = [_source(table, said, each, joins) for each in wanted.columns]
    begun: FromClause = table
    for what, joined in joins.items():
        begun = begun.outerjoin(joined, _same(table, what, joined))
    return select(*(each.label(None) for each in chosen)).select_from(begun)


def _source(table: Table, said: Table, each: Column, joins: Joins) -> ColumnElement[Any]:
    """Return where a column's values are, and note the join that it needs."""
    who, _, what = each.name.rpartition("_")
    if each.cell is Cell.JSON:
        joins[WHOLE] = metadata
        return metadata.c.data
    if each.name == "text":
        joins["text"] = said
        return said.c.body
    if what in ("name", "phone"):
        person = joins.setdefault(who, contact.alias(f"{who}_person"))
        return _of(person, what)
    return column(each.name) if table is tables.conversation else table.c[each.name]


def _of(person: FromClause, what: str) -> ColumnElement[Any]:
    found: ColumnElement[Any] = person.c[what]
    return found


def _same(table: Table, what: str, joined: FromClause) -> ColumnElement[bool]:
    """Return what holds for the row that goes with one of the table's."""
    own, theirs = table.c, joined.c
    if what == "text":  # by its number alone, as FTS5 finds it
        return and_(theirs.message == own.id)
    if what == WHOLE:
        key = own.id if table is tables.conversation else own.conversation
        return and_(theirs.workspace == own.workspace, theirs.conversation == key)
    return and_(theirs.workspace == own.workspace, theirs.id == own[what])
