"""Who talks with whom, and how much at once: what rows of conversations tell only together.

Rule 1: SQLite reads them out by agent, along an index that has all of it (`ix_conversation_agent`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, groupby
from operator import itemgetter
from typing import Any, Final

from attrs import evolve
from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, union_all

from kaisa_relay.explore.finding.matching import CONVERSATION, column
from kaisa_relay.explore.reports.grouping import Part, unindexed
from kaisa_relay.explore.reports.percentiles import Found, Tally, read, times

_REPLY: Final = "to_reply"
_SECOND: Final = 1_000_000
_HAS_AGENT: Final = CONVERSATION.agent.is_not(None)


def busy(connection: Connection, part: Part) -> Found:
    """Count each agent's conversations, their first replies, and the most at once."""
    if connection.dialect.name != "sqlite":
        return _busy(connection, part)
    spans = (CONVERSATION.accepted_at, CONVERSATION.ended_at, column(_REPLY) // _SECOND)
    return {agent: _tally(rows) for agent, rows in _by_agent(connection, part, *spans)}


def _tally(rows: Sequence[Sequence[Any]]) -> Tally:
    _, begins, ends, replies = zip(*rows, strict=True)
    lengths = Counter(each for each in replies if each is not None)
    return {"conversations": len(rows), _REPLY: lengths, "most_at_once": _most(begins, ends)}


def _most(begins: Sequence[int | None], ends: Sequence[int | None]) -> int:
    """Return how many there were at most; who ends when another begins was not there with them."""
    over = [2 * end for begin, end in zip(begins, ends, strict=True) if begin and end is not None]
    steps = sorted([*(2 * begin + 1 for begin in begins if begin is not None), *over])
    return max(accumulate(1 if each & 1 else -1 for each in steps), default=0)


def pairs(connection: Connection, part: Part) -> Found:
    """Count the different pairs of people in each group."""
    key = part.key
    assert key is not None, "channels are told apart"
    if connection.dialect.name != "sqlite":
        return _pairs(connection, part)
    found: Counter[Any] = Counter()
    for _, rows in _by_agent(connection, part, key, CONVERSATION.visitor):
        found.update(map(itemgetter(1), set(rows)))
    return {channel: {"pairs": number} for channel, number in found.items()}


def _by_agent(
    connection: Connection, part: Part, *columns: ColumnElement[Any]
) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Yield every agent, with the rows of their conversations."""
    agent: ColumnElement[Any] = CONVERSATION.agent
    order = agent if part.is_in_agents_index() else unindexed(connection, agent)
    query = select(agent, *columns).select_from(part.source).where(*part.holds, _HAS_AGENT)
    rows = chain.from_iterable(read(connection, query.order_by(order)))
    for key, theirs in groupby(rows, itemgetter(0)):
        yield key, list(theirs)


# --- on PostgreSQL, which counts by itself -------------------------------------------------------


def _busy(connection: Connection, part: Part) -> Found:
    taken = evolve(part, holds=(*part.holds, _HAS_AGENT))
    found = times(connection, taken, (_REPLY,))
    for name, query in (
        ("conversations", taken.select(func.count())),
        ("most_at_once", _at_once(taken)),
    ):
        for key, number in connection.execute(query):
            found.setdefault(key, {})[name] = int(number)
    return found


def _pairs(connection: Connection, part: Part) -> Found:
    columns = (CONVERSATION.channel.label("key"), CONVERSATION.visitor, CONVERSATION.agent)
    talked = (*part.holds, _HAS_AGENT)
    alike = select(*columns).select_from(part.source).where(*talked).distinct().subquery()
    query = select(alike.c.key, func.count()).group_by(alike.c.key)
    return {key: {"pairs": number} for key, number in connection.execute(query)}


def _at_once(part: Part) -> Select[Any]:
    """Return the query of the most conversations that each agent has had at one moment."""
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
    return select(running.key, func.max(running.number)).group_by(running.key)
