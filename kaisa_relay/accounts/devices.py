"""Devices on which somebody has signed in: what others guess elsewhere does not lock these out.

Rule 1: a device is proved by its account's password hash, which nobody outside has: nothing is
stored, and a new password makes every device a stranger.
Rule 2: it opens nothing by itself, and has its own few guesses (OWASP, "device cookies").
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Final

NONCE_BYTES: Final = 16
_LONGEST: Final = 128
"""Characters; ours have 67."""


def new_device(password_hash: str, random: Callable[[int], bytes]) -> str:
    """Return the proof for a device that was just used to sign in; `random(n)` gives n bytes."""
    nonce = _text(random(NONCE_BYTES))
    return f"{nonce}.{_proof(password_hash, nonce)}"


def known_device(password_hash: str, device: str | None) -> str | None:
    """Return what a device is called that proves itself; None for any other text."""
    if device is None or len(device) > _LONGEST or not device.isascii():
        return None
    nonce, _, proof = device.partition(".")
    return nonce if hmac.compare_digest(proof, _proof(password_hash, nonce)) else None


def _proof(password_hash: str, nonce: str) -> str:
    return _text(hmac.digest(password_hash.encode(), f"device {nonce}".encode(), "sha256"))


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")
