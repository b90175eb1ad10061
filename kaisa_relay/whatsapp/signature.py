"""Is this webhook from Meta? HMAC-SHA256 of the raw body under the app's secret."""

import hmac
from collections.abc import Sequence
from typing import Final

_START: Final = "sha256="
_LENGTH: Final = len(_START) + 64


def verify(body: bytes, header: str | None, secrets: Sequence[bytes]) -> bool:
    """Say whether `X-Hub-Signature-256` signs these very bytes under one of the secrets.

    Every secret is tried, in constant time each, so that rotation needs no downtime.
    """
    if header is None or len(header) != _LENGTH or not header.isascii():
        return False
    given = header.lower()
    matches = False
    for secret in secrets:
        signed = _START + hmac.digest(secret, body, "sha256").hex()
        matches |= hmac.compare_digest(signed, given)
    return matches
