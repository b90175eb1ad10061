"""Whose the workspaces are: this process's node row, its lease, and the epochs that fence.

Rule 1: raising a workspace's epoch shuts out every earlier owner, at its next append.
Rule 2: only the database's clock is compared for a lease; `alive_at` is the wall's, for people.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    Cast,
    Connection,
    cast,
    delete,
    extract,
    func,
    insert,
    select,
    update,
)

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.store.instants import from_micros, to_micros
from kaisa_relay.store.postgres import LEASE_SECONDS
from kaisa_relay.store.tables import node, workspace

_NODE_LOCK: Final = 0x6B61697361
"""The advisory lock under which node rows change hands ("kaisa")."""


class Displaced(Exception):
    """Another process took this database over: this one must end."""


class Ownership:
    """This process's row in `node`, and the epoch at which it owns each workspace."""

    def __init__(self, node_id: int, wall: Callable[[], datetime]) -> None:
        self.node_id = node_id
        self.epochs: dict[WorkspaceId, int] = {}
        self.last_alive: datetime | None = None
        self._wall = wall

    def enter(self, connection: Connection) -> bool:
        """Take the node row over; False while another process's lease lives (PostgreSQL)."""
        leased = connection.dialect.name == "postgresql"
        if leased:
            connection.execute(select(func.pg_advisory_xact_lock(_NODE_LOCK)))
            if connection.scalar(select(node.c.node_id).where(node.c.lease_until > _now())):
                return False
        self.last_alive = from_micros(connection.scalar(select(func.max(node.c.alive_at))))
        connection.execute(delete(node))
        connection.execute(insert(node).values(node_id=self.node_id, **self._signs(leased)))
        return True

    def beat(self, connection: Connection) -> None:
        """Say that this process lives; raises `Displaced` when its row is gone."""
        leased = connection.dialect.name == "postgresql"
        ours = update(node).where(node.c.node_id == self.node_id)
        if connection.execute(ours.values(**self._signs(leased))).rowcount != 1:
            raise Displaced("another kaisa-relay took this database over")

    def leave(self, connection: Connection) -> None:
        """Give the lease back and keep the time of the last sign of life."""
        alive = to_micros(self._wall())
        ours = update(node).where(node.c.node_id == self.node_id)
        connection.execute(ours.values(lease_until=None, alive_at=alive))

    def take_all(self, connection: Connection) -> dict[WorkspaceId, int]:
        """Raise every workspace's epoch."""
        connection.execute(update(workspace).values(_raised(self.node_id)))
        return self._owned(connection)

    def take_new(self, connection: Connection) -> dict[WorkspaceId, int]:
        """Raise the epoch of workspaces that never had an owner."""
        unowned = update(workspace).where(workspace.c.owner.is_(None))
        connection.execute(unowned.values(_raised(self.node_id)))
        return self._owned(connection)

    def _owned(self, connection: Connection) -> dict[WorkspaceId, int]:
        ours = select(workspace.c.id, workspace.c.epoch).where(workspace.c.owner == self.node_id)
        return {WorkspaceId(row.id): row.epoch for row in connection.execute(ours)}

    def _signs(self, leased: bool) -> dict[str, object]:
        lease = _now() + LEASE_SECONDS * 1_000_000 if leased else None
        return {"alive_at": to_micros(self._wall()), "lease_until": lease}


def _raised(node_id: int) -> dict[str, object]:
    return {"owner": node_id, "epoch": workspace.c.epoch + 1}


def _now() -> Cast[int]:
    """The database's clock, in microseconds."""
    return cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
