"""Numbers as WhatsApp reads them."""

import pytest

from kaisa_relay.simulator.people.numbers import calling_code, is_bsuid, read_recipient, spellings


@pytest.mark.parametrize(
    ("number", "code"),
    [("46700000001", "46"), ("15550001111", "1"), ("79000000000", "7"), ("358400000000", "358")],
)
def test_calling_code(number: str, code: str) -> None:
    """One, two or three digits."""
    assert calling_code(number) == code


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("+34 600-000 (001)", "34600000001"),
        ("0700000001", "460700000001"),
        ("34600000001", "4634600000001"),
    ],
)
def test_without_plus_the_channels_calling_code_comes_first(typed: str, read: str) -> None:
    """The trap Meta documents: even a full number without `+` is read as a local one."""
    assert read_recipient(typed, "46100000001") == read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5511987654321", "551187654321"),
        ("5215512345678", "525512345678"),
        ("5491112345678", "541112345678"),
    ],
)
def test_brazil_mexico_and_argentina_have_two_spellings(one: str, other: str) -> None:
    """Each leads to the other."""
    assert spellings(one) == (one, other)
    assert spellings(other) == (other, one)


def test_other_numbers_have_one_spelling() -> None:
    """A Swedish number, and a Brazilian landline."""
    assert spellings("46700000001") == ("46700000001",)
    assert spellings("551132345678") == ("551132345678",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("US.13491208655302741918", True), ("US.ENT.1a", True), ("us.1", False), ("+46", False)],
)
def test_is_bsuid(text: str, expected: bool) -> None:
    """Country, dot, letters and digits."""
    assert is_bsuid(text) is expected
