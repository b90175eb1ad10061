"""What the HTTP API asks of the actors, and what it reads.

Rule 1: a request that changes something is asked of the actor that owns it (`Desk`).
Rule 2: everything shown is read from the journal's rows (`Archive`), one workspace at a time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from attrs import field, frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.content import Content, Media
from kaisa_relay.domain.conversation.messages import AlreadyEnded, NoPairFree, Strategy
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.outgoing import Outgoing
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.presence import Agent
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports.blocks import BlockView, ListBlocked, ListUnblocked, Whom
from kaisa_relay.ports.files import FileRow
from kaisa_relay.ports.journal import Recorded
from kaisa_relay.ports.views import AgentChannel
from kaisa_relay.ports.views import PersonView as PersonView


@frozen
class FormPerson:
    """Somebody as a request names them; `phone` is parsed, `language` a tag such as `sv`.

    Without a language theirs is the workspace's. `capacity` is the most conversations that an
    agent has at once on all channels; None leaves it as it is.
    """

    name: str = field(repr=False)
    phone: Phone = field(repr=False)
    language: str | None = None
    priority: int = 0
    capacity: int | None = None


@frozen
class Repeatable:
    """A request's `Idempotency-Key` and a hash of its method, path and body."""

    key: str
    request_hash: bytes


@frozen
class NewConversation:
    """A valid `POST /conversations/whatsapp`. `metadata` is a JSON object of at most 16 KiB.

    Times that are None are the workspace's.
    """

    visitor: FormPerson
    agents: tuple[FormPerson, ...]
    metadata: bytes = field(repr=False, default=b"{}")
    strategy: Strategy = Strategy.LISTED
    expires_after: timedelta | None = None
    link_expires_after: timedelta | None = None
    repeatable: Repeatable | None = None


@frozen
class Reservation:
    """What the answer to a creation is made of; kept under the idempotency key as it is."""

    conversation: ConversationId
    channel: ChannelId
    channel_phone: Phone
    url: str = field(repr=False)
    visitor: FormPerson
    agent: FormPerson
    metadata: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime


@frozen
class SamePerson:
    """Two people of the request are one after expansion: indexes into visitor (-1) and agents."""

    first: int
    second: int


@frozen
class ChannelAsPerson:
    """A person of the request has the number of one of our channels (-1: the visitor)."""

    index: int


@frozen
class VisitorBlocked:
    """The visitor is on the workspace's block list."""


@frozen
class KeyReused:
    """The idempotency key came with another body before."""


@frozen
class NoChannels:
    """The workspace has no channel yet."""


@frozen
class NotFound:
    """There is no such conversation in this workspace."""


@frozen
class Ended:
    """The conversation was ended by this request."""


ReserveRefusal = NoPairFree | SamePerson | ChannelAsPerson | VisitorBlocked | KeyReused | NoChannels


class Busy(Exception):
    """The actor cannot answer now (full, restarting, or too slow); trying again is safe."""


class Desk(Protocol):
    """Where requests reach the actors. Raises `Busy` or `StoreUnavailable`."""

    async def reserve(
        self, workspace: WorkspaceId, request: NewConversation
    ) -> Reservation | ReserveRefusal:
        """Choose an agent and a channel, and commit the reservation."""
        ...

    async def end(
        self,
        workspace: WorkspaceId,
        conversation: ConversationId,
        by: Requester | None = None,
    ) -> Ended | AlreadyEnded | NotFound:
        """Close a conversation from outside."""
        ...

    async def block(
        self, workspace: WorkspaceId, whom: Whom, by: BlockedBy
    ) -> ListBlocked | NotFound | ChannelAsPerson:
        """Put somebody on the block list, and end what they are in as a visitor."""
        ...

    async def unblock(
        self, workspace: WorkspaceId, whom: Whom, by: BlockedBy
    ) -> ListUnblocked | NotFound:
        """Take somebody off the block list; `NotFound` when they are not on it."""
        ...


