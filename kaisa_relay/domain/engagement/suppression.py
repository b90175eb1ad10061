"""Who is not to be written to: by which way, and how we know.

Rule 1: what keeps outreach back never holds up a talk: who writes to us is answered.
"""

from enum import StrEnum
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain.engagement.mail_address import read_mail_address
from kaisa_relay.domain.phone import BadPhone, parse

SUPPRESSED: Final = "they asked not to be written to"
"""Why a delivery was cancelled."""


class Way(StrEnum):
    """By which somebody can be reached."""

    EMAIL = "email"
    SMS = "sms"


class Source(StrEnum):
    """How we know."""

    LINK = "link"
    API = "api"


@frozen
class Address:
    """Where somebody can be reached: an e-mail address in small letters, or a number (E.164)."""

    way: Way
    text: str = field(repr=False)


def read_address(way: Way, text: str) -> Address | str:
    """Read an address as it is written to; otherwise say what it must be."""
    if way is Way.EMAIL:
        mail = read_mail_address(text)
        return "must be an e-mail address" if mail is None else Address(way, mail.lower())
    phone = parse(text, None)
    return phone.reason if isinstance(phone, BadPhone) else Address(way, phone)
