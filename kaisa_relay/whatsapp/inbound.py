"""Splits a webhook's body into rows for the inbox.

Rule 1: whatever the bytes, the result is rows; nothing is dropped and nothing raises.
Rule 2: a malformed item becomes a row of its own and never spoils its neighbours.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

from attrs import define
from msgspec import Raw
from msgspec.json import Decoder

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.inbound import StatusBatch, StatusUpdate
from kaisa_relay.ports import ItemKind, NewItem
from kaisa_relay.whatsapp.account_webhooks import FindAccount, account_items
from kaisa_relay.whatsapp.contents import MESSAGE
from kaisa_relay.whatsapp.items import (
    CONTACT,
    ERROR,
    STATUS,
    Reason,
    belongs,
    message_item,
    notice,
    status_update,
)
from kaisa_relay.whatsapp.preferences import preference_items
from kaisa_relay.whatsapp.reading import NUL, UNREADABLE, Reader, repair
from kaisa_relay.whatsapp.rows import message_body, statuses_body
from kaisa_relay.whatsapp.shapes import (
    Change,
    ContactObject,
    Entry,
    Envelope,
    MessageObject,
    UsualEnvelope,
    Value,
)

FindChannel = Callable[[str], Channel | None]
"""Finds a channel of the app whose secret signed the body, by `phone_number_id`."""

Dedup = Callable[[str], str]
"""Makes the key under which a wamid is known again."""

OBJECT: Final = "whatsapp_business_account"
_USUAL: Final = Decoder(UsualEnvelope, strict=False).decode
_ENVELOPE: Final = Reader(Envelope)
_ENTRY: Final = Reader(Entry)
_CHANGE: Final = Reader(Change)
_VALUE: Final = Reader(Value)


@define
class _Status:
    """One status until the POST's others for its channel are together."""

    channel: Channel
    json: Raw
    update: StatusUpdate


_Rows = Iterator[NewItem | _Status]


def split(
    body: bytes, find_channel: FindChannel, dedup: Dedup, find_account: FindAccount = tuple
) -> tuple[NewItem, ...]:
    """Return a row per message, system item and error, and one per channel for statuses.

    What belongs to no channel of ours, or cannot be read, is a row without workspace.
    """
    found: Iterable[NewItem | _Status]
    rows: list[NewItem] = []
    batches: dict[ChannelId, list[_Status]] = {}
    whole = repair(body) if NUL in body else body
    usual = _usual(whole, find_channel)
    if usual is None:
        found = _body(whole, find_channel, dedup, find_account)
    elif len(usual) == 1 and (alone := _statuses_alone(*usual[0])) is not None:
        return (alone,)
    else:
        found = chain.from_iterable(_value(*each, dedup) for each in usual)
    for row in found:
        if isinstance(row, _Status):
            batches.setdefault(row.channel.id, []).append(row)
        else:
            rows.append(row)
    return (*rows, *(_batch(each[0].channel, each) for each in batches.values()))


def _usual(body: bytes, find_channel: FindChannel) -> list[tuple[Channel, Value]] | None:
    """Return what a POST tells our channels; None where anything in it wants a closer look."""
    try:
        envelope = _USUAL(body)
    except UNREADABLE:
        return None
    if envelope.object != OBJECT:
        return None
    found = []
    for entry in envelope.entry:
        for change in entry.changes:
            channel = _channel(change.field, change.value, find_channel)
            if isinstance(channel, Reason):
                return None
            found.append((channel, change.value))
    return found


def _body(body: bytes, find_channel: FindChannel, dedup: Dedup, find_account: FindAccount) -> _Rows:
    read = _ENVELOPE.read(body)
    if read is None:
        yield _unrouted(Reason.NOT_JSON, body)
        return
    envelope, malformed = read
    if malformed or envelope.object != OBJECT:
        yield _unrouted(Reason.MALFORMED if malformed else Reason.OTHER_OBJECT, body)
        return
    for entry in envelope.entry or ():
        yield from _entry(entry, find_channel, dedup, find_account)


def _entry(json: Raw, find_channel: FindChannel, dedup: Dedup, find_account: FindAccount) -> _Rows:
    read = _ENTRY.read(json)
    if read is None or read[1]:
        yield _unrouted(Reason.MALFORMED, json)
        return
    for change in read[0].changes or ():
        told = account_items(json, change, find_account, dedup)
        told += preference_items(json, change, find_account, dedup)
        yield from told or _change(change, find_channel, dedup)


