"""What each step of a trigger has led to, counted from the rows that are there."""

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports.engagement import DeliveryState
from kaisa_relay.ports.recoveries import StepCounts
from kaisa_relay.store.engagement_table import delivery
from kaisa_relay.store.tables import token

Of = tuple[int, int]
"""A version and a step of it."""

_DELIVERED: Final = delivery.c.state == DeliveryState.DELIVERED


def counts(connection: Connection, of: WorkspaceId, trigger: TriggerId) -> list[StepCounts]:
    """Return what each version and step has led to, in order; what led to nothing is absent."""
    sent: dict[Of, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for version, step, started, delivered in connection.execute(_deliveries(of, trigger)).all():
        sent[version, step] = (started, delivered)
    led: dict[Of, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for version, step, links, wrote, accepted in connection.execute(_links(of, trigger)).all():
        led[version, step] = (links, wrote, accepted)
    return [StepCounts(*key, *sent[key], *led[key]) for key in sorted({*sent, *led})]


def _deliveries(of: WorkspaceId, trigger: TriggerId) -> Select[Any]:
    table = delivery.c
    started = func.count(table.seq.distinct())
    delivered = func.count().filter(_DELIVERED)
    query = select(table.version, table.step, started, delivered)
    mine = (table.workspace == of, table.trigger_id == trigger)
    return query.where(*mine).group_by(table.version, table.step)


def _links(of: WorkspaceId, trigger: TriggerId) -> Select[Any]:
    table = token.c
    earned = (func.count(), func.count(table.wrote_at), func.count(table.accepted_at))
    query = select(table.trigger_version, table.step, *earned)
    mine = (table.workspace == of, table.trigger_id == trigger)
    return query.where(*mine).group_by(table.trigger_version, table.step)
