"""What agents type after an outcome, and what of it is a price."""

from decimal import Decimal

import pytest

from kaisa_relay.domain.money import MOST, Money, read_money


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("12000", "12000", None),
        ("12000.", "12000", None),
        ("12 000 kr", "12000", "SEK"),
        ("12000kr", "12000", "SEK"),
        ("12\u00a0000,50 kr", "12000.5", "SEK"),
        ("12.000,50 EUR", "12000.5", "EUR"),
        ("12,000.50 eur", "12000.5", "EUR"),
        ("$1,200", "1200", "USD"),
        ("1'200'000 CHF", "1200000", "CHF"),
        ("1.200.000 €", "1200000", "EUR"),
        ("€ 99,9", "99.9", "EUR"),
        ("0.5 GBP", "0.5", "GBP"),
        ("500,- kr", "500", "SEK"),
        ("NOK 250 on the phone", "250", "NOK"),
        ("12 000 kr, paid", "12000", "SEK"),
        (" 7 ", "7", None),
    ],
)
def test_a_price(text: str, amount: str, currency: str | None) -> None:
    """However it is written."""
    assert read_money(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kr",
        "later",
        "2 cars",
        "24h",
        "2026-11-23",
        "12:30",
        "1.2.3",
        "12,0000",
        "1.200,500",
        "12 krona",
        "-5 kr",
        "call 070 174 06 41",
        "1e9",
        str(MOST + 1),
    ],
)
def test_no_price(text: str) -> None:
    """A number is not guessed to be one."""
    assert read_money(text) is None


def test_the_number_of_a_price() -> None:
    """Whole where it is whole, as JSON has it."""
    assert repr(Money(Decimal(12000)).number) == "12000"
    assert repr(Money(Decimal("99.9")).number) == "99.9"