def _change(json: Raw, find_channel: FindChannel, dedup: Dedup) -> _Rows:
    read = _CHANGE.read(json)
    value = None if read is None else _VALUE.read(read[0].value)
    if read is None or value is None:
        yield _unrouted(Reason.MALFORMED, json)
        return
    channel = _channel(read[0].field, value[0], find_channel)
    if isinstance(channel, Reason):
        yield _unrouted(channel, json)
        return
    if value[1]:
        yield _unrouted(Reason.MALFORMED, json)
    yield from _value(channel, value[0], dedup)


def _channel(field: str | None, value: Value, find_channel: FindChannel) -> Channel | Reason:
    if field == "standby":
        return Reason.STANDBY
    if field != "messages":
        return Reason.OTHER_FIELD if value.metadata else Reason.ACCOUNT_FIELD
    if value.metadata is None:
        return Reason.NO_CHANNEL
    return find_channel(value.metadata.phone_number_id) or Reason.UNKNOWN_CHANNEL


def _value(channel: Channel, value: Value, dedup: Dedup) -> _Rows:
    contacts = _contacts(value) if value.messages else []
    for message in value.messages or ():
        yield _message(channel, message, contacts, dedup)
    for status in value.statuses or ():
        yield _status(channel, status)
    for error in value.errors or ():
        yield _notice(channel, error)


def _contacts(value: Value) -> list[tuple[Raw, ContactObject]]:
    read = ((json, CONTACT.read(json)) for json in value.contacts or ())
    return [(json, each[0]) for json, each in read if each is not None]


def _message(
    channel: Channel, json: Raw, contacts: list[tuple[Raw, ContactObject]], dedup: Dedup
) -> NewItem:
    read = MESSAGE.read(json)
    if read is None:
        return _unrouted(Reason.MALFORMED, json)
    message, malformed = read
    contact_json, contact = _contact_of(message, contacts)
    item = message_item(message, malformed, contact)
    if isinstance(item, Reason):
        return _unrouted(item, json)
    return NewItem(
        workspace=channel.workspace,
        channel=channel.id,
        kind=ItemKind.MESSAGE,
        dedup=dedup(item.wamid),
        body=message_body(json, contact_json),
        item=item,
    )


def _contact_of(
    message: MessageObject, contacts: list[tuple[Raw, ContactObject]]
) -> tuple[Raw | None, ContactObject | None]:
    for json, contact in contacts:
        if belongs(contact, message):
            return json, contact
    if len(contacts) == 1 and not message.from_ and not message.from_user_id:
        return contacts[0]
    return None, None


def _status(channel: Channel, json: Raw) -> NewItem | _Status:
    read = STATUS.read(json)
    update = Reason.MALFORMED if read is None else status_update(read[0])
    if isinstance(update, Reason):
        return _unrouted(update, json)
    return _Status(channel, json, update)


def _statuses_alone(channel: Channel, value: Value) -> NewItem | None:
    """Return the row of an ordinary POST of statuses, three of four; None for any other."""
    if value.messages or value.errors or not value.statuses:
        return None
    statuses = []
    for json in value.statuses:
        status = _status(channel, json)
        if not isinstance(status, _Status):
            return None
        statuses.append(status)
    return _batch(channel, statuses)


def _batch(channel: Channel, statuses: list[_Status]) -> NewItem:
    return NewItem(
        workspace=channel.workspace,
        channel=channel.id,
        kind=ItemKind.STATUSES,
        dedup=None,
        body=statuses_body([each.json for each in statuses]),
        item=StatusBatch(tuple(each.update for each in statuses)),
    )


def _notice(channel: Channel, json: Raw) -> NewItem:
    read = ERROR.read(json)
    if read is None:
        return _unrouted(Reason.MALFORMED, json)
    return NewItem(
        workspace=channel.workspace,
        channel=channel.id,
        kind=ItemKind.NOTICE,
        dedup=None,
        body=bytes(json),
        item=notice(read[0]),
    )


def _unrouted(reason: Reason, json: bytes | Raw) -> NewItem:
    return NewItem(
        workspace=None,
        channel=None,
        kind=ItemKind.UNROUTED,
        dedup=None,
        body=bytes(json),
        reason=reason.value,
    )
