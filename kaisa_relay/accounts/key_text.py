"""API keys as text: `kr_<id>_<secret><checksum>`, where only a hash of the whole is ever stored.

Rule 1: the id finds the key, the hash proves it, the checksum tells a typing error from an attack.
Rule 2: a key is shown once, when it is made.
"""

import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain.ids import KEY, from_text, to_text

PREFIX: Final = "kr"
SECRET_BYTES: Final = 32

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH: Final = 43
"""Characters of base 62 that hold 32 bytes."""
_CHECKSUM_LENGTH: Final = 6
"""Characters of base 62 that hold a CRC-32."""
_LENGTH: Final = len(PREFIX) + 1 + 13 + 1 + _SECRET_LENGTH + _CHECKSUM_LENGTH


@frozen
class NewKey:
    """A key as it is made: its text goes to its owner, its hash to the store."""

    text: str = field(repr=False)
    hash: bytes = field(repr=False)


@frozen
class PresentedKey:
    """A key as a request brings it; nothing is proved yet."""

    id: int
    hash: bytes = field(repr=False)


def new_key(id: int, random: Callable[[int], bytes]) -> NewKey:
    """Make the key with this id; `random(n)` gives n unpredictable bytes."""
    secret = _base62(int.from_bytes(random(SECRET_BYTES)), _SECRET_LENGTH)
    body = f"{PREFIX}_{_id_text(id)}_{secret}"
    text = body + _checksum(body)
    return NewKey(text, _hash(text))


def read_key(text: str) -> PresentedKey | None:
    """Read a bearer's text, or return None when no key of ours looks like this."""
    if len(text) != _LENGTH or not text.isascii():
        return None
    body, checksum = text[:-_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    prefix, _, rest = body.partition("_")
    id = from_text(KEY, f"{KEY}_{rest.partition('_')[0]}")
    if prefix != PREFIX or id is None or checksum != _checksum(body):
        return None
    return PresentedKey(id, _hash(text))


def _id_text(id: int) -> str:
    return to_text(KEY, id).partition("_")[2]


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM_LENGTH)


def _base62(number: int, length: int) -> str:
    characters = []
    for _ in range(length):
        number, value = divmod(number, len(_DIGITS))
        characters.append(_DIGITS[value])
    return "".join(reversed(characters))
