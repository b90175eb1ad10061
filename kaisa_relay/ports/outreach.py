"""How a trigger reaches a visitor on WhatsApp: by the channel of their conversation."""

from typing import Protocol

from attrs import field, frozen

from kaisa_relay.domain.conversation.links import LinkOrigin
from kaisa_relay.domain.engagement.suppression import Address
from kaisa_relay.domain.ids import ConversationId, SendId, WorkspaceId
from kaisa_relay.domain.outgoing import Template


@frozen
class Order:
    """A template to a conversation's visitor, under an id that no send had before.

    `origin` is the step of a trigger that wants it.
    """

    send: SendId
    conversation: ConversationId
    origin: LinkOrigin
    template: Template = field(repr=False)


@frozen
class NotHandedOver:
    """It can never be sent, for this reason; `unwanted`: its receiver asked to be left alone."""

    why: str
    unwanted: bool = False
    later: bool = False
    """Whether it is worth trying again, for it was not refused at all."""


@frozen
class Declined:
    """A message was refused because its receiver has asked, elsewhere, not to get any such.

    `address` is None for the visitor of the conversation, on WhatsApp.
    """

    conversation: ConversationId | None
    address: Address | None = field(repr=False, default=None)


class Courier(Protocol):
    """Puts messages into the outbox of their channel, which paces and repeats them."""

    async def hand_over(self, workspace: WorkspaceId, order: Order) -> NotHandedOver | None:
        """Put it there, once by its id. Raises `StoreUnavailable`."""
        ...

    async def note_declined(self, workspace: WorkspaceId, declined: Declined) -> None:
        """Have nobody write there any more; a repeat is no news. Raises `StoreUnavailable`."""
        ...
