"""Channel tokens at rest: sealed with a key derived from `KAISA_SECRET_KEY`.

Rule 1: the first key seals, every key opens; so a new one is put in front and the old one kept.
Rule 2: neither a token nor a key is in any error, log or repr.
"""

import base64
from typing import Final, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

PURPOSE: Final = "channel tokens"
"""What `Settings.derived_key` derives our keys for."""


class WrongSecretKey(Exception):
    """A token was sealed with a key that is not among those given."""

    def __init__(self) -> None:
        super().__init__(
            "KAISA_SECRET_KEY does not open a stored token or app secret: "
            "add the value that it had when that was stored, behind a comma"
        )


class TokenCipher:
    """Seals and opens channel tokens."""

    def __init__(self, fernet: MultiFernet) -> None:
        self._fernet = fernet

    @classmethod
    def of(cls, *keys: bytes) -> Self:
        """Build a cipher from one or more keys of 32 random bytes, the newest first."""
        return cls(MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys]))

    def seal(self, token: str) -> bytes:
        """Encrypt and authenticate a token with the newest key."""
        return self._fernet.encrypt(token.encode())

    def open(self, sealed: bytes) -> str:
        """Return the token, or raise `WrongSecretKey`."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise WrongSecretKey from None
