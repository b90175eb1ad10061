"""Part of a file: which bytes a request wants, and how they are given (RFC 9110, section 14)."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

from attrs import frozen
from quart import Response

from kaisa_relay.api.answers import answer
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.refusals import RangeBeyond

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@frozen
class Part:
    """Which bytes go out: from `start` to before `end`, of `size`."""

    start: int
    end: int
    size: int

    @property
    def whole(self) -> bool:
        """Whether that is all."""
        return self.end - self.start == self.size


def read_range(asked: str | None, size: int) -> Part | None:
    """Return the bytes that a request wants; None where there are none such.

    What is no single range of bytes counts as not said (RFC 9110, section 14.2).
    """
    read = _RANGE.fullmatch(asked.strip()) if asked is not None else None
    if read is None or read.groups() == ("", ""):
        return Part(0, size, size)
    first, last = read.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    return Part(start, end, size) if start < end else None


def beyond(size: int) -> Problem:
    """Return the answer to who wants bytes that a file of this size does not have."""
    return Problem(problem(RangeBeyond).kind, headers={"Content-Range": f"bytes */{size}"})


def partly(part: Part, media_type: str, pieces: AsyncGenerator[bytes, None]) -> Response:
    """Return these bytes; `pieces` are the file's from the part's start on."""
    response = answer(b"", 200 if part.whole else 206, media_type=media_type)
    response.response = response.iterable_body_class(_cut(part, pieces))
    headers = response.headers
    headers["Content-Length"] = str(part.end - part.start)
    headers["Accept-Ranges"] = "bytes"
    if not part.whole:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{part.size}"
    return response


async def _cut(part: Part, pieces: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    left = part.end - part.start
    async with aclosing(pieces):
        async for chunk in pieces:
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                return
