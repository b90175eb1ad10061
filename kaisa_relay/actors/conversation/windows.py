"""Which rows of 24-hour windows want to be written: not one per message."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field

from kaisa_relay.domain.conversation.messages import Receive
from kaisa_relay.domain.crossing import opens_window
from kaisa_relay.domain.ids import ChannelId, ContactId
from kaisa_relay.ports import TouchPair

TOUCH_EVERY: Final = timedelta(minutes=10)
"""How stale a pair's window may be in its row: too early by this much, never too late."""


@define(eq=False)
class Windows:
    """The windows of one conversation's people, as their rows have them."""

    _written: dict[ContactId, datetime] = field(factory=dict)

    def opened(self, channel: ChannelId, command: Receive) -> Sequence[TouchPair]:
        """Return the row that this message moves, if it is worth it."""
        if command.elsewhere or not opens_window(command.content):
            return ()
        contact, sent_at = command.contact, command.sent_at
        last = self._written.get(contact)
        if last is not None and sent_at < last + TOUCH_EVERY:
            return ()
        self._written[contact] = sent_at
        return (TouchPair(channel, contact, sent_at),)
