"""Webhooks about a number, its account or its templates: the fields beside `messages` (1.7).

Rule 1: they name an account and perhaps a number, never an id of ours: we find the channels.
Rule 2: what says nothing about how a channel stands is no item; it is kept like other fields.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from attrs import frozen
from msgspec import Raw, Struct

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.channel_health import (
    DownReported,
    LimitReported,
    Quality,
    QualityReported,
    Report,
    TemplateReported,
    WorksReported,
)
from kaisa_relay.domain.inbound import AccountReport
from kaisa_relay.ports import ItemKind, NewItem
from kaisa_relay.whatsapp.items import NO_TIME, instant
from kaisa_relay.whatsapp.reading import Reader
from kaisa_relay.whatsapp.shapes import Change

FindAccount = Callable[[], Sequence[Channel]]
"""Returns the channels of the app whose secret signed the body."""

CAUTION: Final = timedelta(hours=24)
"""How long a number is spared after Meta found fault with its account."""


class _Entry(Struct):
    id: str | None = None
    time: int | None = None


class _Ban(Struct):
    waba_ban_state: str | None = None


class _Restriction(Struct):
    restriction_type: str | None = None
    expiration: int | None = None


class _Value(Struct):
    event: str | None = None
    display_phone_number: str | None = None
    phone_number: str | None = None
    current_limit: str | None = None
    max_daily_conversations_per_business: int | str | None = None
    ban_info: _Ban | None = None
    restriction_info: list[_Restriction] | None = None
    message_template_name: str | None = None
    message_template_language: str | None = None
    reason: str | None = None


class _Row(Struct):
    entry: Raw
    change: Raw


_ENTRY: Final = Reader(_Entry)
_CHANGE: Final = Reader(Change)
_VALUE: Final = Reader(_Value)
_ROW: Final = msgspec.json.Decoder(_Row)
_WORD: Final = re.compile(r"(?!.*[0-9]{7})[A-Za-z0-9_.-]{1,64}")
"""A word of Meta's or the name of a template; seven digits might be somebody's number."""
_BRIEF: Final = msgspec.json.Encoder()


@frozen
class _News:
    """One change as it was read; `at` is when Meta says that it happened."""

    field: str
    value: _Value
    at: datetime


def account_items(
    entry: Raw, change: Raw, find_account: FindAccount, dedup: Callable[[str], str]
) -> list[NewItem]:
    """Return a row for each channel of ours that is concerned; none where nobody is."""
    read = _ENTRY.read(entry)
    news = None if read is None else _news(read[0], change)
    report = None if news is None else _report(news)
    if read is None or news is None or report is None:
        return []
    channels = _concerned(find_account(), read[0].id or "", news.value)
    if isinstance(report, TemplateReported):
        channels = channels[:1]  # templates belong to the account: one of its numbers says it
    body = b'{"entry":%b,"change":%b}' % (_BRIEF.encode(read[0]), bytes(change))
    return [
        NewItem(
            workspace=channel.workspace,
            channel=channel.id,
            kind=ItemKind.ACCOUNT,
            dedup=dedup(f"account {body!r}"),
            body=body,
            item=AccountReport(report),
        )
        for channel in channels
    ]


def read_report(body: bytes) -> AccountReport | None:
    """Return what a stored row told; raises `msgspec.DecodeError`."""
    row = _ROW.decode(body)
    read = _ENTRY.read(row.entry)
    news = None if read is None else _news(read[0], row.change)
    report = None if news is None else _report(news)
    return None if report is None else AccountReport(report)


def _news(entry: _Entry, json: Raw) -> _News | None:
    change = _CHANGE.read(json)
    value = None if change is None else _VALUE.read(change[0].value)
    if change is None or value is None or not change[0].field:
        return None
    return _News(change[0].field, value[0], instant(entry.time))


def _concerned(channels: Sequence[Channel], waba: str, value: _Value) -> list[Channel]:
    """A number that was added without its account is found by what is shown of it."""
    shown = value.display_phone_number or value.phone_number or ""
    digits = "".join(each for each in shown if each.isdecimal())
    if digits:
        return [
            each
            for each in channels
            if each.phone.lstrip("+") == digits and each.waba in ("", waba)
        ]
    return [each for each in channels if waba and each.waba == waba]


def _report(news: _News) -> Report | None:
    match news.field:
        case "phone_number_quality_update" | "business_capability_update":
            return _quality(news.value)
        case "account_update":
            return _account(news)
        case "message_template_status_update":
            return _template(news.value)
        case _:
            return None


_QUALITIES: Final = {
    "FLAGGED": Quality.RED,
    "DOWNGRADE": Quality.YELLOW,
    "UNFLAGGED": Quality.GREEN,
    "UPGRADE": Quality.GREEN,
}


def _quality(value: _Value) -> Report | None:
    event = _word(value.event, "limit")
    limit = value.max_daily_conversations_per_business or value.current_limit
    tier = None if limit is None else _word(str(limit), "unknown")
    quality = _QUALITIES.get(event)
    return QualityReported(event, quality, tier) if quality or tier else None


def _account(news: _News) -> Report | None:
    event = _word(news.value.event, "")
    match event, news.value.ban_info:
        case ("DISABLED_UPDATE", _Ban("REINSTATE")) | ("ACCOUNT_RECONNECTED", _):
            return WorksReported()
        case "DISABLED_UPDATE", _Ban("SCHEDULE_FOR_DISABLE"):
            return LimitReported("scheduled_for_disable", None)
        case (("DISABLED_UPDATE" | "ACCOUNT_DELETED" | "ACCOUNT_OFFBOARDED"), _):
            return DownReported(event.lower())
        case "ACCOUNT_VIOLATION", _:
            return LimitReported(event.lower(), news.at + CAUTION)
        case "ACCOUNT_RESTRICTION", _:
            return _restriction(news.value.restriction_info or [])
        case _:
            return None


def _restriction(restrictions: Sequence[_Restriction]) -> LimitReported:
    """Return the restriction that lasts longest; one without an end is for ever."""
    ends = [instant(each.expiration) for each in restrictions]
    until = None if NO_TIME in ends or not ends else max(ends)
    words = [_word(each.restriction_type, "restricted").lower() for each in restrictions]
    return LimitReported(words[0] if words else "restricted", until)


def _template(value: _Value) -> TemplateReported | None:
    name, status = _word(value.message_template_name, ""), _word(value.event, "")
    language = _word(value.message_template_language, "").replace("-", "_")
    if not (name and status and language):
        return None
    return TemplateReported(name, language, status, _word(value.reason, "NONE"))


def _word(given: str | None, otherwise: str) -> str:
    """Return a word of Meta's; free text might name somebody and is left out."""
    return given if given and _WORD.fullmatch(given) else otherwise
