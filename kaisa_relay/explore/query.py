"""Conversations found, counted and shown: the one way in which anything lists them."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    func,
    select,
    tuple_,
)

from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore import tables
from kaisa_relay.explore.choosing import Way, choose
from kaisa_relay.explore.matching import CONVERSATION, Holds, matching
from kaisa_relay.explore.shelf import Shelf
from kaisa_relay.ports.explore import COUNTED, Cursor, Page, Person, Sort, Summary, Total
from kaisa_relay.store.tables import contact, metadata

MOST_DEAR: Final = 500
"""Conversations that a list counts where the messages of each have to be looked into."""


@frozen
class Exploring:
    """`ports.explore.Explore` over the read model."""

    shelf: Shelf

    async def conversations(self, of: WorkspaceId, which: Filter, page: Page) -> Sequence[Summary]:
        """Return a page of the conversations meant."""
        return await self.shelf.read(partial(listed, of=of, which=which, page=page))

    async def total(self, of: WorkspaceId, which: Filter, most: int | None = COUNTED) -> Total:
        """Count the conversations meant, up to so many."""
        return await self.shelf.read(partial(total, of=of, which=which, most=most))


def listed(connection: Connection, of: WorkspaceId, which: Filter, page: Page) -> list[Summary]:
    """Return a page of the conversations meant."""
    way = choose(connection, of, which, page.sort)
    found: list[int] = []
    for part in _parts(way, page.sort, page.after):
        found += [row.id for row in connection.execute(part.limit(page.most - len(found)))]
        if len(found) >= page.most:
            break
    return summaries(connection, of, found)


def total(connection: Connection, of: WorkspaceId, which: Filter, most: int | None) -> Total:
    """Count the conversations meant; from `most` on, one only knows that there are more."""
    if most is None:
        return Total(_count(connection, matching(of, which, connection.dialect.name)), True)
    way = choose(connection, of, which, Sort())
    most = min(most, MOST_DEAR) if way.is_dear else most
    number = _count(connection, way.holds, most + 1)
    return Total(min(number, most), number <= most)


def _count(connection: Connection, holds: Sequence[Holds], most: int | None = None) -> int:
    ids = select(CONVERSATION.id).where(*holds).limit(most).subquery()
    return connection.scalar(select(func.count()).select_from(ids)) or 0


def _parts(way: Way, sort: Sort, after: Cursor | None) -> list[Select[tuple[int]]]:
    """Return the list in the pieces that an index has in order: what has a value, what has none."""
    id, of_filter = CONVERSATION.id, select(CONVERSATION.id).where(*way.holds)
    if way.by_id:
        return [_after(of_filter, (id,), sort, None if after is None else (after.id,))]
    by = CONVERSATION[sort.field]
    at = None if after is None or after.value is None else (after.value, after.id)
    valued = _after(of_filter.where(by.is_not(None)), (by, id), sort, at)
    past = None if after is None or after.value is not None else (after.id,)
    empty = _after(of_filter.where(by.is_(None)), (id,), sort, past)
    if not by.nullable:
        return [valued]
    return [empty] if past is not None else [valued, empty]


def _after(
    query: Select[tuple[int]],
    by: tuple[ColumnElement[Any], ...],
    sort: Sort,
    last: tuple[float, ...] | None,
) -> Select[tuple[int]]:
    if last is not None:
        here, there = tuple_(*by), tuple_(*last)
        query = query.where(here < there if sort.descending else here > there)
    return query.order_by(*(each.desc() if sort.descending else each.asc() for each in by))


def summaries(connection: Connection, of: WorkspaceId, ids: Sequence[int]) -> list[Summary]:
    """Return these conversations, in this order, with the names that are known now."""
    if not ids:
        return []
    columns = [*_COLUMNS, *_NAMES, metadata.c.data.label("given")]
    wanted = (CONVERSATION.workspace == of, CONVERSATION.id.in_(ids))
    rows = connection.execute(select(*columns).select_from(_JOINED).where(*wanted)).mappings()
    found = {row["id"]: _summary(row) for row in rows}
    return [found[id] for id in ids]


def _summary(row: RowMapping) -> Summary:
    return Summary(
        **{column.name: row[column.name] for column in _COLUMNS},
        visitor_person=Person(row["visitor_name"], row["visitor_phone"]),
        agent_person=Person(row["agent_name"], row["agent_phone"]),
        metadata=row["given"],
    )


_COLUMNS: Final = tuple(each for each in tables.conversation.c if each.name != "workspace")
_VISITOR: Final = contact.alias("visitor_person")
_AGENT: Final = contact.alias("agent_person")
_NAMES: Final = (
    _VISITOR.c.name.label("visitor_name"),
    _VISITOR.c.phone.label("visitor_phone"),
    _AGENT.c.name.label("agent_name"),
    _AGENT.c.phone.label("agent_phone"),
)


def _joined() -> FromClause:
    joined: FromClause = tables.conversation
    for table, key, id in (
        (_VISITOR, _VISITOR.c.id, CONVERSATION.visitor),
        (_AGENT, _AGENT.c.id, CONVERSATION.agent),
        (metadata, metadata.c.conversation, CONVERSATION.id),
    ):
        same = (table.c.workspace == CONVERSATION.workspace) & (key == id)
        joined = joined.outerjoin(table, same)
    return joined


_JOINED: Final = _joined()
