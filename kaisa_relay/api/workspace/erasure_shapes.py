"""Visitors and receipts of their erasure as they travel."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from kaisa_relay.api.shapes import PhoneText

_FORCE: Final = Meta(description="`true` ends a conversation that they are in, and then erases.")


class VisitorQuery(Struct, frozen=True, kw_only=True):
    """By which number somebody is known."""

    phone: PhoneText


class ErasureQuery(Struct, frozen=True, kw_only=True):
    """How to erase."""

    force: Annotated[bool, _FORCE] = False


class VisitorAnswer(Struct, frozen=True, kw_only=True):
    """Somebody whom a number leads to; `contact` is what they are erased by."""

    contact: str
    name: str | None
    phone: str | None


class VisitorList(Struct, frozen=True):
    """Everybody whom a number leads to; agents are not among them."""

    items: list[VisitorAnswer]


class ErasureAnswer(Struct, frozen=True, kw_only=True):
    """A receipt, which holds nothing personal. `done_at` is null until all of it is done.

    `removed` counts what was taken out, by kind; `asked_by` is a key or an account, null for an
    operator.
    """

    id: str
    contact: str
    asked_at: datetime
    asked_by: str | None
    done_at: datetime | None
    removed: dict[str, int]
