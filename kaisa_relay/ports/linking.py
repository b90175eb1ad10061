"""What is asked about links that lead back into a conversation, and the answers.

Rule 1: a repeat, by idempotency key or by a trigger's step, gets the first answer.
"""

from datetime import datetime, timedelta
from typing import Protocol

from attrs import field, frozen

from kaisa_relay.domain.conversation.links import LinkOrigin
from kaisa_relay.domain.conversation.messages import Refusal
from kaisa_relay.domain.ids import ChannelId, ConversationId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports.faces import KeyReused, NotFound, Repeatable


@frozen
class NewLink:
    """A link is wanted, good for so long (None: the workspace's `recovery_link_time`).

    `origin` is the step of a trigger that wants it, `by` whoever else does.
    """

    lasts: timedelta | None = None
    origin: LinkOrigin | None = None
    by: Requester | None = None
    repeatable: Repeatable | None = None


@frozen
class LinkMade:
    """The link, by its number in the conversation; `token` is what its sentence holds."""

    conversation: ConversationId
    link: int
    channel: ChannelId
    channel_phone: Phone | None
    url: str = field(repr=False)
    token: str = field(repr=False)
    created_at: datetime
    expires_at: datetime


class LinkDesk(Protocol):
    """Where links are asked for. Raises `Busy` or `StoreUnavailable`."""

    async def link(
        self, workspace: WorkspaceId, conversation: ConversationId, request: NewLink
    ) -> LinkMade | Refusal | KeyReused | NotFound:
        """Have a link made that leads back into a conversation, or hear why not."""
        ...

    async def link_of(self, workspace: WorkspaceId, token: str) -> str | None:
        """Return the link that holds this token; None where there is no such."""
        ...
