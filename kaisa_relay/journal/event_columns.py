"""How an event's kind and stream stand in the columns of its row, as numbers.

Rule 1: a number that was given out is never given to another kind.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_

from kaisa_relay.store.tables import event

NUMBERS: Final[dict[str, int]] = {
    "conversation.created": 1,
    "conversation.started": 2,
    "conversation.identity_mismatched": 3,
    "conversation.message_received": 4,
    "conversation.message_relayed": 5,
    "conversation.notified": 6,
    "conversation.agent_offered": 7,
    "conversation.offer_sent": 8,
    "conversation.offer_declined": 9,
    "conversation.offer_expired": 10,
    "conversation.offer_failed": 11,
    "conversation.offer_rescinded": 12,
    "conversation.agent_accepted": 13,
    "conversation.queued": 14,
    "conversation.message_failed": 15,
    "conversation.message_unconfirmed": 16,
    "conversation.message_settled": 17,
    "conversation.nudged": 18,
    "conversation.note_added": 19,
    "conversation.deadline_moved": 20,
    "conversation.closed": 21,
    "conversation.failed": 22,
    "conversation.abandoned": 23,
    "message.unmatched": 24,
    "message.status": 25,
    "conversation.message_held": 26,
    "conversation.messages_flushed": 27,
    "conversation.window_closing": 28,
    "conversation.window_closed": 29,
    "conversation.reopen_asked": 30,
    "conversation.reopen_failed": 31,
    "agent.available": 32,
    "agent.away": 33,
    "agent.paused": 34,
    "conversation.note_kept": 35,
    "conversation.transferred": 36,
    "channel.down": 37,
    "channel.limited": 38,
    "channel.quality_changed": 39,
    "channel.template_changed": 40,
    "channel.up": 41,
    "conversation.identity_changed": 42,
    "contact.merged": 43,
    "agent.invited": 44,
    "agent.opted_in": 45,
    "conversation.reply_reminded": 46,
    "conversation.agent_lost": 47,
    "conversation.resumed": 48,
    "conversation.team_wrote": 49,
    "contact.blocked": 50,
    "contact.unblocked": 51,
    "message.blocked": 52,
    "conversation.moved": 53,
    "alert.raised": 54,
    "alert.cleared": 55,
    "conversation.window_opened": 56,
    "conversation.agent_went_away": 57,
    "conversation.agent_came_back": 58,
    "conversation.reply_overdue": 59,
    "conversation.link_created": 60,
    "conversation.recovered": 61,
    "contact.opted_out": 62,
    "contact.opted_in": 63,
    "conversation.outreach_sent": 64,
    "contact.erased": 65,
    "conversation.outcome_named": 66,
}
_NAMES: Final = {number: name for name, number in NUMBERS.items()}

TOPICS: Final = {
    "conversation": 0,
    "message": 1,
    "agent": 2,
    "channel": 3,
    "contact": 4,
    "alert": 5,
}
"""What `stream` is the id of. A conversation's costs SQLite no byte."""
_TOPIC_NAMES: Final = {number: name for name, number in TOPICS.items()}

Address = tuple[int, int | None, int | None]
"""`topic`, `stream` and `send`: an event of a send has its id beside its conversation's."""
OWN: Final = event.c.send.is_(None)
"""Beside `stream` it leaves out the statuses, which have streams of their own, and no index."""


def name_of(number: int) -> str:
    """Return a kind's name; one of a newer program is called by its number."""
    return _NAMES.get(number, f"kind {number}")


def address_of(stream: str) -> Address:
    """Return the columns of the events of `conversation/<id>` and of the like but `send/<id>`.

    To a send only statuses write, which know their conversation: `ValueError`.
    """
    what, _, digits = stream.partition("/")
    if what not in TOPICS:
        raise ValueError("a stream that no append writes events to")
    return TOPICS[what], int(digits), None


def status_address(conversation: int | None, send: int) -> Address:
    """Return the columns of an event of `send/<id>`."""
    return TOPICS["conversation"], conversation, send


def stream_of(row: Any) -> str:
    """Return the name of a row's stream."""
    if row.send is not None:
        return f"send/{row.send}"
    return f"{_TOPIC_NAMES[row.topic]}/{row.stream}"


def in_stream(stream: str) -> ColumnElement[bool]:
    """Return the condition that an event is of this stream."""
    what, _, digits = stream.partition("/")
    if what == "send":
        return event.c.send == int(digits)
    return and_(event.c.topic == TOPICS[what], event.c.stream == int(digits), OWN)


def of_conversation(id: Any) -> ColumnElement[bool]:
    """Return the condition that an event is of this conversation's stream; a column will do."""
    return and_(event.c.topic == TOPICS["conversation"], event.c.stream == id, OWN)
