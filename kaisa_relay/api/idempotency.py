"""How a repeat of a request is known: by its `Idempotency-Key` and all that it says."""

from hashlib import sha256
from typing import Final

from quart import Request

from kaisa_relay.api.problems import FieldError, Problem, invalid
from kaisa_relay.ports.faces import Repeatable

LONGEST_KEY: Final = 255
"""Characters of an `Idempotency-Key`."""


def read_repeatable(request: Request, body: bytes) -> Repeatable | Problem | None:
    """Return the request's key with a hash of its method, path and body; None without a key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        reason = f"must have 1 to {LONGEST_KEY} printable ASCII characters"
        return invalid(FieldError("Idempotency-Key", reason))
    said = b"\0".join((request.method.encode(), request.path.encode(), body))
    return Repeatable(key, sha256(said).digest())
