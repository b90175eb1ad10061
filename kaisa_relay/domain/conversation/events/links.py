"""Links that lead back into a conversation, and who came by them."""

from datetime import datetime

from attrs import frozen

from kaisa_relay.domain.conversation.links import RecoveryStage
from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import ContactId, EventSeq
from kaisa_relay.domain.requester import Requester


@frozen
class LinkCreated:
    """A link was made that leads here until `until`; `link` counts a conversation's, from 1.

    `trigger`, `trigger_version`, `step` (from 0) and `event` (which started the steps) say what
    made it, `by` who asked for it; it is one or the other.
    """

    link: int
    until: datetime
    at: datetime
    trigger: TriggerId | None = None
    trigger_version: int | None = None
    step: int | None = None
    event: EventSeq | None = None
    by: Requester | None = None


@frozen
class ConversationRecovered:
    """By such a link somebody wrote, or was taken by an agent: what made the link has earned it.

    `sent_at` is WhatsApp's time of the message that the visitor came with.
    """

    visitor: ContactId
    link: int
    stage: RecoveryStage
    at: datetime
    trigger: TriggerId | None = None
    trigger_version: int | None = None
    step: int | None = None
    sent_at: datetime | None = None
