"""What can have happened to a conversation, a send or an unmatched message.

Rule 1: events are past tense and carry our ids, codes and times only, never personal data.
Rule 2: an event class is never changed so that an old one cannot be read; see the codec.
"""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.terms import (
    AbandonReason,
    Candidate,
    EndedBy,
    FailReason,
    MatchedBy,
    Strategy,
    Terms,
)
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.domain.tracking import MessageStatus, MessageUnmatched


@frozen
class ConversationCreated:
    """A pair is reserved and a link was given out."""

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
class MessageReceived:
    """A message was taken in; `kind` as in `content.kind_of`; `held` until there is an agent."""

    message: MessageId
    side: Side
    kind: str
    sent_at: datetime
    at: datetime
    held: bool = False


@frozen
class MessageRelayed:
    """A message is on its way across; `asked` is the tap that wanted it sent once more, if any."""

    message: MessageId
    send: SendId
    to: Side
    contact: ContactId
    at: datetime
    asked: MessageId | None = None


@frozen
class Notified:
    """An automatic text is on its way. `about` is the message it speaks of, if any."""

    message: MessageId
    send: SendId
    contact: ContactId
    text: TextKey
    at: datetime
    about: MessageId | None = None


@frozen
class AgentOffered:
    """An agent is asked; their pair is claimed with this. `template` says by which message."""

    offer: int
    agent: ContactId
    message: MessageId
    send: SendId
    template: bool
    at: datetime


@frozen
class OfferSent:
    """The offer went out: its time runs from here."""

    offer: int
    at: datetime


@frozen
class OfferDeclined:
    """The agent said no, with the message `answer`."""

    offer: int
    agent: ContactId
    at: datetime
    answer: MessageId | None = None


@frozen
class OfferExpired:
    """The agent did not answer in time: a miss."""

    offer: int
    agent: ContactId
    at: datetime


@frozen
class OfferFailed:
    """The offer never reached the agent: nobody's miss. `code` is Meta's, where it gave one."""

    offer: int
    agent: ContactId
    code: int | None
    at: datetime


@frozen
class OfferRescinded:
    """The offer was taken back because the conversation ended."""

    offer: int
    agent: ContactId
    at: datetime


@frozen
class AgentAccepted:
    """The agent took the conversation, with the message `answer`."""

    offer: int
    agent: ContactId
    at: datetime
    answer: MessageId | None = None


@frozen
class ConversationQueued:
    """Nobody is free: we keep looking until `until`."""

    until: datetime
    at: datetime


@frozen
class MessageFailed:
    """A relayed message will not arrive; `code` is Meta's."""

    message: MessageId
    send: SendId
    to: Side
    code: int | None
    at: datetime


@frozen
class MessageUnconfirmed:
    """Nobody knows whether a relayed message arrived; a person may ask for it again."""

    message: MessageId
    send: SendId
    to: Side
    at: datetime


@frozen
class MessageSettled:
    """An unconfirmed message turned out to have been sent."""

    message: MessageId
    send: SendId
    at: datetime


@frozen
class AgentNudged:
    """The agent was reminded of a silent conversation."""

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
class ConversationClosed:
    """The conversation is over. The outcome is the agent's word for it (in content), if any."""

    by: EndedBy
    at: datetime
    outcome: MessageId | None = None


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


Event = (
    ConversationCreated
    | ConversationStarted
    | IdentityMismatched
    | MessageReceived
    | MessageRelayed
    | Notified
    | AgentOffered
    | OfferSent
    | OfferDeclined
    | OfferExpired
    | OfferFailed
    | OfferRescinded
    | AgentAccepted
    | ConversationQueued
    | MessageFailed
    | MessageUnconfirmed
    | MessageSettled
    | AgentNudged
    | NoteAdded
    | DeadlineMoved
    | ConversationClosed
    | ConversationFailed
    | ConversationAbandoned
    | MessageUnmatched
    | MessageStatus
)
