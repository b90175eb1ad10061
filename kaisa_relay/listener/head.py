"""The head of a request: its bytes, found whole, to what they say or why they say nothing.

Rule 1: the head is judged whole, so the outcome cannot depend on how its bytes arrived.
Rule 2: llhttp reads the fields; what it is lenient about (double spaces, HTTP/0.9 with a bare
line feed, other protocols' versions, trailing blanks) is refused or mended here.
"""

import re
from contextlib import suppress
from typing import Final

import httptools
from attrs import define

from kaisa_relay.listener.messages import Refusal, Sizes
from kaisa_relay.listener.plain import read_plain

END: Final = b"\r\n\r\n"
BLANKS: Final = b" \t"
_ABSOLUTE: Final = re.compile(rb"https?://[^/?]+", re.IGNORECASE)
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ ")
_VERSIONS: Final = {b"HTTP/1.1": False, b"HTTP/1.0": True}
_ONLY_ONCE: Final = (b"content-length", b"transfer-encoding", b"host", b"expect")
Fields = dict[bytes, bytes]


@define(eq=False)
class Head:
    """A request without its body, where it ends, and what follows its answer."""

    method: str
    path: str
    query: str
    headers: Fields
    length: int | None
    """Bytes of the body; None when it comes in chunks."""
    one_zero: bool
    """Whether it is HTTP/1.0, where an answer must say that the connection goes on."""
    keep_alive: bool
    wants_continue: bool


def find_end(received: bytes, sizes: Sizes) -> int | Refusal | None:
    """Return where the first head ends; None while it may still come.

    What cannot become a head is refused at once: somebody who speaks TLS here, or ends lines
    without CR, would wait for the deadline.
    """
    end = received.find(END, 0, sizes.head)
    if end >= 0:
        return end + len(END)
    if _is_hopeless(received[: sizes.head]):
        return Refusal.MALFORMED
    return Refusal.HEAD_TOO_LARGE if len(received) >= sizes.head else None


def parse_head(head: bytes, sizes: Sizes) -> Head | Refusal:
    """Return what a whole head says, its empty line included.

    One empty line before it is ignored (RFC 9112, 2.2).
    """
    plain = read_plain(head, sizes)
    if plain is not None:
        method, path, fields, length = plain
        return Head(method, path, "", fields, length, False, True, False)
    parsed = parse_unusual(head.removeprefix(b"\r\n"), sizes)
    if isinstance(parsed, Refusal) and _is_hopeless(head):
        return Refusal.MALFORMED  # as `find_end` would have said, had it come in pieces
    return parsed


def _is_hopeless(head: bytes) -> bool:
    """Say whether no request begins like this: no method, or a line that ends with LF alone."""
    first = head.removeprefix(b"\r\n")[:1]
    if first and not first.isalpha() and head != b"\r":
        return True
    return head.count(b"\n") != head.count(b"\r\n")


def parse_unusual(head: bytes, sizes: Sizes) -> Head | Refusal:
    """Return what a head says that need not be plain; no empty line is before it."""
    parts = head[: head.find(b"\r\n")].split(b" ")
    if len(parts) != 3 or not head[:1].isalpha():  # llhttp skips line ends of any kind
        return Refusal.MALFORMED
    method, target, version = parts
    if version not in _VERSIONS:
        return Refusal.VERSION if version.startswith(b"HTTP/") else Refusal.MALFORMED
    fields = _read_fields(head, sizes)
    if isinstance(fields, Refusal):
        return fields
    address = _read_target(method, target)
    if isinstance(address, Refusal):
        return address
    one_zero = _VERSIONS[version]
    length = _read_length(fields, one_zero, sizes)
    if isinstance(length, Refusal):
        return length
    # Other expectations may be ignored (RFC 9110, 10.1.1), and so may this one, by HTTP/1.0.
    expects = not one_zero and fields.get(b"expect", b"").lower() == b"100-continue"
    connection = fields.get(b"connection")
    keep_alive = _keeps_alive(connection, one_zero) if connection else not one_zero
    path, query = address
    return Head(method.decode(), path, query, fields, length, one_zero, keep_alive, expects)


