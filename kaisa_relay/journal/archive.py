"""What the API shows, read from the tables (`ports.Archive`)."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.sql import Select

from kaisa_relay.domain.content import Content, Media
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.outgoing import Outgoing
from kaisa_relay.domain.sending import Rank
from kaisa_relay.journal import agent_listing, block_listing, conversation_listing
from kaisa_relay.journal.codec import KINDS, decode_content
from kaisa_relay.journal.event_columns import NUMBERS, of_conversation
from kaisa_relay.journal.events import recorded
from kaisa_relay.journal.files import files_of
from kaisa_relay.journal.message_listing import MESSAGE_EVENTS, Listing, Progress
from kaisa_relay.ports import (
    AgentView,
    BlockView,
    ConversationView,
    FileRow,
    Filter,
    MessageView,
    Recorded,
)
from kaisa_relay.store import Store
from kaisa_relay.store.tables import content, conversation, event, leg

_MESSAGE_KINDS: Final = [NUMBERS[KINDS[kind]] for kind in MESSAGE_EVENTS]


class SqlArchive:
    """Reads one workspace at a time; a long list never keeps a message waiting."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def conversation(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> ConversationView | None:
        """Return one conversation, or None when this workspace has no such."""
        read = partial(conversation_listing.one, workspace=workspace, id=conversation)
        return await self._store.browse(read)

    async def conversations(
        self, workspace: WorkspaceId, where: Filter, before: ConversationId | None, limit: int
    ) -> Sequence[ConversationView]:
        """Return up to `limit` conversations with ids below `before`, the newest first."""
        page = conversation_listing.page
        return await self._store.browse(
            lambda connection: page(connection, workspace, where, before, limit)
        )

    async def messages(
        self, workspace: WorkspaceId, conversation: ConversationId, after: int, limit: int
    ) -> Sequence[tuple[int, MessageView]]:
        """Return messages in order, each with the stream version it came by, above `after`."""
        history = _history(workspace, conversation, after).where(event.c.kind.in_(_MESSAGE_KINDS))

        def read(connection: Connection) -> list[tuple[int, MessageView]]:
            rows = [recorded(row) for row in connection.execute(history.limit(limit))]
            return _messages(connection, workspace, conversation, rows)

        return await self._store.browse(read)

    async def media(
        self, workspace: WorkspaceId, conversation: ConversationId, message: MessageId
    ) -> tuple[Media, FileRow | None] | None:
        """Return the file that a message of this conversation brought, and how our copy stands."""
        table = content.c
        query = select(table.data).where(
            table.workspace == workspace,
            table.message == message,
            table.conversation == conversation,
        )

        def read(connection: Connection) -> tuple[Media, FileRow | None] | None:
            data = connection.scalar(query)
            said = decode_content(data) if data is not None else None
            if not isinstance(said, Media):
                return None
            return said, files_of(connection, workspace, [message]).get(message)

        return await self._store.browse(read)

    async def events(
        self, workspace: WorkspaceId, conversation: ConversationId, after: int, limit: int
    ) -> Sequence[Recorded]:
        """Return the conversation's events above version `after`, in order."""
        history = _history(workspace, conversation, after).limit(limit)
        return await self._store.browse(
            lambda connection: [recorded(row) for row in connection.execute(history)]
        )

    async def agent(self, workspace: WorkspaceId, contact: ContactId) -> AgentView | None:
        """Return one agent, or None when nobody named them as one."""
        found = await self.agents(workspace, ContactId(contact - 1), 1)
        return next((each for each in found if each.agent.contact == contact), None)

    async def agents(
        self, workspace: WorkspaceId, after: ContactId | None, limit: int
    ) -> Sequence[AgentView]:
        """Return up to `limit` agents with ids above `after`, the first known first."""
        page = agent_listing.page
        return await self._store.browse(lambda c: page(c, workspace, after, limit))

    async def blocks(
        self, workspace: WorkspaceId, after: ContactId | None, limit: int
    ) -> Sequence[BlockView]:
        """Return up to `limit` of the block list with contacts above `after`, the lowest first."""
        page = block_listing.page
        return await self._store.browse(lambda c: page(c, workspace, after, limit))

    async def block(self, workspace: WorkspaceId, contact: ContactId) -> BlockView | None:
        """Return how this contact stands on the block list; None when they do not."""
        return await self._store.browse(lambda c: block_listing.one(c, workspace, contact))


def _history(workspace: WorkspaceId, conversation: ConversationId, after: int) -> Select[Any]:
    return (
        select(event)
        .where(event.c.workspace == workspace)
        .where(of_conversation(conversation))
        .where(event.c.version > after)
        .order_by(event.c.version)
    )


def _messages(
    connection: Connection, workspace: WorkspaceId, id: ConversationId, history: Sequence[Recorded]
) -> list[tuple[int, MessageView]]:
    table = conversation.c
    query = select(table.visitor).where(table.workspace == workspace, table.id == id)
    visitor = connection.scalar(query)
    brought = [(r.version, r.event) for r in history if isinstance(r.event, MESSAGE_EVENTS)]
    if visitor is None:
        return []
    ids = [happened.message for _, happened in brought]
    listing = Listing(
        ContactId(visitor),
        _contents(connection, workspace, ids),
        _legs(connection, workspace, ids),
        files_of(connection, workspace, ids),
    )
    return [(version, listing.view(happened)) for version, happened in brought]


def _contents(
    connection: Connection, workspace: WorkspaceId, ids: Sequence[MessageId]
) -> dict[MessageId, Content | Outgoing]:
    table = content.c
    query = select(table.message, table.data).where(
        table.workspace == workspace, table.message.in_(ids)
    )
    rows = connection.execute(query)
    return {MessageId(row.message): decode_content(row.data) for row in rows}


def _legs(
    connection: Connection, workspace: WorkspaceId, ids: Sequence[MessageId]
) -> dict[MessageId, list[Progress]]:
    table = leg.c
    query = (
        select(table.message, table.rank, table.code)
        .where(table.workspace == workspace, table.message.in_(ids))
        .order_by(table.send)
    )
    legs: dict[MessageId, list[Progress]] = defaultdict(list)
    for row in connection.execute(query):
        legs[MessageId(row.message)].append(Progress(Rank(row.rank), row.code))
    return legs
