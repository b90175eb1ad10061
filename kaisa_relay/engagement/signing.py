"""Who a delivery is from: signatures after Standard Webhooks (github.com/standard-webhooks).

Rule 1: a message's id is the same however often it is tried, so that its receiver can tell.
"""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 24
"""The shortest that the standard allows, 192 bits."""


def write_secret(random: bytes) -> str:
    """Return a secret as receivers keep it."""
    return PREFIX + base64.b64encode(random).decode()


def signed_headers(secrets: Sequence[str], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of a message; each secret signs, so that one can be replaced."""
    seconds = str(int(at.timestamp()))
    signed = b".".join((id.encode(), seconds.encode(), body))
    signatures = [f"v1,{_signature(secret, signed)}" for secret in secrets]
    return {
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
