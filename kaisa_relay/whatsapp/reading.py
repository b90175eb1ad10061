"""Reads JSON objects that may be partly wrong, without losing what is right in them.

Rule 1: a field of the wrong type is absent and named, its neighbours are kept.
Rule 2: unknown fields are ignored; numbers may be written as strings (Meta does both).
"""

import re
from typing import Any, Final, Generic, TypeVar

import msgspec

Shape = TypeVar("Shape", bound=msgspec.Struct)

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding untrusted bytes may raise: bad JSON or types, bad UTF-8, absurd nesting."""

NUL: Final = rb"\u0000"
"""An escaped NUL; PostgreSQL's text cannot hold one, so it is replaced before anything is read."""

_PARTS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ESCAPE: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair of surrogates: kept
    rb"|\\u([dD][89a-fA-F][0-9a-fA-F]{2}|0000)"  # half of a pair, or NUL: replaced
    rb"|\\.",  # any other escape: kept, and its backslash begins no further one
    re.DOTALL,
)


def repair(json: bytes) -> bytes:
    """Replace what is no text (half surrogate pairs, NUL, bad UTF-8) by U+FFFD.

    One character that an odd keyboard cut in half must not cost the other messages of a POST.
    """
    mended = _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], json)
    return mended.decode("utf-8", "replace").encode()


class Reader(Generic[Shape]):
    """Reads one kind of object, of whose fields none is required."""

    def __init__(self, shape: type[Shape]) -> None:
        self._shape = shape
        self._decoder = msgspec.json.Decoder(shape, strict=False)

    def read(self, json: bytes | msgspec.Raw) -> tuple[Shape, tuple[str, ...]] | None:
        """Return the object and the names of its malformed fields; None when it is no object."""
        try:
            return self._decoder.decode(json), ()
        except UNREADABLE:
            return self._salvage(bytes(json))

    def _salvage(self, json: bytes) -> tuple[Shape, tuple[str, ...]] | None:
        try:
            parts = _PARTS.decode(repair(json))
        except UNREADABLE:
            return None
        good: dict[str, Any] = {}
        malformed = []
        for field in msgspec.structs.fields(self._shape):
            part = parts.get(field.encode_name)
            if part is None:
                continue
            try:
                good[field.name] = msgspec.json.decode(part, type=field.type, strict=False)
            except UNREADABLE:
                malformed.append(field.encode_name)
        return self._shape(**good), tuple(malformed)
