"""Answers to bytes."""

import re
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from kaisa_relay.listener.head import Head
from kaisa_relay.listener.messages import HeaderList, Refusal, Response

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_GOES_ON: Final = b""
CLOSES: Final = b"connection: close\r\n"
_STAYS: Final = b"connection: keep-alive\r\n"
_FIELD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[\t -~]*")

Refuse = Callable[[Refusal], Response]


def refuse_plainly(refusal: Refusal) -> Response:
    """Say a refusal as a line of text."""
    headers = ((b"content-type", b"text/plain; charset=utf-8"),)
    return Response(refusal.status, headers, f"{refusal.reason}\n".encode())


def encode(response: Response, date: bytes, connection: bytes, *, bodiless: bool = False) -> bytes:
    """Return an answer as sent; `date` and `connection` are lines, `bodiless` answers a HEAD."""
    length = b"content-length: %d\r\n" % len(response.body)
    start = _start(response.status, response.headers)
    body = b"" if bodiless else response.body
    return b"".join((start, length, date, connection, b"\r\n", body))


def connection_line(last: Head | None, *, closing: bool) -> bytes:
    """Return what the answer to the last request says about its connection."""
    if closing or last is None or not last.keep_alive:
        return CLOSES
    return _STAYS if last.one_zero else _GOES_ON


def date_line(now: datetime) -> bytes:
    """Return the Date of an answer; `now` is in UTC."""
    return f"date: {format_datetime(now, usegmt=True)}\r\n".encode()


@lru_cache(maxsize=256)
def _start(status: int, headers: HeaderList) -> bytes:
    """Return the lines of an answer that are the same each time."""
    lines = [b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode())]
    lines += [b"%s: %s" % field for field in headers]
    for line in lines[1:]:
        if _FIELD.fullmatch(line) is None:
            raise ValueError("a header of the answer would end its line")
    return b"".join(line + b"\r\n" for line in lines)
