"""What account webhooks tell, of which channels, and what they leave alone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from kaisa_relay.domain.channel_health import (
    DownReported,
    LimitReported,
    Quality,
    QualityReported,
    Report,
    TemplateReported,
    WorksReported,
)
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.inbound import AccountReport
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import ItemKind, NewItem
from kaisa_relay.whatsapp.inbound import split
from kaisa_relay.whatsapp.rows import read_item
from tests import fakes

AT = datetime(2026, 10, 1, tzinfo=UTC)
FIRST = evolve(fakes.channel(1), waba="W1", phone=Phone("+15550001111"))
SECOND = evolve(fakes.channel(2), waba="W1", phone=Phone("+15550002222"))
OTHER = evolve(fakes.channel(3), waba="W2", phone=Phone("+15550003333"))
BARE = evolve(fakes.channel(4), waba="", phone=Phone("+15550004444"))
EVERY = (FIRST, SECOND, OTHER, BARE)


def rows(field: str, value: Any, waba: str = "W1", **entry: Any) -> tuple[NewItem, ...]:
    """Return the rows of a POST with one account webhook."""
    entry = {"id": waba, "time": int(AT.timestamp()), **entry}
    entry["changes"] = [{"field": field, "value": value}]
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    return split(json.dumps(body).encode(), lambda _: None, str, lambda: EVERY)


def report(field: str, **value: Any) -> Report:
    """Return what the first channel of the account is told; a stored row tells it again."""
    found = rows(field, value)
    assert [row.channel for row in found][:1] == [ChannelId(1)]
    item = found[0].item
    assert isinstance(item, AccountReport)
    assert read_item(ItemKind.ACCOUNT, found[0].body) == item
    return item.report


@pytest.mark.parametrize(
    ("event", "quality"),
    [("FLAGGED", Quality.RED), ("UNFLAGGED", Quality.GREEN), ("THROUGHPUT_UPGRADE", None)],
)
def test_quality(event: str, quality: Quality | None) -> None:
    """A quality, and the messaging limit beside it."""
    shown = {"display_phone_number": "+1 555-000-1111", "event": event}
    got = report(
        "phone_number_quality_update", **shown, max_daily_conversations_per_business="TIER_2K"
    )
    assert got == QualityReported(event, quality, "TIER_2K")


def test_a_limit_of_the_account() -> None:
    """`business_capability_update` speaks of numbers, also as numbers."""
    got = report("business_capability_update", max_daily_conversations_per_business=2000)
    assert got == QualityReported("limit", None, "2000")


RESTRICTED = "RESTRICTED_BIZ_INITIATED_MESSAGING"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}},
            LimitReported("account_violation", AT + timedelta(hours=24)),
        ),
        (
            {
                "event": "ACCOUNT_RESTRICTION",
                "restriction_info": [
                    {"restriction_type": RESTRICTED, "expiration": 1790899200},
                    {"restriction_type": "OTHER", "expiration": "1790985600"},
                ],
            },
            LimitReported(RESTRICTED.lower(), datetime.fromtimestamp(1790985600, UTC)),
        ),
        ({"event": "ACCOUNT_RESTRICTION"}, LimitReported("restricted", None)),
        (
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}},
            LimitReported("scheduled_for_disable", None),
        ),
        (
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}},
            DownReported("disabled_update"),
        ),
        (
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}},
            WorksReported(),
        ),
        ({"event": "ACCOUNT_DELETED"}, DownReported("account_deleted")),
        ({"event": "ACCOUNT_OFFBOARDED"}, DownReported("account_offboarded")),
        ({"event": "ACCOUNT_RECONNECTED"}, WorksReported()),
    ],
)
def test_account(value: dict[str, Any], told: Report) -> None:
    """Every channel of the account is concerned."""
    assert report("account_update", **value) == told
    assert [row.channel for row in rows("account_update", value)] == [1, 2]


def test_template() -> None:
    """Meta writes a hyphen in the language here; one channel of the account says it."""
    value = {
        "event": "PAUSED",
        "message_template_id": 1,
        "message_template_name": "kaisa_offer",
        "message_template_language": "en-US",
        "reason": "Somebody wrote this",
    }
    told = TemplateReported("kaisa_offer", "en_US", "PAUSED", "NONE")
    assert report("message_template_status_update", **value) == told
    assert len(rows("message_template_status_update", value)) == 1


@pytest.mark.parametrize(
    ("shown", "waba", "channels"),
    [
        ("+1 555-000-2222", "W1", [2]),
        ("15550002222", "W2", []),
        ("15550004444", "W9", [4]),
        ("15559999999", "W1", []),
        (None, "W2", [3]),
        (None, "", []),
        (None, "W9", []),
    ],
)
def test_whom_it_concerns(shown: str | None, waba: str, channels: list[int]) -> None:
    """The number where one is shown, else the account; never somebody else's."""
    value = {"event": "FLAGGED", "display_phone_number": shown}
    found = rows("phone_number_quality_update", value, waba)
    assert [row.channel for row in found if row.channel] == channels
    if not channels:
        assert [row.reason for row in found] == ["account_field"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_update", {"event": "PARTNER_ADDED"}),
        ("account_update", {}),
        ("account_update", None),
        ("phone_number_quality_update", {"event": "ONBOARDING"}),
        ("message_template_status_update", {"event": "PAUSED"}),
        ("phone_number_name_update", {"event": "x"}),
        ("security", {"event": "PIN_CHANGED"}),
    ],
)
def test_what_is_set_aside(field: str, value: Any) -> None:
    """It is kept with a reason."""
    (row,) = rows(field, value)
    assert row.reason in ("account_field", "malformed")


def test_meta_delivers_again() -> None:
    """The same news of the same time is one row; the same news later is another."""
    value = {"event": "FLAGGED", "display_phone_number": "15550001111"}
    again = [rows("phone_number_quality_update", value, time=time)[0].dedup for time in (1, 1, 2)]
    assert again[0] == again[1] != again[2]
