"""Channels' health as their rows have it."""

from sqlalchemy import Connection, select

from kaisa_relay.domain.channel_health import Health
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.store.health_table import channel_health, read_health


def health(connection: Connection, workspace: WorkspaceId) -> dict[ChannelId, Health]:
    """Return how those channels stand of which anything was ever reported."""
    query = select(channel_health).where(channel_health.c.workspace == workspace)
    return {ChannelId(row.channel): read_health(row) for row in connection.execute(query)}
