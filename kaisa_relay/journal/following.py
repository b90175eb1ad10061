"""A workspace followed as one, read from the tables (`ports.Following`)."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from kaisa_relay.domain.ids import ConversationId, MessageId, WorkspaceId
from kaisa_relay.journal import agent_listing, conversation_listing
from kaisa_relay.journal.event_columns import NUMBERS
from kaisa_relay.journal.events import recorded
from kaisa_relay.ports import LIVE, Recorded, Standing
from kaisa_relay.store import Browsing
from kaisa_relay.store.tables import event, metadata, workspace


class SqlFollowing:
    """Reads beside the relay, and never so much at once that the relay must wait."""

    def __init__(self, store: Browsing) -> None:
        self._store = store

    async def position(self, workspace: WorkspaceId) -> int:
        """Return the number of the latest event; 0 before the first."""
        return await self._store.browse(lambda connection: _position(connection, workspace))

    async def events(self, workspace: WorkspaceId, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` events above number `after`, in order."""
        query = (
            select(event)
            .where(event.c.workspace == workspace, event.c.seq > after)
            .order_by(event.c.seq)
            .limit(limit)
        )
        return await self._store.browse(
            lambda connection: [recorded(row) for row in connection.execute(query)]
        )

    async def of_types(
        self, workspace: WorkspaceId, after: int, types: Collection[str], limit: int
    ) -> tuple[int, Sequence[Recorded]]:
        """Return the latest number, and up to `limit` events of these types above `after`."""
        query = (
            select(event)
            .where(event.c.workspace == workspace, event.c.seq > after)
            .where(event.c.kind.in_([NUMBERS[each] for each in types]))
            .order_by(event.c.seq)
            .limit(limit)
        )

        def read(connection: Connection) -> tuple[int, list[Recorded]]:
            # The number first: what is committed between the two is then read, not passed over.
            position = _position(connection, workspace)
            return position, [recorded(row) for row in connection.execute(query)]

        return await self._store.browse(read)

    async def standing(self, workspace: WorkspaceId, most: int) -> Standing:
        """Return what is so now; the number and the rows are from one snapshot."""

        def read(connection: Connection) -> Standing:
            position = _position(connection, workspace)
            page = conversation_listing.page
            live = page(connection, workspace, LIVE, None, most + 1)
            agents = agent_listing.page(connection, workspace, None, most)
            return Standing(position, tuple(live[:most]), tuple(agents), len(live) > most)

        return await self._store.browse(read)

    async def metadata(
        self, workspace: WorkspaceId, conversations: Sequence[ConversationId]
    ) -> Mapping[ConversationId, bytes]:
        """Return what these were created with, as JSON; nothing for what is erased."""
        table = metadata.c
        query = select(table.conversation, table.data).where(
            table.workspace == workspace, table.conversation.in_(conversations)
        )
        return await self._store.browse(
            lambda connection: {
                ConversationId(row.conversation): bytes(row.data)
                for row in connection.execute(query)
            }
        )

    async def outcomes(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> Mapping[MessageId, str]:
        """Return the outcomes that these closing messages name, without those that name none."""

        def read(connection: Connection) -> Mapping[MessageId, str]:
            said = conversation_listing.closing_words(connection, workspace, messages)
            return {
                MessageId(message): word.outcome
                for message, word in said.items()
                if word.outcome is not None
            }

        return await self._store.browse(read)


def _position(connection: Connection, of: WorkspaceId) -> int:
    head = connection.scalar(select(workspace.c.head).where(workspace.c.id == of))
    return head or 0
