"""`user_preferences`: people who stop a business's marketing messages, or resume them (1.7).

Rule 1: a row holds one person's choice, in Meta's words, for one channel of each workspace: the
list is the workspace's.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Raw, Struct

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.inbound import MarketingChoice
from kaisa_relay.ports import ItemKind, NewItem
from kaisa_relay.whatsapp.account_webhooks import FindAccount
from kaisa_relay.whatsapp.reading import Reader
from kaisa_relay.whatsapp.shapes import Change

FIELD: Final = "user_preferences"
_MARKETING: Final = "marketing_messages"
_WANTED: Final = {"stop": False, "resume": True}


class _Entry(Struct):
    id: str | None = None


class _Metadata(Struct):
    phone_number_id: str | None = None


class _Value(Struct):
    metadata: _Metadata | None = None
    user_preferences: list[Raw] | None = None


class _Preference(Struct):
    wa_id: str | None = None
    user_id: str | None = None
    category: str | None = None
    value: str | None = None


class _Row(Struct):
    preference: Raw = Raw()


_ENTRY: Final = Reader(_Entry)
_CHANGE: Final = Reader(Change)
_VALUE: Final = Reader(_Value)
_PREFERENCE: Final = Reader(_Preference)
_ROW: Final = Reader(_Row)


def preference_items(
    entry: Raw, change: Raw, find_account: FindAccount, dedup: Callable[[str], str]
) -> list[NewItem]:
    """Return a row per choice and workspace; none where it is about anything else."""
    about, told = _ENTRY.read(entry), _CHANGE.read(change)
    value = None if told is None or told[0].field != FIELD else _VALUE.read(told[0].value)
    if about is None or value is None:
        return []
    channels = _concerned(find_account(), about[0].id or "", value[0])
    return [
        row
        for preference in value[0].user_preferences or ()
        for channel in channels
        if (row := _row(channel, preference, dedup)) is not None
    ]


def read_choice(body: bytes) -> MarketingChoice | None:
    """Return the choice in a stored row; None where the row is about anything else."""
    row = _ROW.read(body)
    return None if row is None or not row[0].preference else _choice(row[0].preference)


def _row(channel: Channel, preference: Raw, dedup: Callable[[str], str]) -> NewItem | None:
    choice = _choice(preference)
    if choice is None:
        return None
    body = b'{"preference":%b}' % bytes(preference)
    return NewItem(
        workspace=channel.workspace,
        channel=channel.id,
        kind=ItemKind.ACCOUNT,
        dedup=dedup(f"preference {body!r}"),
        body=body,
        item=choice,
    )


def _choice(json: Raw) -> MarketingChoice | None:
    read = _PREFERENCE.read(json)
    if read is None:
        return None
    told = read[0]
    wanted, sender = _WANTED.get(told.value or ""), Sender(told.wa_id or None, told.user_id or None)
    if told.category != _MARKETING or wanted is None or sender == Sender(None, None):
        return None
    return MarketingChoice(sender, wanted)


def _concerned(channels: Sequence[Channel], waba: str, value: _Value) -> list[Channel]:
    """Return the channel that is named, or one of each workspace with a number of the account."""
    named = value.metadata.phone_number_id if value.metadata else None
    if named:
        return [each for each in channels if each.phone_number_id == named]
    of = {each.workspace: each for each in reversed(channels) if waba and each.waba == waba}
    return list(of.values())
