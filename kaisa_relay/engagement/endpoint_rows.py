"""Endpoints in their table; their secrets are sealed.

Rule 1: the secret before signs beside a new one for a day, so that a receiver can change over.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import msgspec
from attrs import field, frozen
from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import CHANNEL_LANE, EndpointId
from kaisa_relay.domain.engagement.quota import QuotaReached
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.engagement.quota_rows import rows_of
from kaisa_relay.ports.engagement import EndpointView, Options
from kaisa_relay.store.engagement_table import endpoint
from kaisa_relay.store.instants import from_micros, to_micros

OVERLAP: Final = timedelta(days=1)
GONE: Final = "gone"
YOU: Final = "you"


class Cipher(Protocol):
    """Seals what is stored."""

    def seal(self, token: str) -> bytes:
        """Encrypt and authenticate."""
        ...

    def open(self, sealed: bytes) -> str:
        """Return what was sealed."""
        ...


@frozen
class Target:
    """An endpoint that may be tried, and what signs for it now, or lets us in."""

    workspace: WorkspaceId
    id: EndpointId
    url: str
    secrets: tuple[str, ...] = field(repr=False)
    kind: Kind = Kind.WEBHOOK
    options: Options = field(factory=Options)


def channel_lane(of: WorkspaceId) -> Target:
    """Return what stands for all channels of a workspace."""
    return Target(of, CHANNEL_LANE, "", (), Kind.TEMPLATE)


def views(connection: Connection, of: WorkspaceId) -> list[EndpointView]:
    """Return the workspace's endpoints, the oldest first."""
    query = select(endpoint).where(endpoint.c.workspace == of).order_by(endpoint.c.id)
    return [_view(row) for row in connection.execute(query)]


def view(connection: Connection, of: WorkspaceId, id: EndpointId) -> EndpointView | None:
    """Return one of them."""
    row = connection.execute(select(endpoint).where(*_is(of, id))).one_or_none()
    return None if row is None else _view(row)


def add(
    connection: Connection, of: WorkspaceId, new: EndpointView, sealed: bytes, most: int
) -> QuotaReached | None:
    """Add an endpoint, where there are fewer than `most`."""
    if rows_of(connection, endpoint, of) >= most:
        return QuotaReached("endpoints", most)
    connection.execute(
        insert(endpoint).values(
            workspace=of, id=new.id, url=new.url, secret=sealed, kind=new.kind,
            options=written(new.options), created_at=to_micros(new.created_at),
        )
    )  # fmt: skip
    return None


def change(
    connection: Connection, of: WorkspaceId, id: EndpointId, values: dict[str, Any]
) -> EndpointView | None:
    """Write these columns of one endpoint."""
    if values:
        connection.execute(update(endpoint).where(*_is(of, id)).values(values))
    return view(connection, of, id)


def written(options: Options) -> str:
    """Return the column of what else a kind is told."""
    return msgspec.json.encode(options).decode()


def switched(enabled: bool, at: datetime, by: str = YOU) -> dict[str, Any]:
    """Return the columns of an endpoint that is switched on or off."""
    if enabled:
        return {"disabled_at": None, "disabled_by": None}
    return {"disabled_at": to_micros(at), "disabled_by": by}


def rotate(
    connection: Connection, of: WorkspaceId, id: EndpointId, sealed: bytes, at: datetime
) -> EndpointView | None:
    """Have a new secret sign, and for a while the one before as well."""
    until = to_micros(at + OVERLAP)
    values = {"former_secret": endpoint.c.secret, "former_until": until, "secret": sealed}
    return change(connection, of, id, values)


def remove(connection: Connection, of: WorkspaceId, id: EndpointId) -> bool:
    """Remove an endpoint."""
    return connection.execute(delete(endpoint).where(*_is(of, id))).rowcount == 1


def targets(
    connection: Connection, of: Sequence[WorkspaceId], now: datetime, cipher: Cipher
) -> list[Target]:
    """Return every endpoint of these workspaces that is not disabled."""
    query = select(endpoint).where(endpoint.c.workspace.in_(of), endpoint.c.disabled_at.is_(None))
    return [_target(row, now, cipher.open) for row in connection.execute(query)]


def target(
    connection: Connection, of: WorkspaceId, id: EndpointId, now: datetime, cipher: Cipher
) -> Target | None:
    """Return one endpoint, disabled or not."""
    row = connection.execute(select(endpoint).where(*_is(of, id))).one_or_none()
    return None if row is None else _target(row, now, cipher.open)


def _target(row: Row[Any], now: datetime, opened: Callable[[bytes], str]) -> Target:
    former = row.former_secret is not None and row.former_until > to_micros(now)
    sealed = (row.secret, row.former_secret) if former else (row.secret,)
    secrets = tuple(opened(each) for each in sealed)
    return Target(row.workspace, row.id, row.url, secrets, Kind(row.kind), _options(row))


def _is(of: WorkspaceId, id: EndpointId) -> tuple[ColumnElement[bool], ...]:
    return endpoint.c.workspace == of, endpoint.c.id == id


def _view(row: Row[Any]) -> EndpointView:
    return EndpointView(
        id=row.id,
        kind=Kind(row.kind),
        url=row.url,
        options=_options(row),
        created_at=from_micros(row.created_at),
        disabled_at=from_micros(row.disabled_at),
        disabled_by=row.disabled_by,
    )


def _options(row: Row[Any]) -> Options:
    return msgspec.json.decode(row.options or "{}", type=Options)
