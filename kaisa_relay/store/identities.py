"""How a person is found: the kinds of row in `identity`.

Rule 1: a number is the same person everywhere; a BSUID only within its business portfolio.
"""

from kaisa_relay.domain.phone import Phone

Key = tuple[str, str, str]
"""Portfolio, kind and value."""


def phone_key(phone: Phone) -> Key:
    """Return the key of a phone number."""
    return "", "phone", phone


def wa_id_key(wa_id: str) -> Key:
    """Return the key of a wa_id, which may differ from the number that people know."""
    return "", "wa_id", wa_id


def bsuid_key(portfolio: str, bsuid: str) -> Key:
    """Return the key of a BSUID, which means nothing outside its portfolio."""
    return portfolio, "bsuid", bsuid
