"""The directory in SQL (`ports.Directory`): every method is one read, or a part of one."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from kaisa_relay.directory import (
    agents,
    blocks,
    finding,
    health,
    meeting,
    mirroring,
    standing,
    suppressions,
    tokens,
)
from kaisa_relay.domain.channel_health import Health
from kaisa_relay.domain.contact import Person, Sender, Side
from kaisa_relay.domain.content import Content
from kaisa_relay.domain.engagement.suppression import Address, Source
from kaisa_relay.domain.identity import Recognised
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.outgoing import Outgoing
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.presence import Agent
from kaisa_relay.domain.routing import Pair, Token
from kaisa_relay.ports.directory import Briefing, Met, Said, Writer, Written
from kaisa_relay.store import Store
from kaisa_relay.store.gathering import Gathering
from kaisa_relay.store.tables import content

ReadContent = Callable[[str], Content | Outgoing]
"""Reads a content row's JSON (`journal.codec.decode_content`)."""


class SqlDirectory:
    """Contacts, their identities, and who is in which conversation."""

    def __init__(self, store: Store, read_content: ReadContent) -> None:
        self._store = store
        self._read_content = read_content
        self._briefings = Gathering(store, meeting.brief)

    async def find(
        self, workspace: WorkspaceId, portfolio: str, sender: Sender, phones: Sequence[Phone]
    ) -> Recognised:
        """Return who this sender is by `domain.identity`, from BSUID, wa_id and `phones`."""
        asked = finding.Asked(workspace, portfolio, sender, tuple(phones))
        (found,) = await self._store.read(lambda c: finding.find(c, [asked]))
        return found

    async def people(
        self, workspace: WorkspaceId, contacts: Sequence[ContactId]
    ) -> dict[ContactId, Person]:
        """Return the persons behind these contacts; an erased one is absent."""
        return await self._store.read(lambda c: finding.people(c, workspace, contacts))

    async def pairs(
        self,
        workspace: WorkspaceId,
        contacts: Sequence[ContactId],
        channel: ChannelId | None = None,
    ) -> list[Pair]:
        """Return the pairs of these contacts, on one channel or on all."""
        return await self._store.read(lambda c: standing.pairs(c, workspace, contacts, channel))

    async def agents(
        self, workspace: WorkspaceId, contacts: Sequence[ContactId]
    ) -> dict[ContactId, Agent]:
        """Return how those of them stand who are known as agents."""
        return await self._store.read(lambda c: agents.agents(c, workspace, contacts))

    async def blocked(
        self, workspace: WorkspaceId, contacts: Sequence[ContactId]
    ) -> frozenset[ContactId]:
        """Return those of them that are on the block list."""
        return await self._store.read(lambda c: blocks.blocked(c, workspace, contacts))

    async def suppressed(
        self, workspace: WorkspaceId, addresses: Sequence[Address]
    ) -> dict[Address, Source]:
        """Return those of them that triggers are not to write to, and how we know."""
        known = self._store.concealing
        return await self._store.read(
            lambda c: suppressions.suppressed(c, workspace, addresses, known)
        )

    async def pauses(self, workspace: WorkspaceId) -> list[tuple[datetime, ContactId]]:
        """Return who is paused, and until when, the earliest first."""
        return await self._store.read(lambda c: agents.pauses(c, workspace))

    async def last_agent(self, workspace: WorkspaceId, visitor: ContactId) -> ContactId | None:
        """Return who spoke to this visitor last."""
        return await self._store.read(lambda c: agents.last_agent(c, workspace, visitor))

    async def meet(self, writers: Sequence[Writer]) -> list[Met]:
        """Return for each writer what `find`, `pairs`, `people` and `blocked` say, in one read."""
        return await self._store.read(lambda c: meeting.meet(c, writers))

    async def briefing(
        self,
        workspace: WorkspaceId,
        conversation: ConversationId,
        contacts: Sequence[ContactId],
    ) -> Briefing:
        """Return what `people` and `metadata` say; who asks at the same time shares the read."""
        return await self._briefings.ask((workspace, conversation, tuple(contacts)))

    async def health(self, workspace: WorkspaceId) -> dict[ChannelId, Health]:
        """Return how those channels stand of which anything was ever reported."""
        return await self._store.read(lambda c: health.health(c, workspace))

    async def load(self, workspace: WorkspaceId) -> dict[ChannelId, int]:
        """Return how many live conversations each channel carries."""
        return await self._store.read(lambda c: standing.load(c, workspace))

    async def carried(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        after: ConversationId | None,
        limit: int,
    ) -> list[ConversationId]:
        """Return conversations on a channel that seek or have an agent, by id, above `after`."""
        page = standing.carried
        return await self._store.read(lambda c: page(c, workspace, channel, after, limit))

    async def token(self, workspace: WorkspaceId, value: str) -> Token | None:
        """Return what the token stands for, also after its use."""
        return await self._store.read(lambda c: tokens.token(c, workspace, value))

    async def link(
        self, workspace: WorkspaceId, conversation: ConversationId, number: int
    ) -> Token | None:
        """Return the token of a link that was made later."""
        return await self._store.read(lambda c: tokens.link(c, workspace, conversation, number))

    async def content(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> dict[MessageId, Content | Outgoing]:
        """Return what these messages say; erased ones are absent."""
        query = select(content.c.message, content.c.data).where(
            content.c.workspace == workspace, content.c.message.in_(messages)
        )

        def read(connection: Connection) -> dict[MessageId, Content | Outgoing]:
            rows = connection.execute(query)
            return {MessageId(row.message): self._read_content(row.data) for row in rows}

        return await self._store.read(read)

    async def said(self, workspace: WorkspaceId, messages: Sequence[MessageId]) -> list[Said]:
        """Return those of these messages that people wrote, by id; erased ones are absent."""
        query = (
            select(content)
            .where(content.c.workspace == workspace, content.c.message.in_(messages))
            .where(content.c.author.in_([side.value for side in Side]))
            .order_by(content.c.message)
        )

        def read(connection: Connection) -> list[Said]:
            found = []
            for row in connection.execute(query):
                said = self._read_content(row.data)
                if isinstance(said, Content):
                    who, side = ContactId(row.contact), Side(row.author)
                    found.append(Said(MessageId(row.message), who, side, said))
            return found

        return await self._store.read(read)

    async def message(
        self, workspace: WorkspaceId, contact: ContactId, wamid: str
    ) -> MessageId | None:
        """Return the message that this person's chat knows by a wamid, if a person wrote it."""
        return await self._store.read(lambda c: mirroring.message(c, workspace, contact, wamid))

    async def wamid(
        self, workspace: WorkspaceId, contact: ContactId, message: MessageId
    ) -> str | None:
        """Return what this person's chat calls a message, if it is there."""
        return await self._store.read(lambda c: mirroring.wamid(c, workspace, contact, message))

    async def written(self, workspace: WorkspaceId, sends: Sequence[SendId]) -> list[Written]:
        """Return the messages of people that these sends carry to the other side."""
        return await self._store.read(lambda c: mirroring.written(c, workspace, sends))

    async def metadata(self, workspace: WorkspaceId, conversation: ConversationId) -> bytes:
        """Return the conversation's metadata as JSON; `{}` when there is none (or erased)."""
        return await self._store.read(lambda c: standing.metadata(c, workspace, conversation))

    async def answer(
        self, workspace: WorkspaceId, key: str, at: datetime
    ) -> tuple[bytes, bytes] | None:
        """Return the request's hash and the answer kept under an idempotency key."""
        return await self._store.read(lambda c: standing.answer(c, workspace, key, at))
