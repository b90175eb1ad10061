"""Links as QR codes: drawn in worker threads, once, and kept while they are asked for."""

from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Final

import trio

from kaisa_relay.api.dependencies import QrMaker
from kaisa_relay.api.shapes import Qr

MOST_KEPT: Final = 500
MOST_THREADS: Final = 2
QUIET_ZONE: Final = 4
"""Modules of white around a code (ISO/IEC 18004)."""
PNG_SIZE: Final = 400
"""Pixels, where nobody asks for another size."""


class QrCodes:
    """A bounded cache of drawn codes."""

    def __init__(self, maker: QrMaker, most_kept: int = MOST_KEPT) -> None:
        self._maker = maker
        self._most_kept = most_kept
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._threads = trio.CapacityLimiter(MOST_THREADS)

    async def svg(self, url: str, size: int | None = None, border: int = QUIET_ZONE) -> bytes:
        """Return the link as SVG, which fills its place where no size in pixels is given."""
        draw = partial(self._maker.qr_svg, url, size, border)
        return await self._drawn(("svg", url, size, border), draw)

    async def png(self, url: str, size: int = PNG_SIZE, border: int = QUIET_ZONE) -> bytes:
        """Return the link as PNG, at most `size` pixels wide."""
        draw = partial(self._maker.qr_png, url, size, border)
        return await self._drawn(("png", url, size, border), draw)

    async def data_uris(self, url: str) -> Qr:
        """Return the link in both forms for the `src` of an image."""
        svg, png = await self.svg(url), await self.png(url)
        return Qr(_data_uri("image/svg+xml", svg), _data_uri("image/png", png))

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    async def _drawn(self, key: tuple[object, ...], draw: Callable[[], bytes]) -> bytes:
        if key not in self._kept:
            drawn = await trio.to_thread.run_sync(draw, limiter=self._threads)
            self._kept[key] = drawn
            if len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
            return drawn
        self._kept.move_to_end(key)
        return self._kept[key]


def _data_uri(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{b64encode(data).decode()}"
