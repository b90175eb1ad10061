"""The beginning and the end of a conversation."""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.terms import (
    AbandonReason,
    Candidate,
    ChannelReason,
    EndedBy,
    FailReason,
    LostReason,
    MatchedBy,
    Strategy,
    Terms,
)
from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.requester import Requester


@frozen
class ConversationCreated:
    """A pair is reserved and a link was given out; `at_once` agents are asked at a time.

    `why` says why it is this channel, among so many that could have taken it.
    """

    workspace: WorkspaceId
    conversation: ConversationId
    channel: ChannelId
    visitor: ContactId
    language: str
    agents: tuple[Candidate, ...]
    chosen: ContactId
    strategy: Strategy
    terms: Terms
    at: datetime
    at_once: int = 1
    why: ChannelReason | None = None
    among: int = 0


@frozen
class ConversationStarted:
    """The visitor wrote; `visitor` is who really did, `sent_at` WhatsApp's time of it."""

    visitor: ContactId
    matched_by: MatchedBy
    at: datetime
    sent_at: datetime | None = None


@frozen
class IdentityMismatched:
    """The person who used the link is not the one on the form (`expected`)."""

    expected: ContactId
    visitor: ContactId
    at: datetime


@frozen
class IdentityChanged:
    """Somebody in the conversation is reached or recognised in another way; it goes on."""

    contact: ContactId
    side: Side
    shift: IdentityShift
    at: datetime


@frozen
class NoteAdded:
    """A note was kept: the visitor came by the link of `conversation` too (its metadata counts)."""

    conversation: ConversationId
    at: datetime


@frozen
class DeadlineMoved:
    """A deadline (`due`) fell into an outage of ours and was moved to `until`."""

    due: datetime
    until: datetime
    at: datetime


@frozen
class ReplyReminded:
    """The agent accepted, has not written since, and was reminded of it."""

    agent: ContactId
    at: datetime


@frozen
class AgentWentAway:
    """The agent who has it takes no offers now (they said so, or were paused), and keeps it."""

    agent: ContactId
    at: datetime


@frozen
class AgentCameBack:
    """The agent who has it takes offers again."""

    agent: ContactId
    at: datetime


@frozen
class ReplyOverdue:
    """The agent is away and the visitor's word has waited long: somebody else is looked for."""

    agent: ContactId
    at: datetime


@frozen
class AgentLost:
    """The agent who had it has it no more: another one is looked for."""

    agent: ContactId
    reason: LostReason
    at: datetime


@frozen
class ConversationResumed:
    """The visitor wrote soon after the end: it goes on. `sent_at` is WhatsApp's time of it."""

    visitor: ContactId
    at: datetime
    sent_at: datetime | None = None


@frozen
class ConversationMoved:
    """Another channel carries it from here on.

    `visitor_wrote_at` and `agent_wrote_at` are when they last wrote there, if they ever did.
    """

    before: ChannelId
    channel: ChannelId
    at: datetime
    visitor_wrote_at: datetime | None = None
    agent_wrote_at: datetime | None = None


@frozen
class ConversationClosed:
    """The conversation is over. The outcome is the agent's word for it (in content), if any.

    `requester` is who ended it from outside.
    """

    by: EndedBy
    at: datetime
    outcome: MessageId | None = None
    requester: Requester | None = None


@frozen
class ConversationFailed:
    """The visitor could not be served."""

    reason: FailReason
    at: datetime


@frozen
class ConversationAbandoned:
    """The link was never used, or was not needed."""

    reason: AbandonReason
    at: datetime
