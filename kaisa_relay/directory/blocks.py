"""Who of these is on the block list."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, select

from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.tables import block

Key = tuple[WorkspaceId, ContactId]


def blocked(
    connection: Connection, workspace: WorkspaceId, contacts: Sequence[ContactId]
) -> frozenset[ContactId]:
    """Return those of one workspace."""
    table = block.c
    query = select(table.contact).where(table.workspace == workspace, table.contact.in_(contacts))
    return frozenset(map(ContactId, connection.scalars(query)))


def blocked_of(connection: Connection, keys: Sequence[Key]) -> frozenset[Key]:
    """Return those of many workspaces, in one read."""
    if not keys:
        return frozenset()
    rows = _BLOCKED.fetch(connection, list(dict.fromkeys(keys)))
    return frozenset((WorkspaceId(workspace), ContactId(who)) for workspace, who in rows)


# A cross join keeps SQLite from reading the table first and looking up what is asked.
_BLOCKED: Final = Bulk(
    """select b.workspace, b.contact from {rows} cross join block b
    where b.workspace = v.workspace and b.contact = v.contact""",
    workspace=int,
    contact=int,
)
