"""The head of a request: its bytes, found whole, to what they say or why they say nothing.

Rule 1: the head is judged whole, so the outcome cannot depend on how its bytes arrived.
Rule 2: llhttp reads the fields; what it is lenient about (double spaces, HTTP/0.9 with a bare
line feed, other protocols' versions, trailing blanks) is refused or mended here.
"""

import re
from typing import Final

import httptools
from attrs import frozen

from kaisa_relay.listener.messages import HeaderList, Refusal, Sizes

END: Final = b"\r\n\r\n"
BLANKS: Final = b" \t"
_ABSOLUTE: Final = re.compile(rb"https?://[^/?]+", re.IGNORECASE)
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ ")
_VERSIONS: Final = {b"HTTP/1.1": False, b"HTTP/1.0": True}
_FRAMING: Final = frozenset(
    {b"content-length", b"transfer-encoding", b"connection", b"expect", b"host"}
)


@frozen
class Framing:
    """Where a request ends, and what follows its answer."""

    length: int | None
    """Bytes of the body; None when it comes in chunks."""
    one_zero: bool
    """Whether it is HTTP/1.0, where an answer must say that the connection goes on."""
    keep_alive: bool
    wants_continue: bool


@frozen
class Head:
    """A request without its body."""

    method: str
    path: str
    query: str
    headers: HeaderList
    framing: Framing


def find_end(received: bytes | bytearray, sizes: Sizes) -> int | Refusal | None:
    """Return where the first head ends; None while it may still come.

    One empty line before it is allowed (RFC 9112, 2.2). What cannot become a head is refused at
    once: somebody who speaks TLS here, or ends lines without CR, would wait for the deadline.
    """
    start = 2 if received.startswith(b"\r\n") else 0
    first = received[start : start + 1]
    if first and not first.isalpha() and received != b"\r":
        return Refusal.MALFORMED
    end = received.find(END, start, sizes.head)
    seen = end if end >= 0 else min(len(received), sizes.head)
    if received.count(b"\n", 0, seen) != received.count(b"\r\n", 0, seen):
        return Refusal.MALFORMED
    if end >= 0:
        return end + len(END)
    return Refusal.HEAD_TOO_LARGE if len(received) >= sizes.head else None


def parse_head(head: bytes, sizes: Sizes) -> Head | Refusal:
    """Return what a whole head says, its empty line included."""
    head = head.removeprefix(b"\r\n")
    parts = head[: head.find(b"\r\n")].split(b" ")
    if len(parts) != 3 or not all(parts):
        return Refusal.MALFORMED
    method, target, version = parts
    if version not in _VERSIONS:
        return Refusal.VERSION if version.startswith(b"HTTP/") else Refusal.MALFORMED
    fields = _read_fields(head)
    if isinstance(fields, Refusal):
        return fields
    if len(fields) > sizes.fields:
        return Refusal.HEAD_TOO_LARGE
    address = _read_target(method, target)
    if isinstance(address, Refusal):
        return address
    framing = _read_framing(fields, sizes, one_zero=_VERSIONS[version])
    if isinstance(framing, Refusal):
        return framing
    return Head(method.decode("ascii"), *address, tuple(fields), framing)


class _Fields(list[tuple[bytes, bytes]]):
    """What llhttp finds; the name of the method is its."""

    whole = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.append((name.lower(), value.rstrip(BLANKS)))

    def on_headers_complete(self) -> None:
        self.whole = True


def _read_fields(head: bytes) -> list[tuple[bytes, bytes]] | Refusal:
    fields = _Fields()
    try:
        httptools.HttpRequestParser(fields).feed_data(head)
    except httptools.HttpParserUpgrade:
        pass  # nothing is upgraded to: the request is answered as if it had not asked
    except httptools.HttpParserInvalidMethodError:
        return Refusal.UNKNOWN_METHOD if _TOKEN.match(head) else Refusal.MALFORMED
    except httptools.HttpParserError:
        pass  # of a whole head it dislikes only the coding, which is judged below with its reason
    return fields if fields.whole else Refusal.MALFORMED


def _read_target(method: bytes, target: bytes) -> tuple[str, str] | Refusal:
    """Return path and query of any of the four forms (RFC 9112, 3.2)."""
    if method == b"CONNECT":
        return Refusal.UNKNOWN_METHOD
    if b"#" in target:
        return Refusal.MALFORMED
    if target == b"*" and method == b"OPTIONS":
        return "*", ""
    if not target.startswith(b"/"):
        absolute = _ABSOLUTE.match(target)
        if absolute is None:
            return Refusal.MALFORMED
        target = b"/" + target[absolute.end() :].removeprefix(b"/")
    path, _, query = target.decode("ascii").partition("?")
    return path, query


def _read_framing(
    fields: list[tuple[bytes, bytes]], sizes: Sizes, *, one_zero: bool
) -> Framing | Refusal:
    known: dict[bytes, bytes] = {}
    for name, value in fields:
        if name in _FRAMING:
            if name in known and name != b"connection":
                return Refusal.MALFORMED
            known[name] = known[name] + b"," + value if name in known else value
    if not one_zero and b"host" not in known:
        return Refusal.MALFORMED
    length = _read_length(known, one_zero)
    if isinstance(length, Refusal):
        return length
    if length is not None and length > sizes.body:
        return Refusal.BODY_TOO_LARGE
    keep_alive = _keeps_alive(known.get(b"connection"), one_zero)
    # Other expectations may be ignored (RFC 9110, 10.1.1), and so may this one, by HTTP/1.0.
    expects = not one_zero and known.get(b"expect", b"").lower() == b"100-continue"
    return Framing(length, one_zero, keep_alive, expects)


def _read_length(known: dict[bytes, bytes], one_zero: bool) -> int | Refusal | None:
    length = known.get(b"content-length")
    coding = known.get(b"transfer-encoding")
    if coding is None:
        if length is None:
            return 0
        return int(length) if length.isdigit() else Refusal.MALFORMED
    if length is not None or one_zero:
        return Refusal.MALFORMED
    return None if coding.lower() == b"chunked" else Refusal.UNKNOWN_CODING


def _keeps_alive(connection: bytes | None, one_zero: bool) -> bool:
    if connection is None:
        return not one_zero
    options = {option.strip(BLANKS) for option in connection.lower().split(b",")}
    return b"close" not in options and (not one_zero or b"keep-alive" in options)
