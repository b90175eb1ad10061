"""Links that lead back into a conversation, as they travel."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from kaisa_relay.api.shapes import ChannelAnswer, Qr


class WantLink(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link to make; the body may be left out."""

    expires_after: Annotated[
        str | None,
        Meta(
            description="1m to 30d; absent: the workspace's `recovery_link_time`, at first 7d.",
            examples=["7d"],
        ),
    ] = None


class LinkAnswer(Struct, frozen=True, kw_only=True):
    """A link that leads back; `link` counts those of the conversation, from 1. The newest wins:
    an older one is good for nobody but the visitor whom the conversation knows."""

    conversation: str
    link: int
    url: str
    qr: Qr | UnsetType = UNSET
    channel: ChannelAnswer
    created_at: datetime
    expires_at: datetime