@frozen
class ConversationView:
    """A conversation's current row, joined with who is in it.

    `form` is the visitor as the form named them; `agent` is `State.answering`; `outcome` and
    `note` are the agent's words at the end. When the two last wrote on this channel, which opens
    their windows, is known to ten minutes: it may have been later, never earlier.
    """

    id: ConversationId
    phase: Phase
    reason: str | None
    outcome: str | None
    note: str | None = field(repr=False)
    channel: ChannelId
    form: PersonView
    visitor: PersonView
    agent: PersonView | None
    metadata: bytes = field(repr=False)
    url: str | None = field(repr=False)
    created_at: datetime
    started_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    visitor_wrote_at: datetime | None = None
    agent_wrote_at: datetime | None = None


@frozen
class MessageView:
    """One message with how far it has come: received, held, sending, sent, delivered, read,
    failed or unconfirmed. `author` is `visitor`, `agent`, `system` or `supervisor`. `file` is how
    the copy of its file stands, once it was wanted."""

    id: MessageId
    author: str
    to: Side | None
    content: Content | Outgoing | None = field(repr=False)
    kind: str
    received_at: datetime
    status: str
    error_code: int | None = None
    file: FileRow | None = None


@frozen
class AgentView:
    """An agent as their row has them; `load` counts live conversations and unanswered offers.

    `channels` are those where they ever wrote, or are in a conversation now.
    """

    agent: Agent
    person: PersonView
    load: int
    channels: tuple[AgentChannel, ...] = ()


SEARCHED: Final = 100_000
"""So that a search costs no more where a workspace is old: about half a second of reading."""


@frozen
class Filter:
    """Which conversations to list; None leaves a question open. Dates are of creation.

    `text` is in the visitor's or the agent's name, or in a text of theirs or ours, in any case;
    it is looked for in so many (`searched`) of the latest conversations, people and texts.
    """

    phases: tuple[Phase, ...] = ()
    agent: Phone | None = field(repr=False, default=None)
    visitor: Phone | None = field(repr=False, default=None)
    channel: ChannelId | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    text: str | None = field(repr=False, default=None)
    searched: int = SEARCHED


class Archive(Protocol):
    """What the API shows. Pages go from the newest conversation, or the oldest event, on."""

    async def conversation(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> ConversationView | None:
        """Return one conversation, or None when this workspace has no such."""
        ...

    async def conversations(
        self,
        workspace: WorkspaceId,
        where: Filter,
        before: ConversationId | None,
        limit: int,
    ) -> Sequence[ConversationView]:
        """Return up to `limit` conversations with ids below `before`, the newest first."""
        ...

    async def messages(
        self, workspace: WorkspaceId, conversation: ConversationId, after: int, limit: int
    ) -> Sequence[tuple[int, MessageView]]:
        """Return messages in order, each with the stream version it came by, above `after`."""
        ...

    async def media(
        self, workspace: WorkspaceId, conversation: ConversationId, message: MessageId
    ) -> tuple[Media, FileRow | None] | None:
        """Return the file that a message of this conversation brought, and how our copy stands."""
        ...

    async def events(
        self, workspace: WorkspaceId, conversation: ConversationId, after: int, limit: int
    ) -> Sequence[Recorded]:
        """Return the conversation's events above version `after`, in order."""
        ...

    async def agents(
        self, workspace: WorkspaceId, after: ContactId | None, limit: int
    ) -> Sequence[AgentView]:
        """Return up to `limit` agents with ids above `after`, the first known first."""
        ...

    async def agent(self, workspace: WorkspaceId, contact: ContactId) -> AgentView | None:
        """Return one agent, or None when nobody named them as one."""
        ...

    async def blocks(
        self, workspace: WorkspaceId, after: ContactId | None, limit: int
    ) -> Sequence[BlockView]:
        """Return up to `limit` of the block list with contacts above `after`, the lowest first."""
        ...

    async def block(self, workspace: WorkspaceId, contact: ContactId) -> BlockView | None:
        """Return how this contact stands on the block list; None when they do not."""
        ...
