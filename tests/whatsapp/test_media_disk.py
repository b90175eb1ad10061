"""Files on disk: read from anywhere in them."""

from pathlib import Path

import pytest

from kaisa_relay.domain.ids import MessageId, WorkspaceId
from kaisa_relay.whatsapp.media import open_media
from kaisa_relay.whatsapp.media_disk import CHUNK, MediaDisk

OURS, PICTURE = WorkspaceId(1), MessageId(2)


@pytest.mark.parametrize("start", [0, 1, CHUNK, CHUNK + 1, CHUNK + 7])
async def test_a_file_is_read_from_anywhere(tmp_path: Path, start: int) -> None:
    """Chunk by chunk, to its end."""
    disk, whole = MediaDisk(tmp_path), bytes(CHUNK) + b"the end"
    async with disk.writing(OURS, PICTURE) as writing:
        await writing.write(whole)
    await disk.keep(OURS, PICTURE)
    chunks = [chunk async for chunk in disk.read(OURS, PICTURE, start)]
    assert b"".join(chunks) == whole[start:]
    assert await disk.inspect(OURS, PICTURE) == len(whole)


async def test_what_a_crash_left_is_swept(tmp_path: Path) -> None:
    """At a start, where there is nothing yet too; what is whole stays."""
    disk = MediaDisk(tmp_path / "files")
    await disk.sweep()
    for message in (PICTURE, MessageId(3)):
        async with disk.writing(OURS, message) as writing:
            await writing.write(b"bytes")
    await disk.keep(OURS, PICTURE)
    async with open_media(disk, "https://graph.test", "v26.0"):
        pass
    assert await disk.inspect(OURS, PICTURE) == len(b"bytes")
    assert _files(tmp_path) == [disk.path(OURS, PICTURE)]


def _files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]
