"""Media by id: how long an id lives, and the links under which its bytes are fetched."""

import base64
import hashlib
import hmac
from itertools import count
from random import Random

from attrs import field, frozen

from ..clock import Clock
from ..recent import Recent
from .blobs import Blobs

DAY = 24 * 3600.0
# What a business uploaded, what a person sent, and what was fetched from a link.
LIFETIMES = {"upload": 30 * DAY, "inbound": 7 * DAY, "link": 30 * DAY}
LINK_SECONDS = 300
_MOST_IDS = 100_000


@frozen
class Medium:
    """A file under an id; `expires` is on the simulator's clock."""

    id: str
    waba: str
    channel: str
    source: str
    mime_type: str
    sha256: str
    size: int
    expires: float
    filename: str | None = field(default=None, repr=False)

    @property
    def sha256_base64(self) -> str:
        """The checksum as webhooks write it."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


@frozen
class File:
    """Bytes with their type, as somebody gives them."""

    data: bytes = field(repr=False)
    mime_type: str
    filename: str | None = None


class Media:
    """Every medium there is, with its bytes on disk."""

    def __init__(self, clock: Clock, rng: Random, most_bytes: int) -> None:
        self._clock = clock
        self._secret = rng.randbytes(16)
        self._ids = count(rng.randrange(10**14, 9 * 10**14))
        self._items: Recent[Medium] = Recent(_MOST_IDS)
        self.blobs = Blobs(most_bytes)

    def add(self, file: File, source: str, channel: str, waba: str) -> Medium:
        """Keep a file under a fresh id that lives as long as its source says."""
        medium = Medium(
            id=str(next(self._ids)),
            waba=waba,
            channel=channel,
            source=source,
            mime_type=file.mime_type,
            sha256=self.blobs.put(file.data),
            size=len(file.data),
            expires=self._clock.time() + LIFETIMES[source],
            filename=file.filename,
        )
        self._items[medium.id] = medium
        return medium

    def find(self, media_id: str) -> Medium | None:
        """The medium, unless its id has expired or was deleted."""
        medium = self._items.get(media_id)
        return medium if medium is not None and medium.expires > self._clock.time() else None

    def on_phone(self, media_id: str) -> Medium | None:
        """The medium as a phone has it, which keeps what Meta no longer has."""
        return self._items.get(media_id)

    def data(self, medium: Medium) -> bytes | None:
        """Its bytes, or None if they had to make room."""
        return self.blobs.get(medium.sha256)

    def remove(self, medium: Medium) -> None:
        """Delete an id; the bytes go when they are the oldest."""
        self._items.pop(medium.id, None)

    def link(self, base_url: str, medium: Medium) -> str:
        """A download link that works for five minutes, with the bearer token."""
        until = int(self._clock.now().timestamp()) + LINK_SECONDS
        query = f"mid={medium.id}&ext={until}&hash={self._hash(medium.id, until)}"
        return f"{base_url.rstrip('/')}/whatsapp_business/attachments/?{query}"

    def linked(self, media_id: str, until: str, proof: str) -> Medium | None:
        """The medium behind a download link, unless the link is wrong or too old."""
        if not until.isdecimal() or int(until) <= self._clock.now().timestamp():
            return None
        right = hmac.compare_digest(proof.encode(), self._hash(media_id, int(until)).encode())
        return self.find(media_id) if right else None

    def clear(self) -> None:
        """Forget everything."""
        self._items.clear()
        self.blobs.close()

    def _hash(self, media_id: str, until: int) -> str:
        text = f"{media_id}/{until}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:32]
