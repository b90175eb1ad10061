"""Short ways to write to a SQL store, and to look behind its back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from kaisa_relay.domain.conversation.events import AgentNudged
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports import Append, Change, Conflict
from tests import fakes
from tests.contracts.sql_stores import SqlStore

NUDGED = AgentNudged(fakes.EPOCH)


async def append(
    rooms: SqlStore, workspace: WorkspaceId, stream: str, *changes: Change, version: int = 0
) -> Conflict | None:
    """Append one event."""
    return await rooms.journal.append(Append(workspace, stream, version, (NUDGED,), changes))


async def rows(rooms: SqlStore, query: str) -> Sequence[tuple[Any, ...]]:
    """Read with plain SQL."""

    def read(connection: Connection) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in connection.execute(text(query))]

    return await rooms.store.read(read)


async def execute(rooms: SqlStore, statement: str) -> None:
    """Write with plain SQL, through the writer."""

    def write(connection: Connection) -> None:
        connection.execute(text(statement))

    await rooms.store.write(write)
