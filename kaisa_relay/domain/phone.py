"""Phone numbers: what people type, what WhatsApp calls them, and which of those may be the same.

Rule 1: a `Phone` is E.164 with `+`; nothing else in the program parses or formats numbers.
Rule 2: equal persons may have several numbers; `candidates` widens a search, nothing narrows one.
"""

import re
from typing import Final, NewType

import phonenumbers
from attrs import frozen
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

Phone = NewType("Phone", str)

LONGEST_INPUT: Final = 40
"""Characters; the longest sensible way to write 15 digits is shorter."""

_WA_ID: Final = re.compile(r"\+?([1-9][0-9]{6,14})", re.ASCII)


@frozen
class BadPhone:
    """The input is no phone number; `reason` tells its author why, without repeating it."""

    reason: str


def parse(raw: str, region: str | None) -> Phone | BadPhone:
    """Read a number as people write it; `region` (ISO 3166 alpha-2) is for those without prefix."""
    region = region.strip().upper() if region else None
    if region and region not in phonenumbers.SUPPORTED_REGIONS:
        return BadPhone(f"{region[:10]!r} is not a region; use two letters such as SE")
    text = raw.strip()
    if not text:
        return BadPhone("the number is empty")
    if len(text) > LONGEST_INPUT:
        return BadPhone(f"the number is longer than {LONGEST_INPUT} characters")
    if text.startswith("00"):
        # Most of the world dials 00 for abroad; where it means something else, the region decides.
        abroad = _parse("+" + text[2:], None)
        if region is None or not isinstance(abroad, BadPhone):
            return abroad
    return _parse(text, region)


def _parse(text: str, region: str | None) -> Phone | BadPhone:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as problem:
        if problem.error_type == _NO_COUNTRY and region is None and text[0] not in "+\uff0b":
            return BadPhone("the number needs an international prefix such as +46, or a region")
        return BadPhone(_UNREADABLE.get(problem.error_type, "this is not a phone number"))
    if number.extension:
        return BadPhone("the number has an extension, which WhatsApp cannot reach")
    return _possible(number)


def _possible(number: PhoneNumber) -> Phone | BadPhone:
    result = phonenumbers.is_possible_number_with_reason(number)
    if result == ValidationResult.IS_POSSIBLE:
        return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return BadPhone(_IMPOSSIBLE.get(result, _NO_LENGTH).format(code=number.country_code))


_NO_COUNTRY: Final = NumberParseException.INVALID_COUNTRY_CODE
_UNREADABLE: Final[dict[int, str]] = {
    _NO_COUNTRY: "the country code does not exist",
    NumberParseException.TOO_SHORT_AFTER_IDD: "the number ends after its international prefix",
    NumberParseException.TOO_SHORT_NSN: "the number is too short",
    NumberParseException.TOO_LONG: "the number is too long",
}
_NO_LENGTH: Final = "no number of country code +{code} has this length"
_IMPOSSIBLE: Final[dict[int, str]] = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "the number lacks its area code",
    ValidationResult.INVALID_COUNTRY_CODE: "the country code +{code} does not exist",
    ValidationResult.TOO_SHORT: "the number is too short for country code +{code}",
    ValidationResult.TOO_LONG: "the number is too long for country code +{code}",
}


def from_wa_id(digits: str) -> Phone | None:
    """Return the number behind a wa_id, or None when it is not 7 to 15 digits.

    It need not be the number that the person typed: WhatsApp keeps old forms (see `candidates`).
    """
    match = _WA_ID.fullmatch(digits)
    return Phone("+" + match[1]) if match else None


def candidates(phone: Phone) -> tuple[Phone, ...]:
    """Return the numbers under which WhatsApp may know the owner of this one, itself first.

    Brazil's ninth digit (only before a mobile's old first digit, 6 to 9, so that no landline is
    met), Mexico's 1 and Argentina's 9 after the country code (Cloud API reference, section 7).
    """
    for pattern, other in _TWINS:
        if match := pattern.fullmatch(phone):
            return phone, Phone(match.expand(other))
    return (phone,)


_TWINS: Final = tuple(
    (re.compile(pattern), other)
    for pattern, other in (
        (r"\+55(\d\d)9([6-9]\d{7})", r"+55\1\2"),
        (r"\+55(\d\d)([6-9]\d{7})", r"+55\g<1>9\2"),
        (r"\+521(\d{10})", r"+52\1"),
        (r"\+52(\d{10})", r"+521\1"),
        (r"\+549(\d{10})", r"+54\1"),
        (r"\+54(\d{10})", r"+549\1"),
    )
)
