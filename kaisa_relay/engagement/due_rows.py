"""When something is due: asked at every look, for all endpoints at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from kaisa_relay.domain.engagement.ids import CHANNEL_LANE, EndpointId
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.store.engagement_table import IS_WAITING, delivery, endpoint
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.tables import workspace


def dues(
    connection: Connection, of: Sequence[WorkspaceId]
) -> list[tuple[WorkspaceId, EndpointId, datetime]]:
    """Return when the next delivery of each endpoint that is not disabled is due.

    What goes out on a workspace's channels is one more.
    """
    mine = (delivery.c.workspace == endpoint.c.workspace, delivery.c.endpoint == endpoint.c.id)
    first = select(func.min(delivery.c.due_at)).where(*mine, IS_WAITING).scalar_subquery()
    query = select(endpoint.c.workspace, endpoint.c.id, first.label("due_at")).where(
        endpoint.c.workspace.in_(of), endpoint.c.disabled_at.is_(None)
    )
    at_endpoints = [
        (row.workspace, row.id, from_micros(row.due_at))
        for row in connection.execute(query)
        if row.due_at is not None
    ]
    return at_endpoints + _on_channels(connection, of)


def _on_channels(
    connection: Connection, of: Sequence[WorkspaceId]
) -> list[tuple[WorkspaceId, EndpointId, datetime]]:
    mine = (delivery.c.workspace == workspace.c.id, delivery.c.endpoint == CHANNEL_LANE)
    first = select(func.min(delivery.c.due_at)).where(*mine, IS_WAITING).scalar_subquery()
    query = select(workspace.c.id, first.label("due_at")).where(workspace.c.id.in_(of))
    return [
        (row.id, CHANNEL_LANE, from_micros(row.due_at))
        for row in connection.execute(query)
        if row.due_at is not None
    ]
