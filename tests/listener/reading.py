"""Readers with small limits, and what they make of bytes that come in pieces."""

from collections.abc import Iterable

from kaisa_relay.listener import Refusal, Request, Sizes
from kaisa_relay.listener.reader import Budget, Reader

SMALL = Sizes(head=512, fields=8, body=4096, chunks=16)


def reader(sizes: Sizes = SMALL, budget: int = 1 << 20) -> Reader:
    """Return a reader with a budget of its own."""
    return Reader(sizes, Budget(budget))


def outcomes(pieces: Iterable[bytes], sizes: Sizes = SMALL) -> list[Request | Refusal]:
    """Return every request, and at most one refusal at the end."""
    reading = reader(sizes)
    found: list[Request | Refusal] = []
    for piece in pieces:
        reading.feed(piece)
        while (outcome := reading.next_request()) is not None:
            found.append(outcome)
            if isinstance(outcome, Refusal):
                return found
    return found


def whole(data: bytes, sizes: Sizes = SMALL) -> list[Request | Refusal]:
    """Return what comes of bytes that arrive at once."""
    return outcomes([data], sizes)


def bytewise(data: bytes, sizes: Sizes = SMALL) -> list[Request | Refusal]:
    """Return what comes of bytes that arrive one at a time."""
    return outcomes([data[at : at + 1] for at in range(len(data))], sizes)


def post(*fields: bytes, body: bytes = b"", start: bytes = b"POST /w HTTP/1.1") -> bytes:
    """Return a request with a Host, these header fields and this body, and no length."""
    return b"\r\n".join([start, b"Host: x", *fields, b"", body])


def sized(body: bytes, *fields: bytes) -> bytes:
    """Return a POST with its length."""
    return post(b"Content-Length: %d" % len(body), *fields, body=body)
