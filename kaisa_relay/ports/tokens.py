"""The rows of links: the token in each, who used it, and what it has earned."""

from datetime import datetime

from attrs import field, frozen

from kaisa_relay.domain.conversation.links import LinkOrigin, RecoveryStage
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId


@frozen
class SaveToken:
    """A link's token and the link itself; a conflict when the token exists already.

    `link` is the number of one that was made later, by `origin` if it was a trigger; it is
    `bound` to whoever is in the conversation already.
    """

    value: str = field(repr=False)
    conversation: ConversationId
    channel: ChannelId
    until: datetime
    url: str = field(repr=False, default="")
    link: int | None = None
    bound: ContactId | None = None
    origin: LinkOrigin | None = None


@frozen
class UseToken:
    """The token was used by this person; the first who used it stays."""

    value: str = field(repr=False)
    contact: ContactId


@frozen
class NoteRecovery:
    """A link has brought somebody so far; the first time of each stage stays."""

    conversation: ConversationId
    link: int
    stage: RecoveryStage
    at: datetime
