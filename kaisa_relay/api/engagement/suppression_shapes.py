"""Suppressions as they travel."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from kaisa_relay.api.shapes import PageQuery
from kaisa_relay.domain.engagement.suppression import Source, Way

_WAY: Final = Meta(description="`email`, `sms` or `whatsapp`.")
_ADDRESS: Final = Meta(
    description="An e-mail address, or a number with its country code; on WhatsApp also the BSUID "
    "of somebody who shows no number."
)


class SuppressionQuery(PageQuery, frozen=True):
    """Which part of the list; an address is looked for with its way."""

    way: Annotated[str | None, _WAY] = None
    address: Annotated[str | None, _ADDRESS] = None


class SuppressionRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is not to be written to."""

    way: Annotated[str, _WAY]
    address: Annotated[str, _ADDRESS]


class SuppressionAnswer(Struct, frozen=True, kw_only=True):
    """An address that triggers do not write to.

    `source`: `link` (in a mail), `chat` (they wrote STOP), `preference` (they told WhatsApp),
    `refused` (WhatsApp or a provider refused a message for it), `api` or `operator`.
    """

    id: str
    way: Way
    address: str
    source: Source
    at: datetime


class SuppressionPage(Struct, frozen=True):
    """The list, the newest first; `next` is the cursor of the page after."""

    items: list[SuppressionAnswer]
    next: str | None
