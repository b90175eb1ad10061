"""How much outreach one workspace may have."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kaisa_relay.domain.engagement.quota import NAMES, Quotas, until_tomorrow
from kaisa_relay.domain.engagement.suppression import Way
from kaisa_relay.setting_values import QUOTAS


def test_what_an_operator_may_set_is_what_there_is() -> None:
    """By the same names."""
    assert NAMES == QUOTAS


@pytest.mark.parametrize(
    ("way", "words"),
    [(Way.EMAIL, "3 mails"), (Way.SMS, "2 text messages"), (Way.WHATSAPP, "1 WhatsApp templates")],
)
def test_each_way_has_its_own(way: Way, words: str) -> None:
    """And a reason that names it."""
    quotas = Quotas(email=3, sms=2, whatsapp=1)
    assert quotas.per_day(way) == int(words[0])
    assert f": {words} a day;" in quotas.used_up(way)


def test_too_much_waits() -> None:
    """And that is said with its number."""
    assert ": 7 deliveries wait" in Quotas(waiting=7).full


def test_a_day_ends_at_midnight_of_utc() -> None:
    """Whatever zone an instant is told in."""
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert until_tomorrow(late) == timedelta(minutes=30)
    stockholm = late.astimezone(timezone(timedelta(hours=1)))
    assert until_tomorrow(stockholm) == timedelta(minutes=30)
