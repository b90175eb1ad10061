"""Links that lead back into a conversation: who had one made, and until when it is good.

Rule 1: a link is a door and no claim: nothing is in use by it before somebody writes with it.
Rule 2: one step of an outreach makes one link, however often it is tried.
"""

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import EventSeq
from kaisa_relay.domain.requester import Requester


class RecoveryStage(StrEnum):
    """How far a link has brought somebody: they wrote, or an agent took them."""

    WROTE = "wrote"
    ACCEPTED = "accepted"


@frozen
class LinkOrigin:
    """The step (from 0) of a trigger that made a link, and the event that started its steps."""

    trigger: TriggerId
    version: int
    step: int
    event: EventSeq


@frozen
class GivenLink:
    """A link of a conversation's; numbers count from 1. `used` says that somebody wrote by it."""

    number: int
    at: datetime
    until: datetime
    origin: LinkOrigin | None = None
    used: bool = False


@frozen
class GiveLink:
    """Somebody wants a link that leads here until then.

    `open` says that the conversation's channel takes conversations; `by` is None for a trigger.
    """

    until: datetime
    at: datetime
    origin: LinkOrigin | None = None
    by: Requester | None = None
    open: bool = True


@frozen
class NoWayBack:
    """The conversation ended for good: its visitor is blocked, or came by another link."""


@frozen
class ChannelLeft:
    """The channel that carried the conversation takes no new ones any more."""


LinkRefusal = NoWayBack | ChannelLeft
