"""Channels' health as their rows have it."""

from typing import Any

from sqlalchemy import Connection, Row, select

from kaisa_relay.domain.channel_health import Health, Quality
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.store.health_table import channel_health
from kaisa_relay.store.instants import from_micros


def health(connection: Connection, workspace: WorkspaceId) -> dict[ChannelId, Health]:
    """Return how those channels stand of which anything was ever reported."""
    query = select(channel_health).where(channel_health.c.workspace == workspace)
    return {ChannelId(row.channel): _health(row) for row in connection.execute(query)}


def _health(row: Row[Any]) -> Health:
    return Health(
        quality=Quality(row.quality),
        tier=row.tier,
        limited=row.limited,
        limited_until=from_micros(row.limited_until),
        down=row.down,
        version=row.version,
    )
