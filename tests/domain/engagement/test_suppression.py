"""Where somebody is not to be written to, in every form in which it is written."""

import pytest

from kaisa_relay.domain.engagement.suppression import (
    Address,
    Way,
    alike,
    by_telephone,
    on_whatsapp,
    read_address,
    ways_of,
)
from kaisa_relay.domain.phone import Phone

MEXICAN, OLD = Phone("+525512345678"), Phone("+5215512345678")


@pytest.mark.parametrize(
    ("way", "text", "read"),
    [
        (Way.EMAIL, "Vera@A.example", "vera@a.example"),
        (Way.SMS, "+46 70 174 06 91", "+46701740691"),
        (Way.WHATSAPP, "+46701740691", "+46701740691"),
        (Way.WHATSAPP, "US.13491208655302741918", "US.13491208655302741918"),
    ],
)
def test_an_address(way: Way, text: str, read: str) -> None:
    """On WhatsApp a number, or the id of somebody who shows none."""
    assert read_address(way, text) == Address(way, read)


@pytest.mark.parametrize(
    ("way", "text"),
    [(Way.EMAIL, "+46701740691"), (Way.EMAIL, "vera"), (Way.SMS, "070 174 06 91"),
     (Way.SMS, "US.1349"), (Way.WHATSAPP, "us.1349"),
     (Way.WHATSAPP, "vera@a.example"), (Way.WHATSAPP, "US.13 49")],
)  # fmt: skip
def test_no_address(way: Way, text: str) -> None:
    assert isinstance(read_address(way, text), str)


def test_one_number_in_two_forms() -> None:
    """WhatsApp keeps forms of numbers that nobody dials any more."""
    assert {each.text for each in alike(Address(Way.SMS, MEXICAN))} == {MEXICAN, OLD}
    for single in (Address(Way.EMAIL, "a@b.c"), Address(Way.WHATSAPP, "MX.1")):
        assert alike(single) == (single,)


def test_where_somebody_is_reached() -> None:
    """By their number both ways; who shows none is reached on WhatsApp only."""
    assert by_telephone(MEXICAN, "MX.1") == (
        Address(Way.SMS, MEXICAN),
        Address(Way.WHATSAPP, MEXICAN),
    )
    assert (
        by_telephone(None, "MX.1") == on_whatsapp(None, "MX.1") == (Address(Way.WHATSAPP, "MX.1"),)
    )
    assert by_telephone(None, None) == ()
    assert ways_of(by_telephone(MEXICAN, None)[::-1]) == (Way.SMS, Way.WHATSAPP)
