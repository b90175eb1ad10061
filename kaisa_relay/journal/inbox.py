"""The inbox in SQL (`ports.Inbox`)."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.sql import Select

from kaisa_relay.domain.ids import ChannelId, MessageId, WorkspaceId
from kaisa_relay.journal.arriving import Arrival, Arriving
from kaisa_relay.journal.codec import decode_outcome
from kaisa_relay.journal.tail import Tail
from kaisa_relay.ports import InboxItem, Item, ItemKind, NewItem
from kaisa_relay.store import Store
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.tables import NEW, PARKED, inbox

ReadItem = Callable[[ItemKind, bytes], Item]
"""Reads a raw slice of a webhook again (`whatsapp.inbound`)."""


class SqlInbox:
    """Stores what comes in, and finds what is not decided yet."""

    def __init__(self, store: Store, items: Tail[InboxItem], read_item: ReadItem) -> None:
        self._store = store
        self._items = items
        self._read_item = read_item
        self._arriving = Arriving(items)

    async def store(self, rows: Sequence[NewItem]) -> int:
        """Commit the rows and return how many were new; repeats are dropped by their `dedup`."""
        new_id = self._store.new_id
        arrival = Arrival([(MessageId(new_id()), row) for row in rows], self._store.wall())
        return (await self._store.append(self._arriving, arrival)).new

    def subscribe(self, take: Callable[[Sequence[InboxItem]], None]) -> None:
        """Have `take` called, without waiting, with every item committed from now on."""
        self._items.subscribe(take)

    async def new_rows(
        self, workspaces: Sequence[WorkspaceId], after: MessageId, limit: int
    ) -> list[InboxItem]:
        """Return rows that are still `new`, by id, above `after`."""
        mine = select(inbox).where(inbox.c.workspace.in_(workspaces), inbox.c.id > after)
        return await self._new(mine.order_by(inbox.c.id).limit(limit))

    async def still_new(self, ids: Sequence[MessageId]) -> list[InboxItem]:
        """Return those of the named rows that are still `new`, by id."""
        named = select(inbox).where(inbox.c.id.in_(ids), inbox.c.workspace.is_not(None))
        return await self._new(named.order_by(inbox.c.id))

    async def parked_streams(self, workspaces: Sequence[WorkspaceId]) -> set[str]:
        """Return the streams that have parked rows: these conversations are quarantined."""
        parked = select(inbox.c.stream).distinct()
        mine = parked.where(PARKED, inbox.c.workspace.in_(workspaces), inbox.c.stream.is_not(None))
        return await self._store.read(lambda connection: set(connection.scalars(mine)))

    async def _new(self, query: Select[Any]) -> list[InboxItem]:
        def read(connection: Connection) -> list[InboxItem]:
            return [self._item(row) for row in connection.execute(query.where(NEW))]

        return await self._store.read(read)

    def _item(self, row: Any) -> InboxItem:
        kind = ItemKind(row.kind)
        outcome = kind is ItemKind.OUTCOME
        item = decode_outcome(row.body) if outcome else self._read_item(kind, row.body)
        return InboxItem(
            MessageId(row.id),
            WorkspaceId(row.workspace),
            ChannelId(row.channel),
            item,
            from_micros(row.received_at),
        )
