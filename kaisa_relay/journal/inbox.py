"""The inbox in SQL (`ports.Inbox`).

Rule 1: a row that cannot be read is parked where it is read; the others of its page go on.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from attrs import frozen
from sqlalchemy import Connection, select
from sqlalchemy.sql import Select

from kaisa_relay.domain.ids import ChannelId, MessageId, WorkspaceId
from kaisa_relay.journal.accepting import Accepting, OnStored
from kaisa_relay.journal.codec import Unreadable, decode_outcome
from kaisa_relay.journal.tail import Tail
from kaisa_relay.ports import (
    UNREADABLE,
    Append,
    Conflict,
    InboxItem,
    Item,
    ItemKind,
    NewItem,
    ParkItem,
    StoreUnavailable,
    UnreadableItem,
)
from kaisa_relay.runtime.callback import Callback
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.tables import NEW, PARKED, inbox

logger = structlog.get_logger()

ReadItem = Callable[[ItemKind, bytes], Item]
"""Reads a raw slice of a webhook again (`whatsapp.rows`); raises `UnreadableItem`."""
AppendChanges = Callable[[Append], Awaitable[Conflict | None]]
"""Commits changes (`SqlJournal.append`)."""


@frozen
class _Unreadable:
    """A row that is `new` and that this version cannot read."""

    id: MessageId
    workspace: WorkspaceId


class SqlInbox:
    """Stores what comes in, and finds what is not decided yet."""

    def __init__(
        self,
        accepting: Accepting,
        items: Tail[InboxItem],
        read_item: ReadItem,
        append: AppendChanges,
    ) -> None:
        self._store = accepting.store
        self._accepting = accepting
        self._items = items
        self._read_item = read_item
        self._append = append
        self._overhearing: list[Callable[[Sequence[NewItem]], None]] = []
        self._doubting: list[Callable[[], None]] = []

    async def store(self, rows: Sequence[NewItem]) -> int:
        """Commit the rows and return how many were new; repeats are dropped by their `dedup`."""
        stored = Callback[int]()
        self.store_nowait(rows, stored)
        return await stored.wait()

    def store_nowait(self, rows: Sequence[NewItem], on_stored: OnStored) -> None:
        """Commit the rows for a caller that waits in no task; `on_stored` hears `store`'s end."""
        for take in self._overhearing:
            take(rows)

        def heard(answer: int | Exception) -> None:
            if isinstance(answer, StoreUnavailable):
                for look in self._doubting:
                    look()
            on_stored(answer)

        self._accepting.accept_nowait(rows, heard)

    def subscribe(self, take: Callable[[Sequence[InboxItem]], None]) -> None:
        """Have `take` called, without waiting, with every item committed from now on."""
        self._items.subscribe(take)

    def on_doubt(self, look: Callable[[], None]) -> None:
        """Have `look` called, without waiting, whenever `store` fails for want of the store."""
        self._doubting.append(look)

    def overhear(self, take: Callable[[Sequence[NewItem]], None]) -> None:
        """Have `take` called, without waiting, with whatever `store` is given."""
        self._overhearing.append(take)

    async def new_rows(
        self, workspaces: Sequence[WorkspaceId], after: MessageId, limit: int
    ) -> list[InboxItem]:
        """Return rows that are still `new`, by id, above `after`; none only if there are none."""
        mine = select(inbox).where(inbox.c.workspace.in_(workspaces)).order_by(inbox.c.id)
        while page := await self._new(mine.where(inbox.c.id > after).limit(limit)):
            if readable := [each for each in page if isinstance(each, InboxItem)]:
                return readable
            after = page[-1].id
        return []

    async def still_new(self, ids: Sequence[MessageId]) -> list[InboxItem]:
        """Return those of the named rows that are still `new`, by id."""
        named = select(inbox).where(inbox.c.id.in_(ids), inbox.c.workspace.is_not(None))
        found = await self._new(named.order_by(inbox.c.id))
        return [each for each in found if isinstance(each, InboxItem)]

    async def parked_streams(self, workspaces: Sequence[WorkspaceId]) -> set[str]:
        """Return the streams that have parked rows: these conversations are quarantined."""
        parked = select(inbox.c.stream).distinct()
        mine = parked.where(PARKED, inbox.c.workspace.in_(workspaces), inbox.c.stream.is_not(None))
        return await self._store.read(lambda connection: set(connection.scalars(mine)))

    async def _new(self, query: Select[Any]) -> list[InboxItem | _Unreadable]:
        """Read rows; those that cannot be read are parked when this returns."""

        def read(connection: Connection) -> list[InboxItem | _Unreadable]:
            return [self._item(row) for row in connection.execute(query.where(NEW))]

        found = await self._store.read(read)
        unreadable = [each for each in found if isinstance(each, _Unreadable)]
        for workspace in {each.workspace for each in unreadable}:
            items = [each.id for each in unreadable if each.workspace == workspace]
            await self._park(workspace, items)
        return found

    def _item(self, row: Any) -> InboxItem | _Unreadable:
        id, workspace = MessageId(row.id), WorkspaceId(row.workspace)
        try:
            item = self._read(row)
        except (Unreadable, UnreadableItem):
            return _Unreadable(id, workspace)
        received_at = from_micros(row.received_at)
        return InboxItem(id, workspace, ChannelId(row.channel), item, received_at)

    def _read(self, row: Any) -> Item:
        if row.kind not in list(ItemKind):
            raise UnreadableItem(f"a row of a kind that is newer than this program: {row.kind}")
        kind = ItemKind(row.kind)
        outcome = kind is ItemKind.OUTCOME
        return decode_outcome(row.body) if outcome else self._read_item(kind, row.body)

    async def _park(self, workspace: WorkspaceId, items: Sequence[MessageId]) -> None:
        """Fenced, as every change is: a newer program that took over may well read these."""
        parks = tuple(ParkItem((item,), f"message/{item}", UNREADABLE) for item in items)
        await self._append(Append(workspace, parks[0].stream, 0, (), parks))
        for item in items:
            logger.error("item parked", item=item, reason=UNREADABLE)
