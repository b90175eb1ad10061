"""Configuration as the tables hold it. These functions run inside a transaction of the store's.

Rule 1: whoever changes a row raises `config_version` in the same transaction.
Rule 2: tokens stay sealed here.
"""

from datetime import datetime
from typing import Any, Final

import msgspec
from attrs import field, frozen
from sqlalchemy import Connection, Row, insert, select, update

from kaisa_relay.accounts.commands import WorkspaceSettings
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.store import tables
from kaisa_relay.store.instants import from_micros, to_micros

_ONLY: Final = 1
"""The id of the one row of `config_version`."""


@frozen
class WorkspaceRow:
    """One workspace."""

    id: WorkspaceId
    name: str
    settings: WorkspaceSettings


@frozen
class ChannelRow:
    """One channel with its sealed token."""

    channel: Channel
    waba: str
    sealed_token: bytes = field(repr=False)


@frozen
class KeyRow:
    """One API key; `hash` is the SHA-256 of its text."""

    id: int
    workspace: WorkspaceId
    name: str
    hash: bytes = field(repr=False)
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def usable(self, at: datetime) -> bool:
        """Say whether the key opens anything at `at`."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def version(connection: Connection, lock: bool = False) -> int:
    """Return the configuration's version; `lock` keeps others from changing it meanwhile."""
    query = select(tables.config_version.c.version).where(tables.config_version.c.id == _ONLY)
    return connection.scalars(query.with_for_update() if lock else query).one_or_none() or 0


def raise_version(connection: Connection) -> None:
    """Tell every node to read the configuration again."""
    table = tables.config_version
    raised = connection.execute(
        update(table).where(table.c.id == _ONLY).values(version=table.c.version + 1)
    )
    if not raised.rowcount:
        connection.execute(insert(table).values(id=_ONLY, version=1))


def workspaces(connection: Connection) -> tuple[WorkspaceRow, ...]:
    """Return every workspace, the oldest first."""
    table = tables.workspace
    rows = connection.execute(
        select(table.c.id, table.c.name, table.c.settings).order_by(table.c.id)
    )
    return tuple(
        WorkspaceRow(
            WorkspaceId(row.id), row.name, msgspec.json.decode(row.settings, type=WorkspaceSettings)
        )
        for row in rows
    )


def add_workspace(connection: Connection, row: WorkspaceRow) -> None:
    """Write a new workspace."""
    settings = msgspec.json.encode(row.settings).decode()
    connection.execute(insert(tables.workspace).values(id=row.id, name=row.name, settings=settings))
    raise_version(connection)


def set_workspace(connection: Connection, row: WorkspaceRow) -> None:
    """Write a workspace's settings."""
    settings = msgspec.json.encode(row.settings).decode()
    table = tables.workspace
    connection.execute(update(table).where(table.c.id == row.id).values(settings=settings))
    raise_version(connection)


def channels(connection: Connection) -> tuple[ChannelRow, ...]:
    """Return every channel in use, the oldest first."""
    table = tables.channel
    rows = connection.execute(select(table).where(table.c.active).order_by(table.c.id))
    return tuple(map(_channel, rows))


def _channel(row: Row[Any]) -> ChannelRow:
    channel = Channel(
        workspace=WorkspaceId(row.workspace),
        id=ChannelId(row.id),
        phone_number_id=row.phone_number_id,
        phone=Phone(row.phone),
        portfolio=row.portfolio,
        app=row.app,
        throughput=row.throughput,
        waba=row.waba,
        draining=row.draining,
    )
    return ChannelRow(channel, row.waba, row.token)


def add_channel(connection: Connection, row: ChannelRow) -> None:
    """Write a new channel."""
    channel = row.channel
    connection.execute(
        insert(tables.channel).values(
            workspace=channel.workspace,
            id=channel.id,
            phone_number_id=channel.phone_number_id,
            phone=channel.phone,
            portfolio=channel.portfolio,
            app=channel.app,
            throughput=channel.throughput,
            waba=row.waba,
            token=row.sealed_token,
            active=True,
        )
    )
    raise_version(connection)


def set_channel(connection: Connection, row: ChannelRow) -> None:
    """Write what a channel is at Meta."""
    channel, table = row.channel, tables.channel
    mine = (table.c.workspace == channel.workspace, table.c.id == channel.id)
    values = {
        "phone_number_id": channel.phone_number_id,
        "phone": channel.phone,
        "throughput": channel.throughput,
        "app": channel.app,
        "waba": row.waba,
    }
    connection.execute(update(table).where(*mine).values(values))
    raise_version(connection)


def set_draining(connection: Connection, channel: Channel, draining: bool) -> None:
    """Say whether a channel takes new conversations."""
    table = tables.channel
    mine = (table.c.workspace == channel.workspace, table.c.id == channel.id)
    connection.execute(update(table).where(*mine).values(draining=draining))
    raise_version(connection)


def set_channel_token(connection: Connection, channel: Channel, sealed: bytes) -> None:
    """Write a channel's sealed token."""
    table = tables.channel
    mine = (table.c.workspace == channel.workspace, table.c.id == channel.id)
    connection.execute(update(table).where(*mine).values(token=sealed))
    raise_version(connection)


def keys(connection: Connection) -> tuple[KeyRow, ...]:
    """Return every key, also ended ones, the oldest first."""
    rows = connection.execute(select(tables.api_key).order_by(tables.api_key.c.id))
    return tuple(
        KeyRow(
            id=row.id,
            workspace=WorkspaceId(row.workspace),
            name=row.name,
            hash=row.hash,
            scopes=tuple(row.scopes.split()),
            created_at=from_micros(row.created_at),
            expires_at=from_micros(row.expires_at),
            last_used_at=from_micros(row.last_used_at),
            revoked_at=from_micros(row.revoked_at),
        )
        for row in rows
    )


def add_key(connection: Connection, row: KeyRow, prefix: str) -> None:
    """Write a new key; `prefix` is what its text begins with."""
    connection.execute(
        insert(tables.api_key).values(
            workspace=row.workspace,
            id=row.id,
            name=row.name,
            prefix=prefix,
            hash=row.hash,
            scopes=" ".join(row.scopes),
            created_at=to_micros(row.created_at),
            expires_at=to_micros(row.expires_at),
        )
    )
    raise_version(connection)


def revoke_key(connection: Connection, row: KeyRow, at: datetime) -> None:
    """End a key."""
    _update_key(connection, row.workspace, row.id, revoked_at=to_micros(at))
    raise_version(connection)


def touch_key(connection: Connection, workspace: WorkspaceId, id: int, at: datetime) -> None:
    """Note when a key was last used; nobody needs to read the configuration again for that."""
    _update_key(connection, workspace, id, last_used_at=to_micros(at))


def _update_key(connection: Connection, workspace: WorkspaceId, id: int, **values: int) -> None:
    table = tables.api_key
    connection.execute(
        update(table).where(table.c.workspace == workspace, table.c.id == id).values(**values)
    )
