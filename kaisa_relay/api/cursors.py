"""Where a list goes on: an opaque text that only the list it came from takes back.

Rule 1: a cursor holds one of our numbers and nothing secret; it is checked, not trusted.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error, crc32
from enum import Enum
from struct import Struct
from typing import Final

_LAYOUT: Final = Struct(">cQI")
_LENGTH: Final = 18
"""Characters of base64 that hold the 13 bytes, without padding."""
_LIMIT: Final = 1 << 63


class Listing(Enum):
    """The lists that have pages."""

    CONVERSATIONS = b"c"
    MESSAGES = b"m"
    EVENTS = b"e"
    AGENTS = b"a"
    BLOCKS = b"b"
    DELIVERIES = b"d"
    SUPPRESSIONS = b"s"
    EXPORTS = b"x"
    AUDIT = b"u"


def write_cursor(listing: Listing, number: int) -> str:
    """Return the cursor that goes on after `number`."""
    packed = _LAYOUT.pack(listing.value, number, _check(listing, number))
    return urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(listing: Listing, text: str) -> int | None:
    """Return the number in a cursor of this list, or None when we never gave out such a one."""
    if len(text) != _LENGTH or not text.isascii():
        return None
    try:
        packed = urlsafe_b64decode(text + "==")
    except Error:
        return None
    if len(packed) != _LAYOUT.size:
        return None
    _, number, _ = _LAYOUT.unpack(packed)
    return number if number < _LIMIT and write_cursor(listing, number) == text else None


def _check(listing: Listing, number: int) -> int:
    return crc32(listing.value + number.to_bytes(8))
