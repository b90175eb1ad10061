"""A disk and a store of files at WhatsApp, both in memory."""

import base64
import hashlib
from collections import deque

import trio
from attrs import define, field

from kaisa_relay.domain.files import FileProblem
from kaisa_relay.domain.ids import MessageId, WorkspaceId
from kaisa_relay.ports import ChannelAccess, FileRow
from kaisa_relay.ports.files import Broken, Fetched, Uploaded

JPEG = b"\xff\xd8\xff\xe0 a picture"
PNG = b"\x89PNG\r\n\x1a\n another"
OPUS = b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01"
PDF = b"%PDF-1.4 an offer"


@define(eq=False)
class Stalls:
    """Nothing more comes for so many seconds."""

    seconds: float


Step = Broken | Stalls


@define(eq=False)
class FakeCarrier:
    """`ports.files.Carrier`: what is at WhatsApp by its inbound id, and what lies on disk.

    The next fetches and uploads fail or stall as scripted, by the file's inbound id. `latency` is
    in seconds.
    """

    inbound: dict[str, bytes] = field(factory=dict)
    sizes: dict[str, int] = field(factory=dict)
    disk: dict[MessageId, tuple[str, bytes]] = field(factory=dict)
    uploaded: dict[str, tuple[str, bytes]] = field(factory=dict)
    numbers: dict[str, str] = field(factory=dict)
    """Whose each file is: of what came in only where that matters to a test."""
    fetches: list[str] = field(factory=list)
    uploads: list[str] = field(factory=list)
    removed: list[MessageId] = field(factory=list)
    latency: float = 0.0
    busy: int = 0
    most_busy: int = 0
    away: bool = False
    _fetching: dict[str, deque[Step]] = field(factory=dict)
    _uploading: dict[str, deque[Step]] = field(factory=dict)

    def fail_fetch(self, inbound_id: str, *steps: Step) -> None:
        """Give the next fetches of a file these ends."""
        self._fetching.setdefault(inbound_id, deque()).extend(steps)

    def fail_upload(self, inbound_id: str, *steps: Step) -> None:
        """Give the next uploads of a file these ends."""
        self._uploading.setdefault(inbound_id, deque()).extend(steps)

    async def fetch(self, access: ChannelAccess, file: FileRow) -> Fetched | Broken:
        """Bring a file to the disk."""
        self.fetches.append(file.inbound_id)
        broken = await self._travel(self._fetching, file)
        if broken is not None:
            return broken
        data = self.inbound.get(file.inbound_id)
        number = self.numbers.get(file.inbound_id, access.phone_number_id)
        if data is None or number != access.phone_number_id:
            return Broken("gone", FileProblem.EXPIRED)
        self.disk[file.message] = (file.inbound_id, data)
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        return Fetched(self.sizes.get(file.inbound_id, len(data)), digest, data[:4096])

    async def inspect(self, file: FileRow) -> int | None:
        """Return the size of what lies on disk."""
        await trio.lowlevel.checkpoint()
        lies = self.disk.get(file.message)
        return None if lies is None else len(lies[1])

    async def upload(self, access: ChannelAccess, file: FileRow) -> Uploaded | Broken:
        """Give WhatsApp what lies on disk."""
        self.uploads.append(file.inbound_id)
        broken = await self._travel(self._uploading, file)
        if broken is not None:
            return broken
        media_id = f"out-{len(self.uploaded) + 1}"
        self.numbers[media_id] = access.phone_number_id
        self.uploaded[media_id] = (file.mime_type, self.disk[file.message][1])
        return Uploaded(media_id)

    async def remove(self, workspace: WorkspaceId, message: MessageId) -> None:
        """Remove a file."""
        await trio.lowlevel.checkpoint()
        self.removed.append(message)
        self.disk.pop(message, None)

    async def _travel(self, script: dict[str, deque[Step]], file: FileRow) -> Broken | None:
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            await trio.sleep(self.latency)
            steps = script.get(file.inbound_id)
            step = steps.popleft() if steps else None
            if isinstance(step, Stalls):
                await trio.sleep(step.seconds)
                return None
        finally:
            self.busy -= 1
        return Broken("unreachable", unreachable=True) if self.away else step
