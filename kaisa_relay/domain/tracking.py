"""Events beside conversations: how far a send came, and a message that belonged nowhere.

Rule 1: `send/<id>` is written by the channel and by statuses as they arrive, each step conditional
on the one before; `message/<id>` by the router alone.
Rule 2: like every event they hold ids, codes and times only.
"""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, SendId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey


@frozen
class MessageUnmatched:
    """A person wrote who is in no conversation, and was answered (stream `message/…`).

    `answer` and `send` are None where they had been answered too often of late (`courtesy`).
    """

    message: MessageId
    channel: ChannelId
    contact: ContactId
    answer: MessageId | None
    send: SendId | None
    text: TextKey
    at: datetime


@frozen
class MessageBlocked:
    """Somebody on the block list wrote; nobody reads it, and it is not kept (stream `message/…`).

    `answer` and `send` are None where they are told nothing, which is the rule.
    """

    message: MessageId
    channel: ChannelId
    contact: ContactId
    at: datetime
    answer: MessageId | None = None
    send: SendId | None = None


@frozen
class MessageStatus:
    """A send came further (stream `send/…`, whose version is the rank)."""

    message: MessageId
    send: SendId
    conversation: ConversationId | None
    rank: Rank
    code: int | None
    at: datetime
