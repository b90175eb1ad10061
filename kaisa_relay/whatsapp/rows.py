"""The bodies of inbox rows: slices of a webhook, put together and read back.

Rule 1: a body holds Meta's own bytes; what was read from them can always be read again.
Rule 2: reading back uses the very functions that read the webhook.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Raw, Struct

from kaisa_relay.domain.inbound import (
    AccountReport,
    ChannelNotice,
    IdentityChange,
    Inbound,
    MarketingChoice,
    StatusBatch,
)
from kaisa_relay.ports import Item, ItemKind, UnreadableItem
from kaisa_relay.whatsapp.account_webhooks import read_report
from kaisa_relay.whatsapp.contents import MESSAGE
from kaisa_relay.whatsapp.items import (
    CONTACT,
    ERROR,
    STATUS,
    Reason,
    message_item,
    notice,
    status_update,
)
from kaisa_relay.whatsapp.preferences import read_choice


class UnreadableRow(UnreadableItem):
    """A row that this version did not write, or no longer reads."""


class _Message(Struct):
    message: Raw
    contact: Raw


_MESSAGE: Final = msgspec.json.Decoder(_Message)
_STATUSES: Final = msgspec.json.Decoder(list[Raw])


def message_body(message: Raw, contact: Raw | None) -> bytes:
    """Put a message and its sender's contact together."""
    sender = b"null" if contact is None else bytes(contact)
    return b'{"message":%b,"contact":%b}' % (bytes(message), sender)


def statuses_body(statuses: Sequence[Raw]) -> bytes:
    """Put the statuses of one POST for one channel together."""
    return b"[%b]" % b",".join(map(bytes, statuses))


def read_item(kind: ItemKind, body: bytes) -> Item:
    """Return what a stored row told; `OUTCOME` rows are ours and are not read here."""
    try:
        item = _READERS[kind](body)
    except (KeyError, msgspec.DecodeError) as problem:
        raise UnreadableRow(f"a row of kind {kind.value} cannot be read") from problem
    if item is None or isinstance(item, Reason):
        raise UnreadableRow(f"a row of kind {kind.value} holds nothing to read")
    return item


def _message(body: bytes) -> Inbound | IdentityChange | Reason | None:
    row = _MESSAGE.decode(body)
    message = MESSAGE.read(row.message)
    contact = CONTACT.read(row.contact)
    return message and message_item(*message, contact and contact[0])


def _statuses(body: bytes) -> StatusBatch:
    read = map(STATUS.read, _STATUSES.decode(body))
    updates = (status_update(each[0]) for each in read if each is not None)
    return StatusBatch(tuple(each for each in updates if not isinstance(each, Reason)))


def _notice(body: bytes) -> ChannelNotice | None:
    error = ERROR.read(body)
    return error and notice(error[0])


def _account(body: bytes) -> AccountReport | MarketingChoice | None:
    return read_choice(body) or read_report(body)


_READERS: Final = {
    ItemKind.MESSAGE: _message,
    ItemKind.STATUSES: _statuses,
    ItemKind.NOTICE: _notice,
    ItemKind.ACCOUNT: _account,
}
