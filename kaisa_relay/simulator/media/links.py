"""Files that a business gives as a link: fetched as Meta does, and kept for ten minutes."""

import httpx
from attrs import define, field

from ..clock import Clock
from ..config import ChannelConfig
from ..errors import GraphError
from ..recent import Recent
from .kinds import LARGEST
from .store import File, Media, Medium

_KEPT_SECONDS = 600.0
_PATIENCE = 10.0


@define
class Links:
    """Fetches links; the cache goes by the exact URL."""

    client: httpx.AsyncClient
    media: Media
    clock: Clock
    _kept: Recent[tuple[float, str]] = field(factory=lambda: Recent(1000), init=False)

    async def fetch(self, channel: ChannelConfig, url: str) -> Medium | GraphError:
        """The medium behind a link, or error 131053 with what went wrong."""
        until, media_id = self._kept.get(url, (0.0, ""))
        cached = self.media.find(media_id) if until > self.clock.time() else None
        if cached is not None:
            return cached
        try:
            file = await self._get(url)
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            return _failed(type(failure).__name__)
        if isinstance(file, GraphError):
            return file
        medium = self.media.add(file, "link", channel.phone_number_id, channel.waba)
        self._kept.pop(url, None)
        self._kept[url] = (self.clock.time() + _KEPT_SECONDS, medium.id)
        return medium

    async def _get(self, url: str) -> File | GraphError:
        data = bytearray()
        async with self.client.stream(
            "GET", url, timeout=_PATIENCE, follow_redirects=True
        ) as answer:
            if answer.status_code != 200:
                return _failed(f"http code {answer.status_code}")
            async for piece in answer.aiter_bytes():
                data += piece
                if len(data) > LARGEST:
                    return _failed(f"more than {LARGEST} bytes")
        return File(bytes(data), answer.headers.get("Content-Type", "application/octet-stream"))

    def clear(self) -> None:
        """Forget what was fetched."""
        self._kept.clear()


def _failed(why: str) -> GraphError:
    return GraphError(131053, f"Downloading media from weblink failed with {why}")
