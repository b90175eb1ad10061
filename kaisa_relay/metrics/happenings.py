"""What became of conversations, offers and messages, counted from the events of the journal."""

from collections.abc import Iterable, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter

from kaisa_relay.domain.channel_health import (
    ChannelDown,
    ChannelLimited,
    ChannelQualityChanged,
    ChannelUp,
    TemplateChanged,
)
from kaisa_relay.domain.conversation.events import (
    AgentAvailable,
    AgentAway,
    AgentCameBack,
    AgentInvited,
    AgentOptedIn,
    AgentPaused,
    AgentWentAway,
    AlertCleared,
    AlertRaised,
    ContactBlocked,
    ContactErased,
    ContactMerged,
    ContactOptedIn,
    ContactOptedOut,
    ContactUnblocked,
    MessageBlocked,
    OutreachSent,
    ReplyOverdue,
)
from kaisa_relay.domain.conversation.messages import (
    AbandonReason,
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
    EndedBy,
    Event,
    FailReason,
    IdentityChanged,
    IdentityMismatched,
    LinkCreated,
    MessageFailed,
    MessageHeld,
    MessageReceived,
    MessageRelayed,
    MessageSettled,
    MessagesFlushed,
    MessageStatus,
    MessageUnconfirmed,
    MessageUnmatched,
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
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.sending import Rank

OFFERS: Final[dict[type[Event], str]] = {
    AgentOffered: "made",
    OfferSent: "sent",
    AgentAccepted: "accepted",
    OfferDeclined: "declined",
    OfferExpired: "expired",
    OfferFailed: "failed",
    OfferRescinded: "rescinded",
}
MESSAGES: Final[dict[type[Event], str]] = {
    MessageReceived: "received",
    MessageRelayed: "relayed",
    MessageFailed: "failed",
    MessageUnconfirmed: "unconfirmed",
    MessageSettled: "settled",
    Notified: "notified",
    MessageHeld: "held",
    MessageBlocked: "blocked",
}
PHASES: Final[dict[type[Event], Phase]] = {
    ConversationCreated: Phase.RESERVED,
    ConversationStarted: Phase.SEEKING,
    AgentAccepted: Phase.ACTIVE,
}
STEPS: Final[dict[type[Event], str]] = {
    ConversationQueued: "queued",
    ConversationTransferred: "transferred",
    IdentityMismatched: "identity_mismatched",
    IdentityChanged: "identity_changed",
    ContactMerged: "contact_merged",
    ContactBlocked: "contact_blocked",
    ContactUnblocked: "contact_unblocked",
    ContactErased: "contact_erased",
    ContactOptedOut: "contact_opted_out",
    ContactOptedIn: "contact_opted_in",
    AgentNudged: "nudged",
    ReplyReminded: "reply_reminded",
    AgentLost: "agent_lost",
    AgentWentAway: "agent_went_away",
    AgentCameBack: "agent_came_back",
    ReplyOverdue: "reply_overdue",
    WindowClosing: "window_closing",
    WindowClosed: "window_closed",
    WindowOpened: "window_opened",
    ReopenAsked: "reopen_asked",
    ReopenFailed: "reopen_failed",
    MessagesFlushed: "messages_flushed",
    NoteAdded: "note_added",
    NoteKept: "note_kept",
    TeamWrote: "team_wrote",
    OutreachSent: "outreach_sent",
    DeadlineMoved: "deadline_moved",
    ConversationResumed: "resumed",
    ConversationRecovered: "recovered",
    LinkCreated: "link_created",
    OutcomeNamed: "outcome_named",
    ConversationMoved: "moved",
}
CHANNELS: Final[dict[type[Event], str]] = {
    ChannelLimited: "limited",
    ChannelQualityChanged: "quality_changed",
    ChannelDown: "down",
    ChannelUp: "up",
    TemplateChanged: "template_changed",
}
ALERTS: Final[dict[type[Event], str]] = {AlertRaised: "raised", AlertCleared: "cleared"}
AGENTS: Final[dict[type[Event], str]] = {
    AgentAvailable: "available",
    AgentAway: "away",
    AgentPaused: "paused",
    AgentInvited: "invited",
    AgentOptedIn: "opted_in",
}
REASONS: Final = (
    *((Phase.CLOSED, reason) for reason in EndedBy),
    *((Phase.FAILED, reason) for reason in FailReason),
    *((Phase.ABANDONED, reason) for reason in AbandonReason),
)


_TABLES: Final = (
    (OFFERS, "kaisa_offers", "Offers to agents, by what became of them"),
    (MESSAGES, "kaisa_messages", "Messages, by what became of them"),
    (STEPS, "kaisa_conversation_steps", "What happens to conversations within a phase"),
    (CHANNELS, "kaisa_channel_changes", "What happens to channels' standing with WhatsApp"),
    (ALERTS, "kaisa_alerts", "What needed somebody, and what of it is over"),
    (AGENTS, "kaisa_agent_changes", "Agents who come, go and pause"),
)


class Happenings:
    """Counts events; one that has no counter here does not count."""

    def __init__(self, registry: CollectorRegistry) -> None:
        phases = Counter(
            "kaisa_conversations",
            "Conversations that entered a phase, and why they ended",
            ["phase", "reason"],
            registry=registry,
        )
        statuses = Counter(
            "kaisa_statuses", "Sends that came further, by how far", ["rank"], registry=registry
        )
        self._counters: dict[type[Event], list[Counter]] = {}
        counters = {}
        for table, name, says in _TABLES:
            counters[name] = Counter(name, says, ["event"], registry=registry)
            for event, label in table.items():
                self._counters.setdefault(event, []).append(counters[name].labels(label))
        messages = counters["kaisa_messages"]
        for event, phase in PHASES.items():
            self._counters.setdefault(event, []).append(phases.labels(phase.value, ""))
        self._endings: dict[tuple[Phase, str], Counter] = {
            (phase, reason): phases.labels(phase.value, reason.value) for phase, reason in REASONS
        }
        self._unmatched = {
            False: messages.labels("unmatched"),
            True: messages.labels("unanswered"),
        }
        self._ranks = {rank: statuses.labels(rank.name.lower()) for rank in Rank}

    def count(self, events: Iterable[Event]) -> None:
        """Count the events of one commit: each counter is raised once."""
        tally: dict[Counter, int] = {}
        for event in events:
            for counter in self._counters.get(type(event)) or self._by_reason(event):
                tally[counter] = tally.get(counter, 0) + 1
        for counter, number in tally.items():
            counter.inc(number)

    def _by_reason(self, event: Event) -> Sequence[Counter]:
        match event:
            case MessageStatus(rank=rank):
                return (self._ranks[rank],)
            case MessageUnmatched(answer=answer):
                return (self._unmatched[answer is None],)
            case ConversationClosed(by=by):
                return (self._endings[Phase.CLOSED, by],)
            case ConversationFailed(reason=failed):
                return (self._endings[Phase.FAILED, failed],)
            case ConversationAbandoned(reason=abandoned):
                return (self._endings[Phase.ABANDONED, abandoned],)
            case _:
                return ()
