"""The way out to WhatsApp."""

from typing import Protocol

from attrs import field, frozen

from kaisa_relay.domain.outgoing import Outgoing, Recipient
from kaisa_relay.domain.sending import Answer


@frozen
class ChannelAccess:
    """What a call for a channel needs."""

    phone_number_id: str
    token: str = field(repr=False)


class Gateway(Protocol):
    """The way out to WhatsApp: answers are values, only cancellation is raised."""

    async def send(
        self, access: ChannelAccess, recipient: Recipient, outgoing: Outgoing, opaque: str
    ) -> Answer:
        """Send one message and say what is known about it."""
        ...

    async def mark_read(self, access: ChannelAccess, wamid: str) -> Answer:
        """Mark this inbound message, and all before it, as read."""
        ...

    async def probe(self, access: ChannelAccess) -> Answer:
        """Ask after the number itself: `Accepted` (with an empty wamid) when it answers."""
        ...
