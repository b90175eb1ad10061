"""Who is who: contacts, their identities, the pairs they are in, and what they said."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

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


@frozen
class Written:
    """A message that somebody wrote on a channel, by the name that their own chat has for it."""

    message: MessageId
    channel: ChannelId
    contact: ContactId
    wamid: str = field(repr=False)


@frozen
class Said:
    """What a person wrote in a conversation, and on which side they stood then."""

    message: MessageId
    contact: ContactId
    side: Side
    content: Content = field(repr=False)


@frozen
class Writer:
    """Somebody who wrote on a channel; `phones` are the candidates of their wa_id."""

    workspace: WorkspaceId
    portfolio: str
    channel: ChannelId
    sender: Sender = field(repr=False)
    phones: tuple[Phone, ...] = field(repr=False)


@frozen
class Met:
    """Who a writer may be, what they are in on that channel, their persons, and who is blocked."""

    contacts: tuple[ContactId, ...]
    pairs: tuple[Pair, ...]
    people: Mapping[ContactId, Person] = field(repr=False)
    recognised: Recognised = field(factory=Recognised)
    blocked: frozenset[ContactId] = frozenset()


@frozen
class Briefing:
    """What a conversation's texts are made of: its people, an erased one absent, and metadata."""

    people: dict[ContactId, Person] = field(repr=False)
    metadata: bytes = field(repr=False)


class Directory(Protocol):
    """Contacts, their identities, and who is in which conversation."""

    async def find(
        self, workspace: WorkspaceId, portfolio: str, sender: Sender, phones: Sequence[Phone]
    ) -> Recognised:
        """Return who this sender is by `domain.identity`, from BSUID, wa_id and `phones`."""
        ...

    async def people(
        self, workspace: WorkspaceId, contacts: Sequence[ContactId]
    ) -> dict[ContactId, Person]:
        """Return the persons behind these contacts; an erased one is absent."""
        ...

    async def pairs(
        self,
        workspace: WorkspaceId,
        contacts: Sequence[ContactId],
        channel: ChannelId | None = None,
    ) -> list[Pair]:
        """Return the pairs of these contacts, on one channel or on all."""
        ...

    async def agents(
        self, workspace: WorkspaceId, contacts: Sequence[ContactId]
    ) -> dict[ContactId, Agent]:
        """Return how those of them stand who are known as agents."""
        ...

    async def blocked(
        self, workspace: WorkspaceId, contacts: Sequence[ContactId]
    ) -> frozenset[ContactId]:
        """Return those of them that are on the block list."""
        ...

    async def suppressed(
        self, workspace: WorkspaceId, addresses: Sequence[Address]
    ) -> dict[Address, Source]:
        """Return those of them that triggers are not to write to, and how we know."""
        ...

    async def pauses(self, workspace: WorkspaceId) -> list[tuple[datetime, ContactId]]:
        """Return who is paused, and until when, the earliest first."""
        ...

    async def last_agent(self, workspace: WorkspaceId, visitor: ContactId) -> ContactId | None:
        """Return who spoke to this visitor last."""
        ...

    async def meet(self, writers: Sequence[Writer]) -> list[Met]:
        """Return for each writer what `find`, `pairs`, `people` and `blocked` say, in one read."""
        ...

    async def briefing(
        self,
        workspace: WorkspaceId,
        conversation: ConversationId,
        contacts: Sequence[ContactId],
    ) -> Briefing:
        """Return what `people` and `metadata` say, in one read."""
        ...

    async def health(self, workspace: WorkspaceId) -> dict[ChannelId, Health]:
        """Return how those channels stand of which anything was ever reported."""
        ...

    async def load(self, workspace: WorkspaceId) -> dict[ChannelId, int]:
        """Return how many live conversations each channel carries."""
        ...

    async def carried(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        after: ConversationId | None,
        limit: int,
    ) -> list[ConversationId]:
        """Return conversations on a channel that seek or have an agent, by id, above `after`."""
        ...

    async def token(self, workspace: WorkspaceId, value: str) -> Token | None:
        """Return what the token stands for, also after its use."""
        ...

    async def link(
        self, workspace: WorkspaceId, conversation: ConversationId, number: int
    ) -> Token | None:
        """Return the token of a link that was made later, by its number in the conversation."""
        ...

    async def content(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> dict[MessageId, Content | Outgoing]:
        """Return what these messages say; erased ones are absent."""
        ...

    async def said(self, workspace: WorkspaceId, messages: Sequence[MessageId]) -> list[Said]:
        """Return those of these messages that people wrote, by id; erased ones are absent."""
        ...

    async def message(
        self, workspace: WorkspaceId, contact: ContactId, wamid: str
    ) -> MessageId | None:
        """Return the message that this person's chat knows by a wamid: theirs, or one for them.

        Only what people wrote counts: an automatic text of ours is nobody's message.
        """
        ...

    async def wamid(
        self, workspace: WorkspaceId, contact: ContactId, message: MessageId
    ) -> str | None:
        """Return what this person's chat calls a message, if it is there."""
        ...

    async def written(self, workspace: WorkspaceId, sends: Sequence[SendId]) -> list[Written]:
        """Return the messages of people that these sends carry to the other side."""
        ...

    async def metadata(self, workspace: WorkspaceId, conversation: ConversationId) -> bytes:
        """Return the conversation's metadata as JSON; `{}` when there is none (or erased)."""
        ...

    async def answer(
        self, workspace: WorkspaceId, key: str, at: datetime
    ) -> tuple[bytes, bytes] | None:
        """Return the request's hash and the answer kept under an idempotency key."""
        ...
