"""What can have happened to a conversation, a send or an unmatched message.

Rule 1: events are past tense and carry our ids, codes and times only, never personal data.
Rule 2: an event class is never changed so that an old one cannot be read; see the codec.
"""

from kaisa_relay.domain.agent_events import (
    AgentAvailable,
    AgentAway,
    AgentInvited,
    AgentOptedIn,
    AgentPaused,
)
from kaisa_relay.domain.alerts import AlertCleared, AlertRaised
from kaisa_relay.domain.channel_health import (
    ChannelDown,
    ChannelLimited,
    ChannelQualityChanged,
    ChannelUp,
    TemplateChanged,
)
from kaisa_relay.domain.contact_events import (
    ContactBlocked,
    ContactErased,
    ContactMerged,
    ContactOptedIn,
    ContactOptedOut,
    ContactUnblocked,
)
from kaisa_relay.domain.conversation.events.life import (
    AgentCameBack,
    AgentLost,
    AgentWentAway,
    ConversationAbandoned,
    ConversationClosed,
    ConversationCreated,
    ConversationFailed,
    ConversationMoved,
    ConversationResumed,
    ConversationStarted,
    DeadlineMoved,
    IdentityChanged,
    IdentityMismatched,
    NoteAdded,
    ReplyOverdue,
    ReplyReminded,
)
from kaisa_relay.domain.conversation.events.links import ConversationRecovered, LinkCreated
from kaisa_relay.domain.conversation.events.offers import (
    AgentAccepted,
    AgentOffered,
    ConversationQueued,
    ConversationTransferred,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
    OfferSent,
)
from kaisa_relay.domain.conversation.events.outcomes import OutcomeNamed
from kaisa_relay.domain.conversation.events.talk import (
    AgentNudged,
    MessageFailed,
    MessageReceived,
    MessageRelayed,
    MessageSettled,
    MessageUnconfirmed,
    NoteKept,
    Notified,
    OutreachSent,
    TeamWrote,
)
from kaisa_relay.domain.conversation.events.windows import (
    MessageHeld,
    MessagesFlushed,
    ReopenAsked,
    ReopenFailed,
    WindowClosed,
    WindowClosing,
    WindowOpened,
)
from kaisa_relay.domain.tracking import MessageBlocked, MessageStatus, MessageUnmatched

__all__ = [
    "AgentAccepted",
    "AgentAvailable",
    "AgentAway",
    "AgentCameBack",
    "AgentInvited",
    "AgentLost",
    "AgentNudged",
    "AgentOffered",
    "AgentOptedIn",
    "AgentPaused",
    "AgentWentAway",
    "AlertCleared",
    "AlertRaised",
    "ChannelDown",
    "ChannelLimited",
    "ChannelQualityChanged",
    "ChannelUp",
    "ContactBlocked",
    "ContactErased",
    "ContactMerged",
    "ContactOptedIn",
    "ContactOptedOut",
    "ContactUnblocked",
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
    "Event",
    "IdentityChanged",
    "IdentityMismatched",
    "LinkCreated",
    "MessageBlocked",
    "MessageFailed",
    "MessageHeld",
    "MessageReceived",
    "MessageRelayed",
    "MessageSettled",
    "MessageStatus",
    "MessageUnconfirmed",
    "MessageUnmatched",
    "MessagesFlushed",
    "NoteAdded",
    "NoteKept",
    "Notified",
    "OfferDeclined",
    "OfferExpired",
    "OfferFailed",
    "OfferRescinded",
    "OfferSent",
    "OutcomeNamed",
    "OutreachSent",
    "ReopenAsked",
    "ReopenFailed",
    "ReplyOverdue",
    "ReplyReminded",
    "TeamWrote",
    "TemplateChanged",
    "WindowClosed",
    "WindowClosing",
    "WindowOpened",
]

Event = (
    ConversationCreated
    | ConversationStarted
    | IdentityMismatched
    | IdentityChanged
    | ContactMerged
    | ContactBlocked
    | ContactUnblocked
    | ContactErased
    | ContactOptedOut
    | ContactOptedIn
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
    | ConversationTransferred
    | MessageFailed
    | MessageUnconfirmed
    | MessageSettled
    | AgentNudged
    | ReplyReminded
    | AgentLost
    | AgentWentAway
    | AgentCameBack
    | ReplyOverdue
    | NoteAdded
    | NoteKept
    | TeamWrote
    | OutreachSent
    | DeadlineMoved
    | ConversationClosed
    | ConversationFailed
    | ConversationMoved
    | ConversationResumed
    | ConversationRecovered
    | LinkCreated
    | OutcomeNamed
    | ConversationAbandoned
    | MessageHeld
    | MessagesFlushed
    | ReopenAsked
    | ReopenFailed
    | WindowClosed
    | WindowClosing
    | WindowOpened
    | AgentAvailable
    | AgentAway
    | AgentPaused
    | AgentInvited
    | AgentOptedIn
    | MessageUnmatched
    | MessageBlocked
    | MessageStatus
    | ChannelDown
    | ChannelLimited
    | ChannelQualityChanged
    | ChannelUp
    | TemplateChanged
    | AlertRaised
    | AlertCleared
)
