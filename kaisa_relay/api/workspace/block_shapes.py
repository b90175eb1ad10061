"""The block list as it travels."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from kaisa_relay.api.shapes import PhoneText
from kaisa_relay.domain.contact_events import BlockedBy

_CONTACT: Final = Meta(description="As events name them (`ctc_…`).")
_REGION: Final = Meta(description="Where a number without prefix is from.", examples=["SE"])


class BlockRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to block: either `phone`, which may be nobody's yet, or `contact`."""

    phone: PhoneText | None = None
    region: Annotated[str | None, _REGION] = None
    contact: Annotated[str | None, _CONTACT] = None


class BlockAnswer(Struct, frozen=True, kw_only=True):
    """Somebody on the block list. Name and number are null where they are not known.

    `by` is agent, api or operator; `agent` and `conversation` say where an agent did it.
    """

    contact: str
    name: str | None
    phone: str | None
    by: BlockedBy
    blocked_at: datetime
    agent: str | None
    conversation: str | None


class BlockPage(Struct, frozen=True):
    """The block list, the contact known first first; `next` is the cursor of the page after."""

    items: list[BlockAnswer]
    next: str | None
