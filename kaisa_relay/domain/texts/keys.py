"""The automatic texts by name, and which values each of them may use."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class TextKey(StrEnum):
    """One automatic text; the first group speaks to visitors, the last to agents."""

    SEEKING = "seeking"
    AGENT_FOUND = "agent_found"
    QUEUED = "queued"
    CLOSED_NOW = "closed_now"
    SEEKING_AGAIN = "seeking_again"
    RESUMED = "resumed"
    NO_AGENT = "no_agent"
    CLOSED_VISITOR = "closed_visitor"
    EXPIRED_VISITOR = "expired_visitor"
    LINK_USED = "link_used"
    RIGHT_LINK = "right_link"
    LINK_ENDED = "link_ended"
    OUT_OF_SESSION_VISITOR = "out_of_session_visitor"
    BLOCKED_VISITOR = "blocked_visitor"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    ASK_NUMBER = "ask_number"
    CANNOT_RELAY_VISITOR = "cannot_relay_visitor"
    NOT_DELIVERED_VISITOR = "not_delivered_visitor"
    HELD_VISITOR = "held_visitor"
    KEEP_OPEN_VISITOR = "keep_open_visitor"
    REOPEN_FAILED_VISITOR = "reopen_failed_visitor"
    UNREACHABLE_VISITOR = "unreachable_visitor"
    REFUSED_VISITOR = "refused_visitor"
    TOO_LATE_VISITOR = "too_late_visitor"
    BUSY_AS_AGENT = "busy_as_agent"
    MOVING_VISITOR = "moving_visitor"
    MOVED_VISITOR = "moved_visitor"
    PREFILLED_LINK = "prefilled_link"

    FILE_TOO_LARGE = "file_too_large"
    FILE_LOST = "file_lost"
    FILE_NOT_TAKEN = "file_not_taken"

    FORWARDED = "forwarded"
    EDITED = "edited"
    DELETED = "deleted"
    FROM_TEAM = "from_team"
    WHISPER = "whisper"

    OFFER = "offer"
    OFFER_ACCEPT = "offer_accept"
    OFFER_DECLINE = "offer_decline"
    OFFER_NOTE = "offer_note"
    AGENT_CARD = "agent_card"
    OFFER_TAKEN = "offer_taken"
    OFFER_EXPIRED = "offer_expired"
    CLOSED_AGENT = "closed_agent"
    OUTCOME_ASKED = "outcome_asked"
    OUTCOME_SOLD = "outcome_sold"
    OUTCOME_LOST = "outcome_lost"
    OUTCOME_LATER = "outcome_later"
    OUTCOME_NOTED = "outcome_noted"
    EXPIRED_AGENT = "expired_agent"
    CLOSED_BY_SYSTEM_AGENT = "closed_by_system_agent"
    BLOCKED_AGENT = "blocked_agent"
    MOVING_AGENT = "moving_agent"
    MOVED_AGENT = "moved_agent"
    NUDGE_AGENT = "nudge_agent"
    REPLY_REMINDER = "reply_reminder"
    REPLY_LATE = "reply_late"
    HELP_AGENT = "help_agent"
    STATUS_FREE = "status_free"
    STATUS_ACTIVE = "status_active"
    STATUS_OFFERED = "status_offered"
    STATUS_AVAILABLE = "status_available"
    STATUS_AWAY = "status_away"
    STATUS_PAUSED = "status_paused"
    ON_AGENT = "on_agent"
    OFF_AGENT = "off_agent"
    PAUSED_AGENT = "paused_agent"
    PAUSE_HOW = "pause_how"
    PAUSED_BY_TEAM = "paused_by_team"
    OFF_BY_TEAM = "off_by_team"
    ON_BY_TEAM = "on_by_team"
    MISSED_AGENT = "missed_agent"
    STILL_YOURS = "still_yours"
    HAND_OVER = "hand_over"
    AWAY_ASKED = "away_asked"
    AWAY_WAITING = "away_waiting"
    AWAY_NOTE = "away_note"
    NO_CONVERSATION_AGENT = "no_conversation_agent"
    NOTE_KEPT = "note_kept"
    NOTE_EMPTY = "note_empty"
    HISTORY = "history"
    TRANSFER_ASKED = "transfer_asked"
    TRANSFER_UNKNOWN = "transfer_unknown"
    TRANSFER_BUSY = "transfer_busy"
    TRANSFER_NOBODY = "transfer_nobody"
    TRANSFER_UNDER_WAY = "transfer_under_way"
    TRANSFER_DECLINED = "transfer_declined"
    TRANSFER_UNANSWERED = "transfer_unanswered"
    TRANSFER_NOTE = "transfer_note"
    TRANSFERRED_AGENT = "transferred_agent"
    TRANSFER_BY_TEAM = "transfer_by_team"
    TEAM_WROTE = "team_wrote"
    WHO = "who"
    UNKNOWN_COMMAND = "unknown_command"
    CANNOT_RELAY_AGENT = "cannot_relay_agent"
    NOT_DELIVERED_AGENT = "not_delivered_agent"
    HELD_AGENT = "held_agent"
    KEEP_OPEN_AGENT = "keep_open_agent"
    WINDOW_ENDS_AGENT = "window_ends_agent"
    REOPEN_FAILED_AGENT = "reopen_failed_agent"
    KEEP_OPEN = "keep_open"
    UNREACHABLE_AGENT = "unreachable_agent"
    REFUSED_AGENT = "refused_agent"
    TOO_LATE_AGENT = "too_late_agent"
    MAYBE_LOST_AGENT = "maybe_lost_agent"
    STUCK_AGENT = "stuck_agent"
    MAYBE_LOST_VISITOR = "maybe_lost_visitor"
    SHOW_IT = "show_it"
    SEND_AGAIN = "send_again"


PLACEHOLDERS: Final[Mapping[TextKey, frozenset[str]]] = {
    TextKey.SEEKING: frozenset({"name"}),
    TextKey.AGENT_FOUND: frozenset({"agent"}),
    TextKey.CLOSED_NOW: frozenset({"opening"}),
    TextKey.RIGHT_LINK: frozenset({"url"}),
    TextKey.MOVING_VISITOR: frozenset({"url"}),
    TextKey.MOVING_AGENT: frozenset({"url"}),
    TextKey.CANNOT_RELAY_VISITOR: frozenset({"kind"}),
    TextKey.PREFILLED_LINK: frozenset({"token"}),
    TextKey.OFFER: frozenset({"name", "note"}),
    TextKey.AGENT_CARD: frozenset({"name", "fields"}),
    TextKey.BLOCKED_AGENT: frozenset({"name"}),
    TextKey.NUDGE_AGENT: frozenset({"name"}),
    TextKey.REPLY_REMINDER: frozenset({"name"}),
    TextKey.REPLY_LATE: frozenset({"name"}),
    TextKey.KEEP_OPEN_AGENT: frozenset({"name"}),
    TextKey.WINDOW_ENDS_AGENT: frozenset({"name"}),
    TextKey.STATUS_ACTIVE: frozenset({"name"}),
    TextKey.STATUS_OFFERED: frozenset({"name"}),
    TextKey.STATUS_AVAILABLE: frozenset({"chats"}),
    TextKey.STATUS_AWAY: frozenset({"chats"}),
    TextKey.STATUS_PAUSED: frozenset({"chats", "time"}),
    TextKey.PAUSED_AGENT: frozenset({"time"}),
    TextKey.PAUSED_BY_TEAM: frozenset({"time"}),
    TextKey.MISSED_AGENT: frozenset({"count", "time"}),
    TextKey.STILL_YOURS: frozenset({"chats"}),
    TextKey.AWAY_ASKED: frozenset({"name", "agent"}),
    TextKey.AWAY_WAITING: frozenset({"name"}),
    TextKey.AWAY_NOTE: frozenset({"agent"}),
    TextKey.HISTORY: frozenset({"lines"}),
    TextKey.TRANSFER_ASKED: frozenset({"agent"}),
    TextKey.TRANSFER_UNKNOWN: frozenset({"names"}),
    TextKey.TRANSFER_BUSY: frozenset({"agent"}),
    TextKey.TRANSFER_UNDER_WAY: frozenset({"agent"}),
    TextKey.TRANSFER_DECLINED: frozenset({"agent"}),
    TextKey.TRANSFER_UNANSWERED: frozenset({"agent"}),
    TextKey.TRANSFER_NOTE: frozenset({"agent", "note"}),
    TextKey.TRANSFERRED_AGENT: frozenset({"agent"}),
    TextKey.TRANSFER_BY_TEAM: frozenset({"agent"}),
    TextKey.WHO: frozenset({"name", "fields"}),
    TextKey.UNKNOWN_COMMAND: frozenset({"command"}),
    TextKey.CANNOT_RELAY_AGENT: frozenset({"kind"}),
}

BUTTONS: Final = frozenset(
    {
        TextKey.OFFER_ACCEPT,
        TextKey.OFFER_DECLINE,
        TextKey.SHOW_IT,
        TextKey.SEND_AGAIN,
        TextKey.KEEP_OPEN,
        TextKey.HAND_OVER,
        TextKey.OUTCOME_SOLD,
        TextKey.OUTCOME_LOST,
        TextKey.OUTCOME_LATER,
    }
)
"""Labels of quick replies: at most 20 characters (Cloud API, interactive buttons)."""

MARKS: Final = frozenset(
    {
        TextKey.FORWARDED,
        TextKey.EDITED,
        TextKey.DELETED,
        TextKey.FROM_TEAM,
        TextKey.WHISPER,
        TextKey.TEAM_WROTE,
    }
)
"""Lines above a message that is passed on, to either side."""

Texts = Mapping[TextKey, str | tuple[str, str]]
"""One language: a text, or two, where the second is for an empty first value."""
