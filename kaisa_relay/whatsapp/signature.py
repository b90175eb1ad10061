"""Is this webhook from Meta? HMAC-SHA256 of the raw body under the app's secret."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

_FORM: Final = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII | re.IGNORECASE)


def verify(body: bytes, header: str | None, secrets: Sequence[bytes]) -> bool:
    """Say whether `X-Hub-Signature-256` signs these very bytes under one of the secrets.

    Every secret is tried, in constant time each, so that rotation needs no downtime.
    """
    match = _FORM.fullmatch(header or "")
    if match is None:
        return False
    given = bytes.fromhex(match[1])
    matches = [
        hmac.compare_digest(hmac.digest(secret, body, hashlib.sha256), given) for secret in secrets
    ]
    return any(matches)
