"""The report of engagement: what each step of a trigger sent, and whom its links led back.

Rule 1: only what goes with a conversation that is meant is counted.
Rule 2: deliveries are rows of the relay, which forgets them thirty days after each has ended.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    case,
    distinct,
    exists,
    func,
    select,
)

from kaisa_relay.domain.engagement.ids import TRIGGER
from kaisa_relay.domain.explore.reports import ReportName, Values, completed
from kaisa_relay.domain.ids import WorkspaceId, to_text
from kaisa_relay.explore.finding.matching import CONVERSATION, Holds
from kaisa_relay.explore.model import tables
from kaisa_relay.ports.engagement import DeliveryState
from kaisa_relay.ports.reports import MOST_GROUPS, Group, Report
from kaisa_relay.store.engagement_table import delivery, trigger

_Place = tuple[int, int]
"""A trigger, and which of its steps (from 0), whatever its version."""
_Counts = Mapping[str, ColumnElement[Any]]
_DELIVERY: Final = delivery.c
_LINK: Final = tables.recovery.c


def _having(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((holds, 1)))


_STATES: Final[_Counts] = {
    "sent": _having(_DELIVERY.attempts > 0),
    "delivered": _having(_DELIVERY.state == DeliveryState.DELIVERED),
    "failed": _having(_DELIVERY.state == DeliveryState.DEAD),
    "stopped": _having(_DELIVERY.state == DeliveryState.CANCELLED),
    "waiting": _having(_DELIVERY.state == DeliveryState.WAITING),
}
_STARTED: Final[_Counts] = {"started": func.count(distinct(_DELIVERY.seq))}
_LINKS: Final[_Counts] = {
    "links": _having(_LINK.stage == "made"),
    "links_used": _having(_LINK.stage == "wrote"),
    "came_back": func.count(distinct(case((_LINK.stage == "wrote", _LINK.conversation)))),
    "accepted": _having(_LINK.stage == "accepted"),
}


def engagement(
    connection: Connection, of: WorkspaceId, holds: Sequence[Holds], is_divided: bool
) -> Report:
    """Count what steps came to in the conversations for which something holds."""
    found: dict[_Place, dict[str, int]] = defaultdict(dict)
    whole: dict[str, int] = {}
    dialect = connection.dialect.name
    for source, counts in ((delivery, {**_STARTED, **_STATES}), (tables.recovery, _LINKS)):
        which = _of_meant(of, source, dialect, holds)
        place = (source.c.trigger_id, source.c.step)
        query = select(*place, *counts.values()).where(*which).group_by(*place)
        for row in connection.execute(query).all():
            found[row[0], row[1]] |= dict(zip(counts, row[2:], strict=True))
        for name in counts.keys() - {"came_back"}:
            whole[name] = sum(each.get(name, 0) for each in found.values())
    meant = _of_meant(of, tables.recovery, dialect, holds)
    whole["came_back"] = connection.scalar(select(_LINKS["came_back"]).where(*meant)) or 0
    groups = _groups(connection, of, found) if is_divided else ()
    return Report(_complete(whole), groups[:MOST_GROUPS], len(groups) > MOST_GROUPS)


def _of_meant(
    of: WorkspaceId, source: Table, dialect: str, holds: Sequence[Holds]
) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for a trigger's rows that go with a conversation that is meant."""
    conversation = source.c.conversation
    meant: ColumnElement[bool]
    if dialect == "sqlite":  # which would write all that are meant down, to look for a few of them
        same = and_(CONVERSATION.id == conversation, *holds)
        meant = exists(1).select_from(tables.conversation).where(same).correlate(source)
    else:
        # Found once: put into this statement's plan, words would be looked for again and again.
        once = select(CONVERSATION.id).where(*holds).cte("meant").prefix_with("MATERIALIZED")
        meant = conversation.in_(select(once.c.id))
    return source.c.workspace == of, source.c.trigger_id.is_not(None), meant


def _groups(
    connection: Connection, of: WorkspaceId, found: Mapping[_Place, Mapping[str, int]]
) -> tuple[Group, ...]:
    """Return the steps in their order, under the names that their triggers have now."""
    names = select(trigger.c.id, trigger.c.name).where(trigger.c.workspace == of)
    named = {row.id: row.name for row in connection.execute(names)}
    return tuple(
        Group(f"{to_text(TRIGGER, id)}:{step}", named.get(id), _complete(found[id, step]))
        for id, step in sorted(found)
    )


def _complete(counted: Values) -> Values:
    return completed(ReportName.ENGAGEMENT, counted)
