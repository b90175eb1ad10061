"""The audit log as it travels."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from kaisa_relay.api.shapes import PageQuery
from kaisa_relay.ports.auditing import Action

_BY: Final = Meta(description="The id of a key (`key_…`) or of an account (`usr_…`).")
_SUBJECT: Final = Meta(
    description="The id of a conversation, a contact, a trigger, a key and so on."
)
_SINCE: Final = Meta(description="From this instant on.")
_BEFORE: Final = Meta(description="Before this instant.")


class AuditFilter(Struct, frozen=True):
    """Which entries; every condition must hold."""

    by: Annotated[str | None, _BY] = None
    action: Action | None = None
    subject: Annotated[str | None, _SUBJECT] = None
    since: Annotated[str | None, _SINCE] = None
    before: Annotated[str | None, _BEFORE] = None


class AuditQuery(PageQuery, frozen=True):
    """Which entries, and which page of them."""

    by: Annotated[str | None, _BY] = None
    action: Action | None = None
    subject: Annotated[str | None, _SUBJECT] = None
    since: Annotated[str | None, _SINCE] = None
    before: Annotated[str | None, _BEFORE] = None


class AuditAnswer(Struct, frozen=True, kw_only=True):
    """Somebody saw or changed something.

    `by` is null for an operator, for whoever had a download's link, and for a sign-in that was
    refused. `outcome` is the HTTP status that a change was answered with: below 400 it was made;
    null where there is none, or where the relay was stopped meanwhile.
    """

    id: str
    at: datetime
    by: str | None
    action: Action
    subject: str | None
    outcome: int | None


class AuditPage(Struct, frozen=True):
    """The log, the newest first; `next` is the cursor of the page after."""

    items: list[AuditAnswer]
    next: str | None
