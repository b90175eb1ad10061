"""The command that has another number carry a conversation."""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.ids import ChannelId, MessageId


@frozen
class MoveChannel:
    """Another number is to carry it; `announced`: the old one can still say so.

    `visitor_wrote_at` and `agent_wrote_at` are when they last wrote to the new one, `unsent` the
    messages that were not begun on the old one and for whom they are, in order.
    """

    to: ChannelId
    at: datetime
    visitor_wrote_at: datetime | None = None
    agent_wrote_at: datetime | None = None
    unsent: tuple[tuple[MessageId, Side], ...] = ()
    announced: bool = False
