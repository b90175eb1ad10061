"""Events as outsiders see them (CloudEvents 1.0), the same in the API, the feed and webhooks.

Rule 1: an event holds ids, codes and times only, so all of it may be shown.
Rule 2: a type's name is never given to another event.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import Any, Final, get_args, get_type_hints

import attrs

from kaisa_relay.domain.conversation import events as happened
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.conversation.terms import Candidate, Terms
from kaisa_relay.domain.crossing import Marks
from kaisa_relay.domain.durations import write_duration
from kaisa_relay.domain.engagement.ids import TRIGGER, TriggerId
from kaisa_relay.domain.ids import (
    ALERT,
    CHANNEL,
    CONTACT,
    CONVERSATION,
    ERASURE,
    EVENT,
    MESSAGE,
    WORKSPACE,
    AlertId,
    ChannelId,
    ContactId,
    ConversationId,
    ErasureId,
    EventSeq,
    MessageId,
    SendId,
    WorkspaceId,
    to_text,
)
from kaisa_relay.domain.requester import PREFIXES, Requester
from kaisa_relay.domain.tracking import MessageStatus, MessageUnmatched

TYPES: Final[Mapping[type[Event], str]] = {
    happened.ConversationCreated: "conversation.created",
    happened.ConversationStarted: "conversation.started",
    happened.IdentityMismatched: "conversation.identity_mismatched",
    happened.IdentityChanged: "conversation.identity_changed",
    happened.ContactMerged: "contact.merged",
    happened.ContactBlocked: "contact.blocked",
    happened.ContactUnblocked: "contact.unblocked",
    happened.ContactErased: "contact.erased",
    happened.ContactOptedOut: "contact.opted_out",
    happened.ContactOptedIn: "contact.opted_in",
    happened.MessageReceived: "conversation.message_received",
    happened.MessageRelayed: "conversation.message_relayed",
    happened.Notified: "conversation.notified",
    happened.AgentOffered: "conversation.agent_offered",
    happened.OfferSent: "conversation.offer_sent",
    happened.OfferDeclined: "conversation.offer_declined",
    happened.OfferExpired: "conversation.offer_expired",
    happened.OfferFailed: "conversation.offer_failed",
    happened.OfferRescinded: "conversation.offer_rescinded",
    happened.AgentAccepted: "conversation.agent_accepted",
    happened.ConversationQueued: "conversation.queued",
    happened.ConversationTransferred: "conversation.transferred",
    happened.MessageFailed: "conversation.message_failed",
    happened.MessageUnconfirmed: "conversation.message_unconfirmed",
    happened.MessageSettled: "conversation.message_settled",
    happened.AgentNudged: "conversation.nudged",
    happened.ReplyReminded: "conversation.reply_reminded",
    happened.AgentLost: "conversation.agent_lost",
    happened.AgentWentAway: "conversation.agent_went_away",
    happened.AgentCameBack: "conversation.agent_came_back",
    happened.ReplyOverdue: "conversation.reply_overdue",
    happened.WindowClosing: "conversation.window_closing",
    happened.WindowClosed: "conversation.window_closed",
    happened.WindowOpened: "conversation.window_opened",
    happened.MessageHeld: "conversation.message_held",
    happened.ReopenAsked: "conversation.reopen_asked",
    happened.ReopenFailed: "conversation.reopen_failed",
    happened.MessagesFlushed: "conversation.messages_flushed",
    happened.NoteAdded: "conversation.note_added",
    happened.NoteKept: "conversation.note_kept",
    happened.TeamWrote: "conversation.team_wrote",
    happened.OutreachSent: "conversation.outreach_sent",
    happened.DeadlineMoved: "conversation.deadline_moved",
    happened.ConversationClosed: "conversation.closed",
    happened.ConversationResumed: "conversation.resumed",
    happened.ConversationRecovered: "conversation.recovered",
    happened.LinkCreated: "conversation.link_created",
    happened.OutcomeNamed: "conversation.outcome_named",
    happened.ConversationMoved: "conversation.moved",
    happened.ConversationFailed: "conversation.failed",
    happened.ConversationAbandoned: "conversation.abandoned",
    happened.AgentAvailable: "agent.available",
    happened.AgentAway: "agent.away",
    happened.AgentPaused: "agent.paused",
    happened.AgentInvited: "agent.invited",
    happened.AgentOptedIn: "agent.opted_in",
    MessageUnmatched: "message.unmatched",
    happened.MessageBlocked: "message.blocked",
    MessageStatus: "message.status",
    happened.ChannelLimited: "channel.limited",
    happened.ChannelQualityChanged: "channel.quality_changed",
    happened.ChannelDown: "channel.down",
    happened.ChannelUp: "channel.up",
    happened.TemplateChanged: "channel.template_changed",
    happened.AlertRaised: "alert.raised",
    happened.AlertCleared: "alert.cleared",
}

_PREFIXES: Final[Mapping[object, str]] = {
    AlertId: ALERT,
    ChannelId: CHANNEL,
    ContactId: CONTACT,
    ConversationId: CONVERSATION,
    MessageId: MESSAGE,
    ErasureId: ERASURE,
    EventSeq: EVENT,
    SendId: "snd",
    TriggerId: TRIGGER,
    WorkspaceId: WORKSPACE,
}


def event_id(seq: int) -> str:
    """Return the public id of the event with this number; unique in its workspace."""
    return to_text(EVENT, seq)


def data_of(event: Event) -> dict[str, Any]:
    """Return what the event says, JSON-ready but for instants; when it was is beside it."""
    return {name: value for name, value in _members(event).items() if name != "at"}


def cloud_event(
    workspace: WorkspaceId, seq: int, conversation: ConversationId | None, event: Event
) -> dict[str, Any]:
    """Return the event with CloudEvents' attributes; its subject is the conversation, if any."""
    told: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id(seq),
        "source": f"/workspaces/{to_text(WORKSPACE, workspace)}",
        "type": TYPES[type(event)],
        "time": event.at,
        "datacontenttype": "application/json",
        "data": data_of(event),
    }
    if conversation is not None:
        told["subject"] = to_text(CONVERSATION, conversation)
    return told


def _members(event: Event | Terms | Candidate | Marks) -> dict[str, Any]:
    shape = _SHAPES[type(event)]
    return {name: _plain(getattr(event, name), prefix) for name, prefix in shape.items()}


def _plain(value: object, prefix: str | None) -> object:
    match value:
        case None | bool():
            return value
        case int() if prefix is not None:
            return to_text(prefix, value)
        case IntEnum():
            return value.name.lower()
        case Enum():
            return value.value
        case timedelta():
            return write_duration(value)
        case datetime() | str() | int():
            return value
        case Requester(kind=kind, id=id):
            return {"kind": kind.value, "id": to_text(PREFIXES[kind], id)}
        case Terms() | Candidate() | Marks():
            return _members(value)
        case tuple():
            return [_plain(each, prefix) for each in value]
        case _:
            raise TypeError(f"an event holds a {type(value).__name__}")


def _shape(of: type) -> dict[str, str | None]:
    """Return the fields of a class with the prefix of those that are ids of ours."""
    types = get_type_hints(of)
    return {field.name: id_prefix(types[field.name]) for field in attrs.fields(of)}


def id_prefix(declared: object) -> str | None:
    """Return the prefix under which ids of a declared type are shown; None for other types."""
    options = (declared, *get_args(declared))
    return next((_PREFIXES[each] for each in options if each in _PREFIXES), None)


_SHAPES: Final = {of: _shape(of) for of in (*TYPES, Terms, Candidate, Marks)}
