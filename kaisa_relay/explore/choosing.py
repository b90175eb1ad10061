"""By which index a filtered list is read: from few candidates, or along the order wanted.

Rule 1: the choice is made by counting, up to a bound, since neither database can know.
"""

from collections.abc import Iterator
from typing import Final

from attrs import frozen
from sqlalchemy import Connection, func, select

from kaisa_relay.domain.explore.fields import MetadataKey
from kaisa_relay.domain.explore.filtering import Condition, Filter, Operator
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.matching import (
    CONVERSATION,
    LABEL,
    Holds,
    Ids,
    compared,
    holding,
    is_absence,
    labelled,
    said_in,
    saying,
)
from kaisa_relay.ports.explore import Sort

FEW: Final = 10_000
"""Candidates that are all looked at: each costs a look at its row. Of more, the page wanted is
sooner found along its order."""

_INDEXED: Final = frozenset(
    {
        "status", "outcome", "agent", "channel", "visitor", "form", "language", "created_at",
        "started_at", "accepted_at", "ended_at", "last_at", "value",
    }
)  # fmt: skip


@frozen
class Way:
    """What holds for the rows that are meant, in the form in which they are soonest found."""

    holds: tuple[Holds, ...]
    by_id: bool
    """Whether the rows are read in the order of their ids for one of `created_at`."""
    is_dear: bool
    """Whether the messages of each row have to be looked into."""


def choose(connection: Connection, of: WorkspaceId, which: Filter, sort: Sort) -> Way:
    """Look at how many rows each part of a filter means, and choose by which to go."""
    dialect = connection.dialect.name
    by_id = sort.field == "created_at" and not any(
        each.field.name == "created_at" for each in which.conditions
    )
    few = _fewest(connection, of, which)
    if few is not None:
        indexed: frozenset[str] = frozenset()
    elif by_id:
        indexed = frozenset(each.field.name for each in which.conditions if _is_one(each))
    else:
        indexed = frozenset({sort.field})
    holds: list[Holds] = [CONVERSATION.workspace == of]
    holds += [
        holding(of, each, indexed if dialect == "sqlite" else None) for each in which.conditions
    ]
    if which.words is not None:
        holds.append(saying(of, which.words, dialect))
    if few is not None:
        holds.append(CONVERSATION.id.in_(few))
    return Way(tuple(holds), by_id, which.words is not None and few is None)


def _is_one(each: Condition) -> bool:
    return each.operator is Operator.EQ and len(each.values) == 1


def _fewest(connection: Connection, of: WorkspaceId, which: Filter) -> Ids | None:
    """Return the smallest set of candidates, if there are few in it."""
    counted = [(_count(connection, ids), ids) for ids in _sets(of, which, connection.dialect.name)]
    number, ids = min(counted, key=lambda each: each[0], default=(FEW + 1, None))
    return ids if number <= FEW else None


def _count(connection: Connection, ids: Ids) -> int:
    some = ids.limit(FEW + 1).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def _sets(of: WorkspaceId, which: Filter, dialect: str) -> Iterator[Ids]:
    """Yield the conversations of each field that has an index, and of the words."""
    named: dict[str, list[Condition]] = {}
    for each in which.conditions:
        if not is_absence(each):
            named.setdefault(each.field.name, []).append(each)
    for name, conditions in named.items():
        field = conditions[0].field
        if isinstance(field, MetadataKey):
            for each in conditions:
                of_key = (LABEL.workspace == of, LABEL.key == field.key)
                yield select(LABEL.conversation).where(*of_key, *labelled(each))
        elif name in _INDEXED:
            holds = (compared(CONVERSATION[name], each) for each in conditions)
            yield select(CONVERSATION.id).where(CONVERSATION.workspace == of, *holds)
    if which.words is not None:
        yield said_in(of, which.words, dialect)
