"""Numbers as people type them, as WhatsApp calls them, and which may be one person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.phone import BadPhone, Phone, candidates, from_wa_id, parse


@pytest.mark.parametrize(
    ("raw", "region", "phone"),
    [
        ("+46701234567", None, "+46701234567"),
        ("  +46 70 123 45 67 ", None, "+46701234567"),
        ("+46 (0)70-123 45 67", None, "+46701234567"),
        ("0046 70 123 45 67", None, "+46701234567"),
        ("0046 70 123 45 67", "US", "+46701234567"),
        ("011 46 70 123 45 67", "US", "+46701234567"),
        ("070-123 45 67", "SE", "+46701234567"),
        ("070-123 45 67", " se ", "+46701234567"),
        ("(070) 123.45.67", "SE", "+46701234567"),
        ("(212) 555-0100", "US", "+12125550100"),
        ("06 12345678", "IT", "+390612345678"),
        ("+39 06 12345678", "SE", "+390612345678"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("(11) 98765-4321", "BR", "+5511987654321"),
        ("\uff0b\uff14\uff16 \uff17\uff10 123 45 67", None, "+46701234567"),
        ("612 34 56 78", "ES", "+34612345678"),
    ],
)
def test_reads_what_people_write(raw: str, region: str | None, phone: str) -> None:
    """Spaces, brackets, 00, trunk zeros and national forms all end in E.164."""
    assert parse(raw, region) == phone


@pytest.mark.parametrize(
    ("raw", "region", "reason"),
    [
        ("", None, "empty"),
        ("   ", "SE", "empty"),
        ("070-123 45 67", None, "international prefix"),
        ("070-123 45 67", "XX", "'XX' is not a region"),
        ("+46701234567", "Sweden", "'SWEDEN' is not a region"),
        ("hello", "SE", "not a phone number"),
        ("+46 70", None, "too short"),
        ("+46 70 123 45 67 89 01", None, "too long"),
        ("+999 123 456 789", None, "country code does not exist"),
        ("555-0100", "US", "area code"),
        ("+1 212 555 0100 ext. 5", None, "extension"),
        ("+4670123456" + "7" * 40, None, "longer than 40"),
        ("00", None, "not a phone number"),
    ],
)
def test_refuses_with_a_reason_that_helps(raw: str, region: str | None, reason: str) -> None:
    """The reason says what to mend and never repeats the number."""
    refused = parse(raw, region)
    assert isinstance(refused, BadPhone)
    assert reason in refused.reason
    assert not raw.strip() or raw.strip() not in refused.reason


@given(st.text(max_size=60), st.none() | st.sampled_from(["SE", "US", "BR", "AR", "MX", "zz", ""]))
def test_any_text_is_read_or_refused(raw: str, region: str | None) -> None:
    """Parsed to a number that reads as itself, or refused; never an exception."""
    phone = parse(raw, region)
    if not isinstance(phone, BadPhone):
        assert from_wa_id(phone.removeprefix("+")) in (phone, None)
        assert parse(phone, None) == phone


@pytest.mark.parametrize(
    ("digits", "phone"),
    [
        ("46701234567", "+46701234567"),
        ("+46701234567", "+46701234567"),
        ("553187654321", "+553187654321"),
        ("", None),
        ("0701234567", None),
        ("12345", None),
        ("1234567890123456", None),
        ("46 70", None),
        ("٤٦٧٠١٢٣٤٥٦٧", None),
        ("SE.13491208655302741918", None),
    ],
)
def test_wa_ids(digits: str, phone: str | None) -> None:
    """Only plain digits of a possible length are a number."""
    assert from_wa_id(digits) == phone


@pytest.mark.parametrize(
    ("phone", "others"),
    [
        ("+46701234567", ()),
        ("+5531987654321", ("+553187654321",)),
        ("+553187654321", ("+5531987654321",)),
        ("+553133334444", ()),
        ("+5531933334444", ()),
        ("+5215512345678", ("+525512345678",)),
        ("+525512345678", ("+5215512345678",)),
        ("+5491123456789", ("+541123456789",)),
        ("+541123456789", ("+5491123456789",)),
    ],
)
def test_candidates(phone: str, others: tuple[str, ...]) -> None:
    """The number itself comes first, then its twin; landlines have none."""
    assert candidates(Phone(phone)) == (phone, *others)


@given(st.from_regex(r"\+(55|52|54)[0-9]{9,11}", fullmatch=True))
def test_candidates_are_mutual(text: str) -> None:
    """Whoever is found from one form is found from the other: the relation is symmetric."""
    for other in candidates(Phone(text)):
        assert set(candidates(other)) == set(candidates(Phone(text)))