class _Heard:
    """What llhttp reports: each field to a method of `dict`, which spares a call of ours."""

    __slots__ = ("on_header",)

    def __init__(self, fields: Fields) -> None:
        self.on_header = fields.__setitem__


class _Complaint(_Heard):
    """The same for a head that llhttp dislikes: was it a field, or what they say together?"""

    whole = False

    def on_headers_complete(self) -> None:
        self.whole = True


def _read_fields(head: bytes, sizes: Sizes) -> Fields | Refusal:
    """Return the fields by their names in lower case; see `Request.headers`."""
    heard: Fields = {}
    try:
        httptools.HttpRequestParser(_Heard(heard)).feed_data(head)
    except httptools.HttpParserUpgrade:
        pass  # nothing is upgraded to: the request is answered as if it had not asked
    except httptools.HttpParserInvalidMethodError:
        return Refusal.UNKNOWN_METHOD if _TOKEN.match(head) else Refusal.MALFORMED
    except httptools.HttpParserError:
        if not _has_whole_fields(head):
            return Refusal.MALFORMED
    count = head.count(b"\r\n") - 2
    if count > sizes.fields:
        return Refusal.HEAD_TOO_LARGE
    fields = {name.lower(): value.strip(BLANKS) for name, value in heard.items()}
    return fields if len(fields) == count else _without_doubt(head)


def _has_whole_fields(head: bytes) -> bool:
    """Say whether all that llhttp dislikes is the coding, which has a refusal of its own."""
    complaint = _Complaint({})
    with suppress(httptools.HttpParserError):
        httptools.HttpRequestParser(complaint).feed_data(head)
    return complaint.whole


def _without_doubt(head: bytes) -> Fields | Refusal:
    """Return the fields of a head, known to be well-formed, in which some come more than once."""
    found: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\r\n")[1:-2]:
        name, _, value = line.partition(b":")
        found.setdefault(name.lower(), []).append(value.strip(BLANKS))
    if any(len(found.get(name, ())) > 1 for name in _ONLY_ONCE):
        return Refusal.MALFORMED
    if b"connection" in found:
        found[b"connection"] = [b",".join(found[b"connection"])]
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _read_target(method: bytes, target: bytes) -> tuple[str, str] | Refusal:
    """Return path and query of any of the four forms (RFC 9112, 3.2)."""
    if method == b"CONNECT":
        return Refusal.UNKNOWN_METHOD
    if not target.startswith(b"/"):
        if target == b"*" and method == b"OPTIONS":
            return "*", ""
        absolute = _ABSOLUTE.match(target)
        if absolute is None:
            return Refusal.MALFORMED
        target = b"/" + target[absolute.end() :].removeprefix(b"/")
    if b"#" in target or b"\n" in target:
        return Refusal.MALFORMED
    path, _, query = target.decode("ascii").partition("?")
    return path, query


MOST_DIGITS: Final = 20
"""Of a length; zeros in front may go on for ever, and Python refuses to read 4,301 of them."""


def _read_length(fields: Fields, one_zero: bool, sizes: Sizes) -> int | Refusal | None:
    if b"host" not in fields and not one_zero:
        return Refusal.MALFORMED
    length = fields.get(b"content-length")
    coding = fields.get(b"transfer-encoding")
    if coding is not None:
        if length is not None or one_zero:
            return Refusal.MALFORMED
        return None if coding.lower() == b"chunked" else Refusal.UNKNOWN_CODING
    if length is None:
        return 0
    if not length.isdigit() or len(length) > MOST_DIGITS:
        return Refusal.MALFORMED
    return int(length) if int(length) <= sizes.body else Refusal.BODY_TOO_LARGE


def _keeps_alive(connection: bytes, one_zero: bool) -> bool:
    options = {option.strip(BLANKS) for option in connection.lower().split(b",")}
    return b"close" not in options and (not one_zero or b"keep-alive" in options)
