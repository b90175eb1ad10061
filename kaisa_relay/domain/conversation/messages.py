"""What can be asked of a conversation, and what can have happened to it.

Rule 1: commands are imperative and carry every fact from outside, `at` first of all.
Rule 2: events are past tense and carry our ids, codes and times only, never personal data.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Content
from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.outage import Outage
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey

OFFER_OUT_WITHIN: Final = timedelta(seconds=60)
"""An offer whose send is not out by then goes to the next agent, and is nobody's miss."""


class Strategy(StrEnum):
    """In which order agents are asked."""

    LISTED = "listed"
    LONGEST_IDLE = "longest_idle"
    LEAST_BUSY = "least_busy"


class MatchedBy(StrEnum):
    """How a reservation found its visitor."""

    TOKEN = "token"
    IDENTITY = "identity"


class EndedBy(StrEnum):
    """Who or what ended a conversation."""

    AGENT = "agent"
    API = "api"
    EXPIRED = "expired"


class AbandonReason(StrEnum):
    """Why a link was never used."""

    UNSCANNED = "unscanned"
    DUPLICATE = "duplicate"


class FailReason(StrEnum):
    """Why a visitor could not be served."""

    NO_AGENT = "no_agent"


@frozen
class Terms:
    """The times that one conversation lives by, fixed when it is created."""

    link_expires_after: timedelta = timedelta(minutes=30)
    expires_after: timedelta = timedelta(hours=24)
    offer_time: timedelta = timedelta(seconds=120)
    queue_time: timedelta = timedelta(minutes=10)

    @property
    def nudge_after(self) -> timedelta:
        """The silence after which the agent is reminded: the last twelfth before expiry."""
        return self.expires_after * 11 / 12


@frozen
class Candidate:
    """An agent who may be asked; the lower `priority` first."""

    contact: ContactId
    language: str
    priority: int = 0


# --- commands -------------------------------------------------------------------------------


@frozen
class Receive:
    """A person wrote. `sent_at` is WhatsApp's time of it, which opens their window.

    The content has lost its token; `untouched` says that nothing but the prefilled sentence was
    in it. `matched_by` and `mismatched` tell how a reservation's visitor was recognised.
    """

    message: MessageId
    contact: ContactId
    content: Content = field(repr=False)
    sent_at: datetime
    at: datetime
    untouched: bool = False
    matched_by: MatchedBy = MatchedBy.IDENTITY
    mismatched: bool = False


@frozen
class ProposeAgent:
    """The pool holds this agent for us; `window_open` says what kind of message may reach them."""

    agent: ContactId
    window_open: bool
    at: datetime


@frozen
class NobodyFree:
    """The pool has nobody to propose now; it keeps looking."""

    at: datetime


@frozen
class HearOutcome:
    """What became of one of our sends, where we must act on it."""

    send: SendId
    message: MessageId
    contact: ContactId
    rank: Rank
    code: int | None
    at: datetime


@frozen
class End:
    """Somebody outside ends the conversation."""

    by: EndedBy
    at: datetime


@frozen
class Abandon:
    """The visitor came by another link: this reservation is not needed."""

    instead: ConversationId
    at: datetime


@frozen
class Tick:
    """A deadline may have come. `outage` is the last stretch of time in which we were not able."""

    at: datetime
    outage: Outage | None = None


Command = Receive | ProposeAgent | NobodyFree | HearOutcome | End | Abandon | Tick


# --- events ---------------------------------------------------------------------------------


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
    """The visitor wrote; `visitor` is who really did."""

    visitor: ContactId
    matched_by: MatchedBy
    at: datetime


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
    """A message is on its way across."""

    message: MessageId
    send: SendId
    to: Side
    contact: ContactId
    at: datetime


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
    """The agent said no."""

    offer: int
    agent: ContactId
    at: datetime


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
    """The agent took the conversation."""

    offer: int
    agent: ContactId
    at: datetime


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
    """A deadline fell into an outage of ours and was moved to `until`."""

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


@frozen
class MessageUnmatched:
    """A person wrote who is in no conversation, and was answered with `text` (stream `message/…`)."""

    message: MessageId
    channel: ChannelId
    contact: ContactId
    answer: MessageId
    send: SendId
    text: TextKey
    at: datetime


@frozen
class MessageStatus:
    """A send came further (stream `send/…`, whose version is the rank)."""

    message: MessageId
    send: SendId
    conversation: ConversationId | None
    rank: Rank
    code: int | None
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


# --- refusals -------------------------------------------------------------------------------


class BusySide(StrEnum):
    """Which side of every possible pair is in use."""

    VISITOR = "visitor"
    AGENTS = "agents"
    CHANNELS = "channels"


@frozen
class NoPairFree:
    """No channel has both the visitor and an agent free; `free_at` is when one may be, if known."""

    busy: BusySide
    free_at: datetime | None


@frozen
class AlreadyEnded:
    """The conversation is over: there is nothing to end."""

    at: datetime


Refusal = NoPairFree | AlreadyEnded
