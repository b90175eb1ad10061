"""Bytes of an answer.

Rule 1: the same value gives the same bytes.
Rule 2: answers hold personal data, so nobody on the way may keep them.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final

import msgspec
from quart import Response

JSON: Final = "application/json"
_NO_CONTENT: Final = 204
"""An answer of which nothing follows, and which may not say how long that is (RFC 9110, 8.6)."""
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
    response = _kept_by_nobody(Response(body, status, content_type=media_type), headers or {})
    if status == _NO_CONTENT:
        for name in ("Content-Length", "Content-Type"):
            response.headers.pop(name, None)
    return response


def streamed(
    parts: AsyncIterator[bytes], media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a response whose bytes are made while they are sent."""
    return _kept_by_nobody(Response(parts, content_type=media_type), headers or {})


def _kept_by_nobody(response: Response, headers: Mapping[str, str]) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    for name, value in headers.items():
        response.headers[name] = value
    return response
