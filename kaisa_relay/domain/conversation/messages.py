"""What can be asked of a conversation, and the refusals; its events and terms are handed on too.

Rule 1: commands are imperative and carry every fact from outside, `at` first of all.
Rule 2: a refusal is a value that says why.
"""

from datetime import datetime

from attrs import field, frozen

from kaisa_relay.domain.content import Content
from kaisa_relay.domain.conversation.events import (
    AgentAccepted,
    AgentLost,
    AgentNudged,
    AgentOffered,
    ConversationAbandoned,
    ConversationClosed,
    ConversationCreated,
    ConversationFailed,
    ConversationMoved,
    ConversationQueued,
    ConversationRecovered,
    ConversationResumed,
    ConversationStarted,
    ConversationTransferred,
    DeadlineMoved,
    Event,
    IdentityChanged,
    IdentityMismatched,
    LinkCreated,
    MessageFailed,
    MessageHeld,
    MessageReceived,
    MessageRelayed,
    MessageSettled,
    MessagesFlushed,
    MessageUnconfirmed,
    NoteAdded,
    NoteKept,
    Notified,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
    OfferSent,
    OutcomeNamed,
    ReopenAsked,
    ReopenFailed,
    ReplyReminded,
    TeamWrote,
    WindowClosed,
    WindowClosing,
    WindowOpened,
)
from kaisa_relay.domain.conversation.links import GiveLink, LinkRefusal
from kaisa_relay.domain.conversation.orders import Handover, Order, OrderRefusal
from kaisa_relay.domain.conversation.outreach import ReachOut
from kaisa_relay.domain.conversation.presence import AgentBack, AgentGone
from kaisa_relay.domain.conversation.refusals import AlreadyEnded, BusySide, NoPairFree
from kaisa_relay.domain.conversation.relocation import MoveChannel
from kaisa_relay.domain.conversation.terms import (
    OFFER_OUT_WITHIN,
    AbandonReason,
    Candidate,
    EndedBy,
    FailReason,
    MatchedBy,
    Strategy,
    Terms,
)
from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, SendId
from kaisa_relay.domain.outage import Outage
from kaisa_relay.domain.requester import Requester
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.tracking import MessageStatus, MessageUnmatched

__all__ = [
    "OFFER_OUT_WITHIN",
    "Abandon",
    "AbandonReason",
    "AgentAccepted",
    "AgentBack",
    "AgentGone",
    "AgentLost",
    "AgentNudged",
    "AgentOffered",
    "AlreadyEnded",
    "BusySide",
    "Candidate",
    "Command",
    "ConversationAbandoned",
    "ConversationClosed",
    "ConversationCreated",
    "ConversationFailed",
    "ConversationMoved",
    "ConversationQueued",
    "ConversationRecovered",
    "ConversationResumed",
    "ConversationStarted",
    "ConversationTransferred",
    "DeadlineMoved",
    "End",
    "EndedBy",
    "Event",
    "FailReason",
    "Handover",
    "HearOutcome",
    "IdentityChanged",
    "IdentityMismatched",
    "LinkCreated",
    "MatchedBy",
    "MessageFailed",
    "MessageHeld",
    "MessageReceived",
    "MessageRelayed",
    "MessageSettled",
    "MessageStatus",
    "MessageUnconfirmed",
    "MessageUnmatched",
    "MessagesFlushed",
    "MoveChannel",
    "NoPairFree",
    "NobodyFree",
    "NoteAdded",
    "NoteKept",
    "Notified",
    "OfferDeclined",
    "OfferExpired",
    "OfferFailed",
    "OfferRescinded",
    "OfferSent",
    "OpenWindow",
    "OutcomeNamed",
    "ProposeAgent",
    "ProposeAgents",
    "Receive",
    "Refusal",
    "ReopenAsked",
    "ReopenFailed",
    "ReplyReminded",
    "Strategy",
    "TeamWrote",
    "Terms",
    "Tick",
    "WindowClosed",
    "WindowClosing",
    "WindowOpened",
]


@frozen
class Receive:
    """A person wrote. `sent_at` is WhatsApp's time of it, which opens their window.

    The content has lost its token; `untouched` says that nothing but the prefilled sentence was
    in it. `matched_by` and `mismatched` tell how a reservation's visitor was recognised;
    `duplicate` is a reservation that this message made needless. `quotes` is the message of the
    conversation that it answers, reacts to or changes, where it is known. `link` is the number of
    the link that they came by, if it is one that was made later. `elsewhere` says that it
    came to a number that carries the conversation no more: it opens no window of the one that does.
    """

    message: MessageId
    contact: ContactId
    content: Content = field(repr=False)
    sent_at: datetime
    at: datetime
    untouched: bool = False
    matched_by: MatchedBy = MatchedBy.IDENTITY
    mismatched: bool = False
    duplicate: ConversationId | None = None
    quotes: MessageId | None = None
    forwarded: bool = False
    handover: Handover | None = None
    opens_at: datetime | None = None
    elsewhere: bool = False
    link: int | None = None


@frozen
class ProposeAgent:
    """The pool holds this agent for us; `window_open` says what kind of message may reach them.

    `among` is how many were free; `known` is who spoke to the visitor last, where that counts.
    """

    agent: ContactId
    window_open: bool
    at: datetime
    among: int = 0
    known: bool = False


@frozen
class ProposeAgents:
    """The pool holds several agents for us, to be asked at once."""

    proposals: tuple[ProposeAgent, ...]
    at: datetime


@frozen
class NobodyFree:
    """The pool has nobody to propose now and keeps looking; `opens_at` is set while closed."""

    at: datetime
    opens_at: datetime | None = None


@frozen
class HearOutcome:
    """What became of one of our sends, where we must act on it."""

    send: SendId
    message: MessageId
    contact: ContactId
    rank: Rank
    code: int | None
    at: datetime
    also: tuple[MessageId, ...] = ()
    """Other messages that went in the same send."""
    plainer: bool = False
    """It failed for its file, which can still go as a document."""


@frozen
class End:
    """Somebody outside ends the conversation."""

    by: EndedBy
    at: datetime
    requester: Requester | None = None


@frozen
class Abandon:
    """The visitor came by another link: this reservation is not needed."""

    instead: ConversationId
    at: datetime


@frozen
class NoteIdentity:
    """Somebody's number or BSUID changed, was learnt, or turned out to be somebody's we know."""

    contact: ContactId
    shift: IdentityShift
    at: datetime


@frozen
class OpenWindow:
    """Somebody wrote here what is not for this conversation; WhatsApp counts it all the same."""

    contact: ContactId
    sent_at: datetime
    at: datetime


@frozen
class Tick:
    """A deadline may have come. `outage` is the last stretch of time in which we were not able.

    `handover` says who is free, where an agent who is away may need somebody to stand in.
    """

    at: datetime
    outage: Outage | None = None
    handover: Handover | None = None


Command = (
    Receive
    | ProposeAgent
    | ProposeAgents
    | NobodyFree
    | AgentGone
    | AgentBack
    | HearOutcome
    | End
    | Abandon
    | NoteIdentity
    | MoveChannel
    | OpenWindow
    | Tick
    | Order
    | GiveLink
    | ReachOut
)


Refusal = NoPairFree | AlreadyEnded | OrderRefusal | LinkRefusal
