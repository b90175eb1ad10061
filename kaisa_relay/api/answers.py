"""Bytes of an answer.

Rule 1: the same value gives the same bytes.
Rule 2: answers hold personal data, so nobody on the way may keep them.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from quart import Response

JSON: Final = "application/json"
_ENCODER: Final = msgspec.json.Encoder()


def json_answer(
    value: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = JSON,
) -> Response:
    """Return a response with `value` as JSON; instants as RFC 3339 in UTC."""
    return answer(_ENCODER.encode(value), status, headers, media_type)


def answer(
    body: bytes,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = "text/plain; charset=utf-8",
) -> Response:
    """Return a response with these bytes."""
    response = Response(body, status, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response
