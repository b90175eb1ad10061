"""Passwords as they are stored: argon2id, with the second recommendation of RFC 9106 (64 MiB).

Rule 1: each call takes some 50 ms of CPU and 64 MiB, so it is made in a worker thread.
"""

import re
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
LONGEST: Final = 256
"""Characters (NIST SP 800-63B has no rules on what they are, nor have we)."""

_HASHER: Final = PasswordHasher(
    time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16, type=Type.ID
)
_HASH: Final = re.compile(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$[\w+/]{22}\$[\w+/]{43}", re.ASCII)
NOBODYS: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""The hash of no password: what a name without an account is checked against, for as long."""


def hash_password(password: str) -> str:
    """Return what is stored of a password, with a fresh salt."""
    return _HASHER.hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Say whether this is the password."""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def is_hash(text: str) -> bool:
    """Say whether a text is a hash of ours; another's costs could be anything."""
    return _HASH.fullmatch(text) is not None
