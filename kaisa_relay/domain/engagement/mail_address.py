"""E-mail addresses, as strictly as mail servers take them.

Rule 1: what passes holds nothing that could begin another header or name another receiver.
"""

import re
from email.utils import parseaddr
from typing import Final

LONGEST: Final = 254
"""Characters of an address (RFC 5321)."""
LONGEST_NAME: Final = 100
_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def read_mail_address(text: str) -> str | None:
    """Return one address with its domain in ASCII and small letters; None for anything else."""
    local, at, domain = text.strip().rpartition("@")
    try:
        labels = domain.encode("idna").decode().lower().split(".")
    except UnicodeError:
        return None
    good = at and len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    if not good or not _LOCAL.fullmatch(local):
        return None
    address = f"{local}@{'.'.join(labels)}"
    return address if len(address) <= LONGEST else None


def read_mailbox(text: str) -> tuple[str, str] | None:
    """Return name and address of `Acme <hello@acme.example>`, or of an address alone."""
    if any(not each.isprintable() for each in text):
        return None
    name, address = parseaddr(text)
    read = read_mail_address(address)
    if read is None or len(name) > LONGEST_NAME or (not name and text.strip() != address):
        return None
    return name, read
