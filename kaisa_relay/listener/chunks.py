"""Undoes the chunked transfer coding (RFC 9112, 7.1), strictly, however its bytes arrive."""

import re
from enum import Enum, auto
from typing import Final

from attrs import define, field

from kaisa_relay.listener.messages import Refusal, Sizes

LONGEST_LINE: Final = 256
"""Bytes of a chunk's size with its extensions."""
_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,8})(?:[ \t]*;[\t -~\x80-\xff]*)?")
_FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t -~\x80-\xff]*")
_FRAMING: Final = (b"content-length", b"host", b"transfer-encoding")
"""Whoever names these when the body is over means somebody else to read them (RFC 9110, 6.5.1)."""


class _Part(Enum):
    SIZE = auto()
    DATA = auto()
    DATA_END = auto()
    TRAILERS = auto()
    END = auto()


@define(eq=False)
class Chunks:
    """A body that comes in chunks: what of it is here, and what is not yet undone."""

    _sizes: Sizes
    body: bytearray = field(factory=bytearray)
    _raw: bytearray = field(factory=bytearray)
    _part: _Part = _Part.SIZE
    _left: int = 0
    _count: int = 0
    _trailing: int = 0

    @property
    def rest(self) -> bytes:
        """What came after the end of the body."""
        return bytes(self._raw)

    def feed(self, data: bytes) -> bool | Refusal:
        """Take some bytes; says whether the body has ended."""
        self._raw += data
        at = 0
        while self._part is not _Part.END:
            step = self._data(at) if self._part is _Part.DATA else self._line(at)
            if isinstance(step, Refusal):
                return step
            if step == 0:
                break
            at += step
        del self._raw[:at]
        return self._part is _Part.END

    def _data(self, at: int) -> int:
        """Take what is here of a chunk; returns how many bytes were taken."""
        taken = self._raw[at : at + self._left]
        self.body += taken
        self._left -= len(taken)
        if self._left == 0:
            self._part = _Part.DATA_END
        return len(taken)

    def _line(self, at: int) -> int | Refusal:
        """Take a line, if it is here; returns how many bytes were taken."""
        longest = self._longest()
        end = self._raw.find(b"\r\n", at, at + longest + 2)
        if end < 0:
            return Refusal.MALFORMED if len(self._raw) - at >= longest + 2 else 0
        refusal = self._read(self._raw[at:end])
        return refusal or end + 2 - at

    def _longest(self) -> int:
        if self._part is _Part.DATA_END:
            return 0
        return LONGEST_LINE if self._part is _Part.SIZE else self._sizes.head - self._trailing

    def _read(self, line: bytearray) -> Refusal | None:
        if self._part is _Part.SIZE:
            return self._read_size(line)
        if self._part is _Part.DATA_END:
            self._part = _Part.SIZE
            return None
        return self._read_trailer(line)

    def _read_size(self, line: bytearray) -> Refusal | None:
        size = _SIZE.fullmatch(line)
        self._count += 1
        if size is None or self._count > self._sizes.chunks:
            return Refusal.MALFORMED
        self._left = int(size[1], 16)
        self._part = _Part.DATA if self._left else _Part.TRAILERS
        too_large = len(self.body) + self._left > self._sizes.body
        return Refusal.BODY_TOO_LARGE if too_large else None

    def _read_trailer(self, line: bytearray) -> Refusal | None:
        """Take a trailer field, which nobody here reads, or the end of them."""
        if not line:
            self._part = _Part.END
            return None
        self._trailing += len(line) + 2
        field = _FIELD.fullmatch(line)
        return None if field and field[1].lower() not in _FRAMING else Refusal.MALFORMED
