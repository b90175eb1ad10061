"""Files on their way across: what WhatsApp takes as what, and why one cannot go.

Rule 1: what a file is, its bytes say; what its sender claims only counts where they agree.
Rule 2: what cannot go as its kind goes as a document before anybody is told that it cannot.
"""

from enum import IntEnum
from typing import Final

from attrs import frozen

from kaisa_relay.domain.content import MediaKind

MEGABYTE: Final = 1024 * 1024
LARGEST: Final = 100 * MEGABYTE
"""Bytes of a document, and of whatever we fetch (reference, section 5)."""
HEAD: Final = 4096
"""Bytes that say what a file is."""
ANY_TYPE: Final = "application/octet-stream"

_IMAGE, _VIDEO, _AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO
_STICKER, _DOCUMENT = MediaKind.STICKER, MediaKind.DOCUMENT

TYPES: Final = {
    _IMAGE: frozenset({"image/jpeg", "image/png"}),
    _VIDEO: frozenset({"video/mp4", "video/3gpp"}),
    _AUDIO: frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
    _STICKER: frozenset({"image/webp"}),
}
_SIZES: Final = {
    _IMAGE: 5 * MEGABYTE,
    _VIDEO: 16 * MEGABYTE,
    _AUDIO: 16 * MEGABYTE,
    _DOCUMENT: LARGEST,
}
_STILL, _MOVING = 100 * 1024, 500 * 1024

_MARKS: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
"""Offset, what stands there, the type: the first that fits counts."""
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"#!/", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_FAMILIES: Final = (
    frozenset({"video/mp4", "audio/mp4", "video/3gpp", "audio/3gpp", "video/quicktime"}),
    frozenset({"audio/mpeg", "audio/aac"}),
)
"""Types whose marks do not tell them apart: what is claimed decides."""
_MARKED: Final = frozenset(type for _, _, type in _MARKS)
_SUFFIXES: Final = {
    "image/jpeg": ".jpg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "video/3gpp": ".3gp",
    "text/plain": ".txt",
}


class FileProblem(IntEnum):
    """Why a file cannot go; our own codes, far from any of Meta's."""

    TOO_LARGE = 900001
    EXPIRED = 900002
    NOT_TAKEN = 900003
    DAMAGED = 900004
    TIMED_OUT = 900005


@frozen
class Form:
    """As what a file is sent."""

    kind: MediaKind
    mime_type: str


def plain(mime_type: str) -> str:
    """Return a type without its parameters, in small letters."""
    return mime_type.partition(";")[0].strip().lower()


def sniff(head: bytes) -> str | None:
    """Return the type that the first bytes of a file show, if they show any."""
    for offset, mark, type in _MARKS:
        if head[offset : offset + len(mark)] == mark:
            return type
    return None


def form_of(kind: MediaKind, claimed: str, head: bytes, size: int) -> Form | FileProblem:
    """Return as what to send a file of this kind and claimed type, or why it cannot go."""
    if not size:
        return FileProblem.DAMAGED
    if size > LARGEST:
        return FileProblem.TOO_LARGE
    found = _type(claimed, head)
    if found is None:
        return FileProblem.NOT_TAKEN
    base = plain(found)
    fits = base in TYPES.get(kind, frozenset()) and size <= _most(kind, head)
    return Form(kind if fits else _DOCUMENT, found)


def can_be_voice(mime_type: str, head: bytes) -> bool:
    """Say whether WhatsApp takes it as a voice note: Ogg with Opus."""
    return plain(mime_type) == "audio/ogg" and b"OpusHead" in head[:HEAD]


def document_name(given: str | None, mime_type: str) -> str:
    """Return the name of a document; one that came as something else gets a plain one."""
    if given:
        return given
    base = plain(mime_type)
    if base == ANY_TYPE:
        return "file"
    suffix = _SUFFIXES.get(base) or "." + base.rpartition("/")[2]
    return "file" + (suffix if suffix[1:].isalnum() else "")


def _type(claimed: str, head: bytes) -> str | None:
    """Return the type to go by; None where a program hides under another type."""
    base, found = plain(claimed), sniff(head)
    if found is None and head.startswith(_PROGRAMS) and (base in _MARKED or base in _all_types()):
        return None
    if found == base or any({found, base} <= family for family in _FAMILIES):
        return claimed.strip().lower()
    if found is not None and base in _MARKED:
        return found  # a picture under another picture's name is a picture all the same
    if base in _MARKED or (found is None and base in _all_types()):
        return ANY_TYPE
    return claimed.strip().lower() if "/" in base else found or ANY_TYPE


def _all_types() -> frozenset[str]:
    return frozenset().union(*TYPES.values())


def _most(kind: MediaKind, head: bytes) -> int:
    if kind is _STICKER:
        moves = head[12:16] == b"VP8X" and len(head) > 20 and bool(head[20] & 0x02)
        return _MOVING if moves else _STILL
    return _SIZES[kind]
