"""Meta's files, answered in memory: what is asked with which token, and what lies on disk then."""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from kaisa_relay.domain.content import MediaKind
from kaisa_relay.domain.ids import ChannelId, ContactId, MessageId, WorkspaceId
from kaisa_relay.ports import ChannelAccess, FileRow
from kaisa_relay.ports.files import Broken, Fetched
from kaisa_relay.whatsapp.media import GraphMedia, open_media
from kaisa_relay.whatsapp.media_disk import MediaDisk
from tests import fakes

ACCESS = ChannelAccess("2000", "secret-token")
DATA = b"\xff\xd8\xff" + bytes(range(256)) * 4000
HASH = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
FILES = "https://lookaside.fbsbx.com/whatsapp/?mid=1"
FILE = FileRow(
    WorkspaceId(1),
    MessageId(2),
    ChannelId(3),
    ContactId(4),
    MediaKind.IMAGE,
    "image/jpeg",
    "777",
    HASH,
    False,
    fakes.EPOCH,
)
Answers = Callable[[httpx.Request], httpx.Response]


async def streamed() -> AsyncIterator[bytes]:
    for at in range(0, len(DATA), 10_000):
        yield DATA[at : at + 10_000]


class Meta:
    """Answers as Meta would, and remembers who asked with which token."""

    def __init__(self, url: str = FILES, **found: object) -> None:
        self.found: dict[str, object] = {
            "url": url,
            "sha256": HASH,
            "file_size": str(len(DATA)),
            **found,
        }
        self.asked: list[tuple[str, str | None]] = []
        self.files: Answers = lambda request: httpx.Response(200, content=streamed())
        self.look_up: Answers = lambda request: httpx.Response(200, json=self.found)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        token = request.headers.get("authorization")
        self.asked.append((f"{request.url.host}{request.url.path}", token))
        if request.url.path == "/v26.0/777":
            return self.look_up(request)
        return self.files(request)


@asynccontextmanager
async def media(answer: Answers, folder: Path) -> AsyncIterator[GraphMedia]:
    """Open it over a directory that is not there yet."""
    transport, disk = httpx.MockTransport(answer), MediaDisk(folder / "files")
    url = "https://graph.facebook.com"
    async with open_media(disk, url, "v26.0", transport=transport) as opened:
        yield opened


async def fetched(meta: Meta, folder: Path, file: FileRow = FILE) -> Fetched | Broken:
    """Fetch a file; what does not come whole leaves nothing under its name."""
    async with media(meta, folder) as opened:
        answer = await opened.fetch(ACCESS, file)
        size = await opened.inspect(file)
        assert size == (answer.size if isinstance(answer, Fetched) else None)
        return answer


def on_disk(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]
