"""The outbox in SQL (`ports.Sends`)."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection, select

from kaisa_relay.domain.ids import ChannelId, MessageId, SendId, WorkspaceId
from kaisa_relay.journal.outcomes import LARGEST
from kaisa_relay.journal.send_row import send_of_row
from kaisa_relay.journal.settling import Settlement, Settling
from kaisa_relay.journal.tail import Tail
from kaisa_relay.ports import Leg, Send
from kaisa_relay.store import Store
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.tables import send as sends_table


class SqlSends:
    """Finds what is on its way out, and settles it."""

    def __init__(self, store: Store, settling: Settling, ended: Tail[Send]) -> None:
        self._store = store
        self._settling = settling
        self._ended = ended

    def subscribe(self, take: Callable[[Sequence[Send]], None]) -> None:
        """Have `take` called with the sends that statuses ended."""
        self._ended.subscribe(take)

    async def unfinished(
        self, workspace: WorkspaceId, channel: ChannelId, after: SendId, limit: int
    ) -> list[Send]:
        """Return sends that have no outcome yet, by id, above `after`."""
        table = sends_table.c
        query = (
            select(sends_table)
            .where(table.workspace == workspace, table.channel == channel, table.id > after)
            .order_by(table.id)
            .limit(limit)
        )
        return await self._store.read(
            lambda connection: [send_of_row(row) for row in connection.execute(query)]
        )

    async def by_wamid(self, workspace: WorkspaceId, wamids: Sequence[str]) -> dict[str, SendId]:
        """Return which send each of these wamids belongs to, as far as known."""
        rows = [(workspace, wamid) for wamid in wamids]

        def read(connection: Connection) -> dict[str, SendId]:
            return {wamid: SendId(send) for wamid, send in _BY_WAMID.fetch(connection, rows)}

        return await self._store.read(read)

    async def settle(
        self, workspace: WorkspaceId, legs: Sequence[Leg], items: Sequence[MessageId]
    ) -> list[tuple[Leg, Send | None]]:
        """Apply statuses in one commit, with their events, and delete the inbox rows `items`."""
        known = [leg for leg in legs if leg.send <= LARGEST]
        ids = [self._store.new_id() for _ in known]
        unit = Settlement(workspace, known, ids, self._store.wall(), items)
        return (await self._store.append(self._settling, unit)).moved


_BY_WAMID: Final = Bulk(
    """select leg.wamid, leg.send from {rows} cross join leg
    where leg.workspace = v.workspace and leg.wamid = v.wamid and leg.wamid is not null""",
    workspace=int,
    wamid=str,
)
