"""Conversations found, counted and shown: the one way in which anything lists them."""

from collections.abc import Iterable, Sequence
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
from kaisa_relay.explore.finding.choosing import Choice, Way, choose
from kaisa_relay.explore.finding.matching import CONVERSATION, Holds, matching, unindexed
from kaisa_relay.explore.model import tables
from kaisa_relay.explore.model.shelf import LISTED_WITHIN, Shelf
from kaisa_relay.ports.explore import COUNTED, Page, Person, Summary, Total
from kaisa_relay.store.tables import contact, metadata

MOST_DEAR: Final = 100
"""Conversations that a list counts where the messages of each have to be looked into."""


@frozen
class Exploring:
    """`ports.explore.Explore` over the read model."""

    shelf: Shelf

    async def conversations(self, of: WorkspaceId, which: Filter, page: Page) -> Sequence[Summary]:
        """Return a page of the conversations meant."""
        return await self.shelf.ask(partial(listed, of=of, which=which, page=page), LISTED_WITHIN)

    async def total(self, of: WorkspaceId, which: Filter, most: int | None = COUNTED) -> Total:
        """Count the conversations meant, up to so many."""
        return await self.shelf.ask(partial(total, of=of, which=which, most=most), LISTED_WITHIN)


def listed(connection: Connection, of: WorkspaceId, which: Filter, page: Page) -> list[Summary]:
    """Return a page of the conversations meant."""
    return summaries(connection, of, _found(connection, choose(connection, of, which), page))


def total(connection: Connection, of: WorkspaceId, which: Filter, most: int | None) -> Total:
    """Count the conversations meant; from `most` on, one only knows that there are more."""
    if most is None:
        holds = matching(of, which, connection.dialect.name)
        counted = select(func.count()).select_from(tables.conversation).where(*holds)
        return Total(connection.scalar(counted) or 0, True)
    choice = choose(connection, of, which)
    most = min(most, MOST_DEAR) if choice.reads else most
    number = len(_found(connection, choice, Page(most + 1)))
    return Total(min(number, most), number <= most)


def _found(connection: Connection, choice: Choice, page: Page) -> list[int]:
    """Return the ids of a page, each stretch of it by the first way that comes to its end."""
    ways, found = tuple(choice.ways(page.sort)), list[int]()
    stretches = zip(*(_parts(way, page, choice.dialect) for way in ways), strict=True)
    for parts in stretches:
        tried = zip(ways, parts, strict=True)
        found += _stretch(connection, choice.of, tried, page.most - len(found))
        if len(found) >= page.most:
            break
    return found


def _stretch(
    connection: Connection, of: WorkspaceId, tried: Iterable[tuple[Way, "_Part"]], most: int
) -> list[int]:
    ids: list[int] = []
    for way, part in tried:
        ids, is_whole = _follow(connection, way, part, of, most)
        if is_whole:
            break
    return ids


def _follow(
    connection: Connection, way: Way, part: "_Part", of: WorkspaceId, most: int
) -> tuple[list[int], bool]:
    """Return the ids that are found on a way, and whether it went as far as it had to."""
    end = None
    if way.walked is not None:
        every = part.rows((CONVERSATION.workspace == of,)).offset(way.walked).limit(1)
        end = connection.execute(every).first()
    rows = part.rows(way.holds, None if end is None else tuple(end)).limit(most)
    ids = [row[-1] for row in connection.execute(rows)]
    return ids, end is None or len(ids) >= most


@frozen
class _Part:
    """A stretch of a list: rows that an index has in the order of these columns."""

    by: tuple[ColumnElement[Any], ...]
    having: tuple[Holds, ...]
    descending: bool
    after: tuple[float, ...] | None

    def rows(
        self, holds: tuple[Holds, ...], end: tuple[float, ...] | None = None
    ) -> Select[*tuple[Any, ...]]:
        """Return the columns of the rows of which something holds, in order, up to an end."""
        query = select(*self.by).where(*holds, *self.having)
        if self.after is not None:
            query = query.where(self._beyond(self.after))
        if end is not None:
            query = query.where(~self._beyond(end))
        return query.order_by(*(each.desc() if self.descending else each.asc() for each in self.by))

    def _beyond(self, last: tuple[float, ...]) -> ColumnElement[bool]:
        here, there = tuple_(*self.by), tuple_(*last)
        return here < there if self.descending else here > there


def _parts(way: Way, page: Page, dialect: str) -> list[_Part]:
    """Return the list in the stretches that are in order: what has a value, what has none."""
    id, after, descending = CONVERSATION.id, page.after, page.sort.descending
    if way.by_id:
        return [_Part((id,), (), descending, None if after is None else (after.id,))]
    by: ColumnElement[Any] = CONVERSATION[page.sort.field]
    if way.sorted and dialect == "sqlite":
        by = unindexed(by)
    at = None if after is None or after.value is None else (after.value, after.id)
    valued = _Part((by, id), (by.is_not(None),), descending, at)
    past = None if after is None or after.value is not None else (after.id,)
    empty = _Part((id,), (by.is_(None),), descending, past)
    if not CONVERSATION[page.sort.field].nullable:
        return [valued]
    return [empty] if past is not None else [valued, empty]


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
