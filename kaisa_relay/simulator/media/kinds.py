"""What each kind of message may carry: MIME types, sizes, and bytes that look like what they say.

Sizes and types are those of Meta's media page; the bytes are looked at no further than a file's
first marks.
"""

from collections.abc import Iterator

KINDS = ("image", "video", "audio", "document", "sticker")
MEGABYTE = 1024 * 1024
LARGEST = 100 * MEGABYTE
_STILL_STICKER, _MOVING_STICKER = 100 * 1024, 500 * 1024

_TYPES = {
    "image": ("image/jpeg", "image/png"),
    "video": ("video/mp4", "video/3gpp"),
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"),
    "sticker": ("image/webp",),
}
_SIZES = {"image": 5 * MEGABYTE, "video": 16 * MEGABYTE, "audio": 16 * MEGABYTE}
# type: (offset, what stands there)
_MARKS = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/webp": (8, b"WEBP"),
    "video/mp4": (4, b"ftyp"),
    "video/3gpp": (4, b"ftyp"),
    "audio/mp4": (4, b"ftyp"),
    "audio/amr": (0, b"#!AMR"),
    "audio/ogg": (0, b"OggS"),
    "application/pdf": (0, b"%PDF-"),
}


def plain_type(mime_type: str) -> str:
    """A MIME type without its parameters, in lower case."""
    return mime_type.partition(";")[0].strip().lower()


def kind_of(mime_type: str) -> str:
    """The kind of message that a phone makes of a file of this type."""
    plain = plain_type(mime_type)
    return next((kind for kind, types in _TYPES.items() if plain in types), "document")


def file_problems(mime_type: str, data: bytes) -> Iterator[str]:
    """What is wrong with a file whatever it is sent as."""
    if not data:
        yield "the file is empty"
    if len(data) > LARGEST:
        yield f"the file has {len(data)} bytes, more than {LARGEST}"
    offset, mark = _MARKS.get(plain_type(mime_type), (0, b""))
    if data[offset : offset + len(mark)] != mark:
        yield f"the file is not of the type {plain_type(mime_type)}"


def kind_problems(kind: str, mime_type: str, data: bytes) -> Iterator[str]:
    """What keeps a file from being sent as this kind."""
    types = _TYPES.get(kind)
    if types is not None and plain_type(mime_type) not in types:
        yield f"{plain_type(mime_type)} cannot be sent as {kind}; allowed are {', '.join(types)}"
    largest = _SIZES.get(kind, LARGEST)
    if kind == "sticker":
        largest = _MOVING_STICKER if is_animated(data) else _STILL_STICKER
    if len(data) > largest:
        yield f"the file has {len(data)} bytes; as {kind} it may have {largest}"


def voice_problems(mime_type: str, data: bytes) -> Iterator[str]:
    """What keeps a file from being a voice note: it must be OGG with Opus, mono."""
    at = data.find(b"OpusHead", 0, 4096)
    if plain_type(mime_type) != "audio/ogg" or at < 0:
        yield "a voice note must be audio/ogg with the Opus codec"
    elif data[at + 9 : at + 10] != b"\x01":
        yield "a voice note must be mono"


def is_animated(webp: bytes) -> bool:
    """Whether a WebP file says that it moves."""
    return webp[12:16] == b"VP8X" and len(webp) > 20 and bool(webp[20] & 0x02)
