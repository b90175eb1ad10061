"""People as the faces show them."""

from datetime import datetime

from attrs import field, frozen

from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId
from kaisa_relay.domain.phone import Phone


@frozen
class PersonView:
    """Somebody as the API shows them; None after erasure."""

    contact: ContactId
    name: str | None = field(repr=False)
    phone: Phone | None = field(repr=False)


@frozen
class AgentChannel:
    """An agent on one channel: when they last wrote there, and the conversation they are in."""

    channel: ChannelId
    wrote_at: datetime | None
    conversation: ConversationId | None
