"""Links that open a chat with a prefilled text, and their QR codes.

Rule 1: the text is a draft that its reader may edit; nothing here proves where it came from.
Rule 2: making a code takes milliseconds of CPU, so callers do it off the event loop.
"""

from base64 import b64encode
from io import BytesIO
from typing import Final
from urllib.parse import quote

import segno

from kaisa_relay.domain.phone import Phone

QUIET_ZONE: Final = 4
"""Modules of white around a code (ISO/IEC 18004)."""


def wa_me(phone: Phone, text: str) -> str:
    """Return the link that opens a chat with `phone` and `text`, if any, ready to be sent."""
    query = f"?text={quote(text, safe='')}" if text else ""
    return f"https://wa.me/{phone.removeprefix('+')}{query}"


def qr_svg(url: str, size: int | None = None, border: int = QUIET_ZONE) -> bytes:
    """Return a QR code as SVG, `size` pixels wide, or without a width, to fill its place."""
    code = _code(url)
    scale = 1.0 if size is None else size / code.symbol_size(border=border)[0]
    out = BytesIO()
    code.save(
        out,
        kind="svg",
        scale=scale,
        border=border,
        dark="#000",
        light="#fff",  # a code on a dark page needs its own white
        xmldecl=False,
        nl=False,
        omitsize=size is None,
    )
    return out.getvalue()


def qr_png(url: str, size: int = 400, border: int = QUIET_ZONE) -> bytes:
    """Return a QR code as PNG, as wide as whole pixels per module allow, at most `size`."""
    code = _code(url)
    scale = max(1, size // code.symbol_size(border=border)[0])
    out = BytesIO()
    code.save(out, kind="png", scale=scale, border=border)
    return out.getvalue()


def _code(url: str) -> segno.QRCode:
    return segno.make_qr(url, error="m")


def svg_data_uri(svg: bytes) -> str:
    """Return an SVG for the `src` of an image."""
    return _data_uri("image/svg+xml", svg)


def png_data_uri(png: bytes) -> str:
    """Return a PNG for the `src` of an image."""
    return _data_uri("image/png", png)


def _data_uri(mime_type: str, data: bytes) -> str:
    return f"data:{mime_type};base64,{b64encode(data).decode()}"
