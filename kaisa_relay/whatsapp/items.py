"""One message, status or error of a webhook, as the domain's item.

Rule 1: what concerns no person we could answer is a `Reason`, kept and never handed on.
Rule 2: an absent identifier and an empty one are the same (reference, section 2.1).
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.inbound import ChannelNotice, IdentityChange, Inbound, StatusUpdate
from kaisa_relay.domain.sending import Rank
from kaisa_relay.whatsapp.contents import content_of
from kaisa_relay.whatsapp.reading import Reader
from kaisa_relay.whatsapp.shapes import (
    ContactObject,
    ErrorObject,
    MessageObject,
    StatusObject,
    SystemObject,
)

CONTACT: Final = Reader(ContactObject)
STATUS: Final = Reader(StatusObject)
ERROR: Final = Reader(ErrorObject)


class Reason(StrEnum):
    """Why a row of the inbox belongs to nobody."""

    NOT_JSON = "not_json"
    OTHER_OBJECT = "other_object"
    ACCOUNT_FIELD = "account_field"
    OTHER_FIELD = "other_field"
    STANDBY = "standby"
    NO_CHANNEL = "no_channel"
    UNKNOWN_CHANNEL = "unknown_channel"
    MALFORMED = "malformed"
    NO_MESSAGE_ID = "no_message_id"
    NO_SENDER = "no_sender"
    GROUP = "group"
    SYSTEM_NOTICE = "system_notice"
    REQUEST_WELCOME = "request_welcome"
    UNKNOWN_STATUS = "unknown_status"


NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of an item that has none we can read: so long ago that it opens no window."""
_YEAR_2100: Final = 4_102_444_800


def instant(seconds: int | None) -> datetime:
    """Return a Unix time as UTC, `NO_TIME` where there is none."""
    if seconds is None or not 0 <= seconds < _YEAR_2100:
        return NO_TIME
    return datetime.fromtimestamp(seconds, UTC)


def message_item(
    message: MessageObject, malformed: tuple[str, ...], contact: ContactObject | None
) -> Inbound | IdentityChange | Reason:
    """Return what one of `messages` tells, with the contact that stands beside it."""
    if not message.id:
        return Reason.NO_MESSAGE_ID
    if message.group_id:
        return Reason.GROUP
    if message.type == "system":
        return _identity_change(message.id, message, message.system)
    if message.type == "request_welcome":
        return Reason.REQUEST_WELCOME
    sender = _sender(message, contact)
    if sender is None:
        return Reason.NO_SENDER
    context = message.context
    return Inbound(
        wamid=message.id,
        sender=sender,
        sent_at=instant(message.timestamp),
        content=content_of(message, malformed),
        quotes=(context.id or None) if context else None,
        forwarded=bool(context and (context.forwarded or context.frequently_forwarded)),
    )


def _sender(message: MessageObject, contact: ContactObject | None) -> Sender | None:
    wa_id, bsuid, name = message.from_ or None, message.from_user_id or None, None
    if contact is not None:
        wa_id, bsuid = wa_id or contact.wa_id or None, bsuid or contact.user_id or None
        name = (contact.profile.name or contact.profile.username) if contact.profile else None
    if wa_id is None and bsuid is None:
        return None
    return Sender(wa_id, bsuid, name or None)


def _identity_change(
    wamid: str, message: MessageObject, system: SystemObject | None
) -> IdentityChange | Reason:
    """Read `user_changed_number` and `user_changed_user_id`; other notices move nobody."""
    if system is None or system.type not in ("user_changed_number", "user_changed_user_id"):
        return Reason.SYSTEM_NOTICE
    before = Sender(message.from_ or None, system.previous_user_id or None)
    after = Sender(system.wa_id or None, system.user_id or None)
    if not (before.wa_id or before.bsuid) or not (after.wa_id or after.bsuid):
        return Reason.SYSTEM_NOTICE
    return IdentityChange(wamid, before, after, instant(message.timestamp))


def belongs(contact: ContactObject, message: MessageObject) -> bool:
    """Say whether this contact is the message's sender: by BSUID where both have one."""
    if contact.user_id and message.from_user_id:
        return contact.user_id == message.from_user_id
    if contact.wa_id and message.from_:
        return contact.wa_id == message.from_
    return False


_RANKS: Final = {
    "sent": Rank.SENT,
    "delivered": Rank.DELIVERED,
    "read": Rank.READ,
    "played": Rank.PLAYED,
    "failed": Rank.FAILED,
}


def status_update(status: StatusObject) -> StatusUpdate | Reason:
    """Return what one of `statuses` tells."""
    if not status.id:
        return Reason.MALFORMED
    rank = _RANKS.get(status.status or "")
    if rank is None:
        return Reason.UNKNOWN_STATUS
    failed = rank is Rank.FAILED
    return StatusUpdate(
        wamid=status.id,
        rank=rank,
        at=instant(status.timestamp),
        opaque=status.biz_opaque_callback_data or None,
        recipient_wa_id=status.recipient_id or None,
        recipient_bsuid=status.recipient_user_id or None,
        code=(status.errors[0].code if status.errors else 0) if failed else None,
    )


def notice(error: ErrorObject) -> ChannelNotice:
    """Return what one of `value.errors` tells."""
    details = error.error_data.details if error.error_data else None
    return ChannelNotice(error.code, details or error.title or "")
