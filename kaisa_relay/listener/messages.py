"""What goes in and out: a request handed over whole, its answer, and the reasons for neither."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

from attrs import define, frozen

HeaderList = tuple[tuple[bytes, bytes], ...]

KIB: Final = 1024


@define
class Request:
    """One request with its whole body.

    `path` and `query` are as sent (ASCII, percent-encoding not undone), without the `?`.
    `headers` has the fields that came exactly once, by their names in lower case: of one that
    came twice nothing certain is known.
    """

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    body: bytes


@define
class Response:
    """One answer; length, date and connection are the listener's to say.

    `status` is one that may have a body: not 1xx, 204 or 304.
    """

    status: int
    headers: HeaderList = ()
    body: bytes = b""


Respond = Callable[[Response], None]
"""Gives the answer to a request, once, from Trio's thread; harmless once nobody is there."""
Handler = Callable[[Request, Respond], None]
"""Takes a request and has it answered, before it returns or later; must not wait."""


class Refusal(Enum):
    """Why no request came of some bytes: the status to say it with, and a reason without them."""

    MALFORMED = 400, "The request is not HTTP/1.1 as RFC 9112 has it"
    TOO_SLOW = 408, "The request did not arrive in time"
    BODY_TOO_LARGE = 413, "The body is too large"
    HEAD_TOO_LARGE = 431, "The headers are too large or too many"
    UNKNOWN_METHOD = 501, "The method is not known here"
    UNKNOWN_CODING = 501, "No transfer coding is known here but chunked"
    OVERLOADED = 503, "Too much is being received at once"
    VERSION = 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here"

    @property
    def status(self) -> int:
        """The status code."""
        return self.value[0]

    @property
    def reason(self) -> str:
        """What to tell whoever sent it."""
        return self.value[1]


@frozen
class Sizes:
    """What a request may have at most: bytes, but for `fields` and `chunks`, which are counts."""

    head: int = 16 * KIB
    fields: int = 64
    body: int = 3 * 1024 * KIB
    chunks: int = 8192
    """A body in tiny chunks costs more to undo than it is worth."""
