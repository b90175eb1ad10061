"""The journal in SQL (`ports.Journal`)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.journal.appending import Appending
from kaisa_relay.journal.codec import decode_event, decode_state
from kaisa_relay.journal.event_columns import in_stream, name_of, stream_of
from kaisa_relay.journal.parts import prepare
from kaisa_relay.journal.tail import Tail
from kaisa_relay.journal.waking import wake
from kaisa_relay.ports import Append, Conflict, InboxItem, Recorded, Stored
from kaisa_relay.store import Store
from kaisa_relay.store.gathering import Gathering
from kaisa_relay.store.instants import from_micros, to_micros
from kaisa_relay.store.tables import LIVE, conversation, event


def recorded(row: Any) -> Recorded:
    """Return the event in a row of `event`."""
    told: dict[str, Any] = {"at": from_micros(row.at)}
    if row.send is not None:
        told |= {"send": row.send, "rank": Rank(row.version), "conversation": row.stream}
    decoded = decode_event(name_of(row.kind), row.format, row.data, told)
    return Recorded(WorkspaceId(row.workspace), row.seq, stream_of(row), row.version, decoded)


class SqlJournal:
    """Appends through the store's writer; reads on its reading threads."""

    def __init__(self, store: Store, events: Tail[Recorded], items: Tail[InboxItem]) -> None:
        self._store = store
        self._events = events
        self._appending = Appending(store.epochs, events, items)
        self._waking = Gathering(store, wake)

    async def append(self, append: Append) -> Conflict | None:
        """Commit; returns None once it is durable. Raises `Fenced` or `StoreUnavailable`."""
        unit = prepare(append, self._store.wall(), self._store.new_id)
        answer = await self._store.append(self._appending, unit)
        return answer if isinstance(answer, Conflict) else None

    async def read(self, workspace: WorkspaceId, stream: str, after: int = 0) -> list[Recorded]:
        """Return the stream's events above version `after`, in order."""
        query = (
            select(event)
            .where(event.c.workspace == workspace, in_stream(stream))
            .where(event.c.version > after)
            .order_by(event.c.version)
        )
        return await self._store.read(
            lambda connection: [recorded(row) for row in connection.execute(query)]
        )

    async def snapshot(
        self, workspace: WorkspaceId, conversation_id: ConversationId
    ) -> tuple[State, int] | None:
        """Return the state in the conversation's row and the version it was folded to."""
        table = conversation.c
        query = select(table.snapshot, table.version).where(
            table.workspace == workspace, table.id == conversation_id
        )

        def read(connection: Connection) -> tuple[State, int] | None:
            row = connection.execute(query).one_or_none()
            return None if row is None else (decode_state(row.snapshot), row.version)

        return await self._store.read(read)

    async def stored(
        self, workspace: WorkspaceId, conversation_id: ConversationId
    ) -> Stored | None:
        """Return the conversation's row and the events after it, in a shared read."""
        raw = await self._waking.ask((workspace, conversation_id))
        if raw is None:
            return None
        later = tuple(recorded(event) for event in raw.later)
        return Stored(decode_state(raw.snapshot), raw.version, later)

    async def due(
        self, workspaces: Sequence[WorkspaceId], before: datetime, limit: int
    ) -> list[tuple[WorkspaceId, ConversationId]]:
        """Return conversations whose deadline falls before `before`, the earliest first."""
        table = conversation.c
        query = (
            select(table.workspace, table.id)
            .where(LIVE, table.workspace.in_(workspaces), table.due_at < to_micros(before))
            .order_by(table.due_at, table.workspace, table.id)
            .limit(limit)
        )

        def read(connection: Connection) -> list[tuple[WorkspaceId, ConversationId]]:
            rows = connection.execute(query)
            return [(WorkspaceId(row.workspace), ConversationId(row.id)) for row in rows]

        return await self._store.read(read)

    def subscribe(self, take: Callable[[Sequence[Recorded]], None]) -> None:
        """Have `take` called, without waiting, with every event after its commit, in order."""
        self._events.subscribe(take)
