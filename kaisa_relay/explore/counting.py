"""The counts of each report, for every group of a part at once.

Rule 1: the names are those of `domain.explore.reports`; its shares are worked out there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    select,
    union_all,
)

from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.explore.fields import SPANS
from kaisa_relay.domain.explore.reports import ReportName
from kaisa_relay.explore import tables
from kaisa_relay.explore.grouping import Part, unindexed
from kaisa_relay.explore.matching import CONVERSATION
from kaisa_relay.explore.percentiles import times

_OFFER: Final = tables.offer.c
_REPLY: Final = "to_reply"

Found = dict[Any, dict[str, float | None]]
"""Figures by the key of their group: None alone where nothing divides them."""
Counts = Mapping[str, ColumnElement[Any]]


def _having(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((holds, 1)))


def _sum(column: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)


_FUNNEL: Final[Counts] = {
    "created": func.count(),
    "scanned": func.count(CONVERSATION.started_at),
    "offered": func.count(CONVERSATION.offered_at),
    "accepted": func.count(CONVERSATION.accepted_at),
    "replied": func.count(CONVERSATION.replied_at),
    "closed": _having(CONVERSATION.status == Phase.CLOSED),
    "with_outcome": func.count(CONVERSATION.outcome),
    "failed": _having(CONVERSATION.status == Phase.FAILED),
    "abandoned": _having(CONVERSATION.status == Phase.ABANDONED),
}
_CREATED: Final[Counts] = {"created": func.count()}
_CHANNELS: Final[Counts] = {
    "created": func.count(),
    "messages": _sum(CONVERSATION.from_visitor + CONVERSATION.from_agent + CONVERSATION.from_team),
    "undelivered": _sum(CONVERSATION.undelivered),
    "offers": _sum(CONVERSATION.offers),
    "unreached": _sum(CONVERSATION.unreached),
}
_OFFERS: Final[Counts] = {
    "offers": func.count(),
    "accepts": _having(_OFFER.end == "accepted"),
    "declines": _having(_OFFER.end == "declined"),
    "missed": _having(_OFFER.end == "expired"),
    "unreached": _having(_OFFER.end == "failed"),
    "rescinded": _having(_OFFER.end == "rescinded"),
}


def funnel(connection: Connection, part: Part) -> Found:
    """Count how far conversations came, and how they ended."""
    return _counted(connection, part, _FUNNEL)


def lengths(connection: Connection, part: Part) -> Found:
    """Count conversations, and how long each of their steps took."""
    return _joined(_counted(connection, part, _CREATED), times(connection, part, SPANS))


def agents(connection: Connection, part: Part) -> Found:
    """Count what agents were asked, answered and did; the part is divided by agent, or not."""
    same = and_(_OFFER.workspace == CONVERSATION.workspace, _OFFER.conversation == CONVERSATION.id)
    source = part.source.join(tables.offer, same)
    asked = Part(
        source, part.holds, None if part.key is None else unindexed(connection, _OFFER.agent)
    )
    taken = Part(part.source, (*part.holds, CONVERSATION.agent.is_not(None)), part.key)
    return _joined(
        _counted(connection, asked, _OFFERS),
        _counted(connection, taken, {"conversations": func.count()}),
        times(connection, taken, (_REPLY,)),
        _values(connection, _at_once(taken), ("most_at_once",)),
    )


def channels(connection: Connection, part: Part) -> Found:
    """Count what numbers carried; the part is divided by channel, or not."""
    return _joined(
        _counted(connection, part, _CHANNELS), _values(connection, _pairs(part), ("pairs",))
    )


COUNTING: Final[Mapping[ReportName, Callable[[Connection, Part], Found]]] = {
    ReportName.FUNNEL: funnel,
    ReportName.TIMES: lengths,
    ReportName.AGENTS: agents,
    ReportName.CHANNELS: channels,
}


def _pairs(part: Part) -> Select[Any]:
    columns = (CONVERSATION.channel.label("key"), CONVERSATION.visitor, CONVERSATION.agent)
    talked = (*part.holds, CONVERSATION.agent.is_not(None))
    pairs = select(*columns).select_from(part.source).where(*talked).distinct().subquery()
    if part.key is None:
        return select(func.count()).select_from(pairs)
    return select(pairs.c.key, func.count()).group_by(pairs.c.key)


def _at_once(part: Part) -> Select[Any]:
    """Return the query of the most conversations that an agent has had at one moment."""
    begun, over = CONVERSATION.accepted_at, CONVERSATION.ended_at
    agent, source = CONVERSATION.agent.label("key"), part.source
    steps = union_all(
        select(agent, begun.label("at"), literal(1).label("step"))
        .select_from(source)
        .where(*part.holds, begun.is_not(None)),
        select(agent, over.label("at"), literal(-1).label("step"))
        .select_from(source)
        .where(*part.holds, begun.is_not(None), over.is_not(None)),
    ).subquery()
    of = steps.c
    number = func.sum(of.step).over(partition_by=of.key, order_by=(of.at, of.step))
    running = select(of.key, number.label("number")).subquery().c
    if part.key is None:
        return select(func.max(running.number))
    return select(running.key, func.max(running.number)).group_by(running.key)


def _counted(connection: Connection, part: Part, counts: Counts) -> Found:
    return _values(connection, part.select(*counts.values()), tuple(counts))


def _values(connection: Connection, query: Select[Any], names: Sequence[str]) -> Found:
    """Return the figures of each row of a query, whose last columns they are.

    PostgreSQL adds counts up to decimals.
    """
    found: Found = {}
    for row in connection.execute(query):
        key = row[0] if len(row) > len(names) else None
        counted = (None if each is None else int(each) for each in row[-len(names) :])
        found[key] = dict(zip(names, counted, strict=True))
    return found


def _joined(*parts: Found) -> Found:
    keys = dict.fromkeys(key for part in parts for key in part)
    return {key: {k: v for part in parts for k, v in part.get(key, {}).items()} for key in keys}
