"""Heads as plain as nearly all of them are, read without llhttp and mostly from memory.

Rule 1: what is read here is what `head.parse_head` reads; whatever could be read in two ways, or
says anything about connection, coding or expectation, is left to it.
"""

import re
from functools import lru_cache
from typing import Final

from kaisa_relay.listener.messages import Sizes

Field = tuple[bytes, bytes]
Plain = tuple[str, str, dict[bytes, bytes], int]
"""Method, path, fields by their names in lower case, and length of the body."""

SHORT: Final = 80
"""Bytes of a line that is worth remembering: signatures are longer, and another each time."""
MOST_DIGITS: Final = 9
_START: Final = re.compile(rb"(GET|HEAD|POST) (/[A-Za-z0-9._~/-]*) HTTP/1\.1")
_FIELD: Final = re.compile(rb"([A-Za-z][A-Za-z0-9-]*): ([!-~]+(?: [!-~]+)*)")
_TELLING: Final = (
    b"connection",
    b"expect",
    b"keep-alive",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
)


def read_plain(head: bytes, sizes: Sizes) -> Plain | None:
    """Return what a whole head says, its empty line included; None where it is not plain."""
    start, *lines, _, _ = head.split(b"\r\n")
    begun = _start(start)
    if begun is None or len(lines) > sizes.fields:
        return None
    fields: dict[bytes, bytes] = {}
    for line in lines:
        field = _remembered(line) if len(line) <= SHORT else _field(line)
        if field is None:
            return None
        fields[field[0]] = field[1]
    length = fields.get(b"content-length", b"0")
    if len(fields) != len(lines) or b"host" not in fields or not length.isdigit():
        return None
    if len(length) > MOST_DIGITS or int(length) > sizes.body:
        return None
    return *begun, fields, int(length)


@lru_cache(maxsize=64)
def _start(line: bytes) -> tuple[str, str] | None:
    match = _START.fullmatch(line)
    return None if match is None else (match[1].decode(), match[2].decode())


def _field(line: bytes) -> Field | None:
    match = _FIELD.fullmatch(line)
    if match is None:
        return None
    name = match[1].lower()
    return None if name in _TELLING else (name, match[2])


_remembered: Final = lru_cache(maxsize=1024)(_field)
