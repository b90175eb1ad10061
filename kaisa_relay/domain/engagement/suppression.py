"""Who is not to be written to: by which way, and how we know.

Rule 1: what keeps outreach back never holds up a talk: who writes to us is answered.
Rule 2: somebody on WhatsApp is their number, or their BSUID where they show none.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain.engagement.mail_address import read_mail_address
from kaisa_relay.domain.phone import BadPhone, Phone, candidates, parse

SUPPRESSED: Final = "they asked not to be written to"
"""Why a delivery was cancelled."""
STOPPED_MARKETING: Final = 131050
"""Meta's code for a person who stopped a business's marketing messages (reference, 4.12)."""
_BSUID: Final = re.compile(r"[A-Z]{2}\.[A-Za-z0-9._-]{1,120}", re.ASCII)


class Way(StrEnum):
    """By which somebody can be reached."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Source(StrEnum):
    """How we know."""

    LINK = "link"
    """They pressed the link of a mail."""
    CHAT = "chat"
    """They wrote it to us on WhatsApp."""
    PREFERENCE = "preference"
    """They told WhatsApp, which told us."""
    REFUSED = "refused"
    """WhatsApp or a provider refused a message for it."""
    API = "api"
    OPERATOR = "operator"


HEARSAY: Final = frozenset({Source.PREFERENCE, Source.REFUSED})
"""What others say of somebody's wish: their own word counts more, and others can take it back."""


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
    if way is Way.WHATSAPP and _BSUID.fullmatch(text):
        return Address(way, text)
    phone = parse(text, None)
    return phone.reason if isinstance(phone, BadPhone) else Address(way, phone)


def on_whatsapp(phone: Phone | None, bsuid: str | None) -> tuple[Address, ...]:
    """Return where outreach on WhatsApp reaches somebody."""
    known = phone or bsuid
    return (Address(Way.WHATSAPP, known),) if known else ()


def by_telephone(phone: Phone | None, bsuid: str | None) -> tuple[Address, ...]:
    """Return where outreach reaches somebody by text message and on WhatsApp."""
    sms = (Address(Way.SMS, phone),) if phone else ()
    return (*sms, *on_whatsapp(phone, bsuid))


def alike(address: Address) -> tuple[Address, ...]:
    """Return every form in which an address may be on the list, itself first."""
    if address.way is Way.EMAIL or not address.text.startswith("+"):
        return (address,)
    return tuple(Address(address.way, each) for each in candidates(Phone(address.text)))


def ways_of(addresses: Iterable[Address]) -> tuple[Way, ...]:
    """Return the ways of addresses, each once, in a fixed order."""
    named = {each.way for each in addresses}
    return tuple(way for way in Way if way in named)
