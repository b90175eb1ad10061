"""Small files of each kind, for people who send something without having anything.

They have the marks of their type and nothing that could be looked at or heard, but for the PNG.
"""

import struct
import zlib


def _png(width: int, height: int) -> bytes:
    rows = b"".join(
        b"\x00" + bytes(255 * (x + y) // (width + height) for x in range(width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _webp() -> bytes:
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(10)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# Only the first page of an Ogg stream: version 1, one channel, 48 kHz.
_OGG = (
    b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01" + bytes(2) + b"\x80\xbb\x00\x00\x00"
)
_MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"

# kind: (MIME type, file name, bytes)
SAMPLES = {
    "image": ("image/png", None, _png(32, 32)),
    "video": ("video/mp4", None, _MP4),
    "audio": ("audio/mp4", None, _MP4),
    "voice": ("audio/ogg; codecs=opus", None, _OGG),
    "document": ("application/pdf", "sample.pdf", b"%PDF-1.4\n%%EOF\n"),
    "sticker": ("image/webp", None, _webp()),
}
