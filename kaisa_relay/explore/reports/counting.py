"""The counts of each report, for every group of a part at once.

Rule 1: the names are those of `domain.explore.reports`; its shares are worked out there.
Rule 2: SQLite only reads rows out, and they are counted here: it sorts all rows to group them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal_column,
    select,
)

from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.explore.fields import SPANS
from kaisa_relay.domain.explore.reports import ReportName
from kaisa_relay.explore.finding.matching import CONVERSATION
from kaisa_relay.explore.model import tables
from kaisa_relay.explore.reports import talking
from kaisa_relay.explore.reports.grouping import Part
from kaisa_relay.explore.reports.percentiles import Found, keyed, read, times

_OFFER: Final = tables.offer.c

Counts = Mapping[str, ColumnElement[int] | ColumnElement[bool]]
"""What each row counts for, by the name of the figure: an amount, or one where something holds."""

_ONE: Final[ColumnElement[int]] = literal_column("1")
_FUNNEL: Final[Counts] = {
    "created": _ONE,
    "scanned": CONVERSATION.started_at.is_not(None),
    "offered": CONVERSATION.offered_at.is_not(None),
    "accepted": CONVERSATION.accepted_at.is_not(None),
    "replied": CONVERSATION.replied_at.is_not(None),
    "closed": CONVERSATION.status == Phase.CLOSED,
    "with_outcome": CONVERSATION.outcome.is_not(None),
    "failed": CONVERSATION.status == Phase.FAILED,
    "abandoned": CONVERSATION.status == Phase.ABANDONED,
}
_CHANNELS: Final[Counts] = {
    "created": _ONE,
    "messages": CONVERSATION.from_visitor + CONVERSATION.from_agent + CONVERSATION.from_team,
    "undelivered": CONVERSATION.undelivered,
    "offers": CONVERSATION.offers,
    "unreached": CONVERSATION.unreached,
}
_ENDS: Final = {
    "accepted": "accepts",
    "declined": "declines",
    "expired": "missed",
    "failed": "unreached",
    "rescinded": "rescinded",
}


def funnel(connection: Connection, part: Part) -> Found:
    """Count how far conversations came, and how they ended."""
    return _counted(connection, part, _FUNNEL)


def lengths(connection: Connection, part: Part) -> Found:
    """Count conversations, and how long each of their steps took."""
    return times(connection, part, tuple(SPANS))


def agents(connection: Connection, part: Part) -> Found:
    """Count what agents were asked, answered and did; the part is divided by agent."""
    return _joined(_asked(connection, part), talking.busy(connection, part))


def channels(connection: Connection, part: Part) -> Found:
    """Count what numbers carried; the part is divided by channel."""
    return _joined(_counted(connection, part, _CHANNELS), talking.pairs(connection, part))


COUNTING: Final[Mapping[ReportName, Callable[[Connection, Part], Found]]] = {
    ReportName.FUNNEL: funnel,
    ReportName.TIMES: lengths,
    ReportName.AGENTS: agents,
    ReportName.CHANNELS: channels,
}


def _asked(connection: Connection, part: Part) -> Found:
    """Count offers by their end; without looking at conversations where their time is enough."""
    own = part.of_offers()
    if own is None:
        same = (_OFFER.workspace == CONVERSATION.workspace, _OFFER.conversation == CONVERSATION.id)
        joined = part.source.join(tables.offer, and_(*same))
        query = select(_OFFER.agent, _OFFER.end).select_from(joined).where(*part.holds)
    else:
        query = select(_OFFER.agent, _OFFER.end).where(*own)
    ends: Counter[tuple[int, str | None]] = Counter()
    if own is None and connection.dialect.name == "sqlite":
        for rows in read(connection, query):
            ends.update(rows)
    else:
        grouped = query.add_columns(func.count()).group_by(_OFFER.agent, _OFFER.end)
        ends.update({(agent, end): number for agent, end, number in connection.execute(grouped)})
    found: dict[int, dict[str, int]] = {}
    for (agent, end), number in ends.items():
        tally = found.setdefault(agent, dict.fromkeys(("offers", *_ENDS.values()), 0))
        tally["offers"] += number
        if end is not None:
            tally[_ENDS[end]] = number
    return {agent: dict(tally) for agent, tally in found.items()}


def _counted(connection: Connection, part: Part, counts: Counts) -> Found:
    if connection.dialect.name == "sqlite" and part.key is not None and part.only is None:
        return _read(connection, part, counts)
    sums = (func.coalesce(func.sum(_amount(each)), 0) for each in counts.values())
    return _values(connection, part.select(*sums), tuple(counts))


def _amount(each: ColumnElement[Any]) -> ColumnElement[int]:
    return case((each, 1), else_=0) if isinstance(each.type, Boolean) else each


def _read(connection: Connection, part: Part, counts: Counts) -> Found:
    """Count rows that are alike, and then what they come to."""
    alike: Counter[Sequence[Any]] = Counter()
    for columns in keyed(connection, part, *counts.values()):
        alike.update(zip(*columns, strict=True))
    found: dict[Any, dict[str, int]] = {}
    for (key, *amounts), number in alike.items():
        tally = found.setdefault(key, dict.fromkeys(counts, 0))
        for name, amount in zip(counts, amounts, strict=True):
            tally[name] += amount * number
    return {key: dict(tally) for key, tally in found.items()}


def _values(connection: Connection, query: Select[Any], names: Sequence[str]) -> Found:
    """Return the figures of each row of a query, whose last columns they are.

    PostgreSQL adds counts up to decimals.
    """
    found: Found = {}
    for row in connection.execute(query):
        key = row[0] if len(row) > len(names) else None
        found[key] = {name: int(n) for name, n in zip(names, row[-len(names) :], strict=True)}
    return found


def _joined(*parts: Found) -> Found:
    keys = dict.fromkeys(key for part in parts for key in part)
    return {key: {k: v for part in parts for k, v in part.get(key, {}).items()} for key in keys}
