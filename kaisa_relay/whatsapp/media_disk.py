"""Files on disk, named by our ids.

Rule 1: a file appears under its name only when it is whole; what a crash left is swept at a start.
Rule 2: nobody but us reads them, and nothing that a person wrote is part of a path.
"""

import hashlib
import os
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import trio
from attrs import define, field, frozen

from kaisa_relay.domain.files import HEAD
from kaisa_relay.domain.ids import MESSAGE, WORKSPACE, MessageId, WorkspaceId, to_text
from kaisa_relay.ports.files import Fetched

CHUNK: Final = 256 * 1024
"""Bytes that are read or written at once."""
PART: Final = ".part"


@define(eq=False)
class Writing:
    """A file as it grows."""

    _file: BinaryIO
    size: int = 0
    head: bytes = b""
    _hash: Any = field(factory=hashlib.sha256)

    async def write(self, part: bytes) -> None:
        """Add some bytes."""
        self.size += len(part)
        if len(self.head) < HEAD:
            self.head = (self.head + part)[:HEAD]
        await trio.to_thread.run_sync(self._put, part)

    def fetched(self) -> Fetched:
        """Return what it is so far."""
        return Fetched(self.size, b64encode(self._hash.digest()).decode(), self.head)

    def _put(self, part: bytes) -> None:
        self._file.write(part)
        self._hash.update(part)


@frozen
class MediaDisk:
    """A directory of files, one folder per workspace."""

    directory: Path

    def path(self, workspace: WorkspaceId, message: MessageId) -> Path:
        """Return where a message's file lies, or would."""
        return self.directory / to_text(WORKSPACE, workspace) / to_text(MESSAGE, message)

    @asynccontextmanager
    async def writing(self, workspace: WorkspaceId, message: MessageId) -> AsyncIterator[Writing]:
        """Write a file beside its place; `keep` puts it there. Raises `OSError`."""
        path = _partial(self.path(workspace, message))
        file = await trio.to_thread.run_sync(_create, path)
        try:
            yield Writing(file)
        finally:
            with trio.CancelScope(shield=True):
                await trio.to_thread.run_sync(_close, file)

    async def keep(self, workspace: WorkspaceId, message: MessageId) -> None:
        """What was written is whole: put it in its place. Raises `OSError`."""
        await trio.to_thread.run_sync(_place, self.path(workspace, message))

    async def inspect(self, workspace: WorkspaceId, message: MessageId) -> int | None:
        """Return the size in bytes of what lies there."""
        return await trio.to_thread.run_sync(_size, self.path(workspace, message))

    async def read(
        self, workspace: WorkspaceId, message: MessageId, start: int = 0
    ) -> AsyncGenerator[bytes, None]:
        """Return the bytes from `start` on, a chunk at a time. Raises `OSError`."""
        file = await trio.to_thread.run_sync(_open, self.path(workspace, message), start)
        try:
            while part := await trio.to_thread.run_sync(file.read, CHUNK):
                yield part
        finally:
            file.close()

    async def sweep(self) -> None:
        """Remove what attempts left that nobody goes on with, as far as can be.

        One that another process has in hand costs it a repeat (`actors.media`, rule 2).
        """
        await trio.to_thread.run_sync(_sweep, self.directory)

    async def remove(self, workspace: WorkspaceId, message: MessageId) -> None:
        """Remove a file, and what is left of an attempt at it."""
        path = self.path(workspace, message)
        await trio.to_thread.run_sync(partial(path.unlink, missing_ok=True))
        await trio.to_thread.run_sync(partial(_partial(path).unlink, missing_ok=True))


def _partial(path: Path) -> Path:
    return path.with_name(path.name + PART)


def _sweep(directory: Path) -> None:
    for left in directory.glob(f"*/*{PART}"):
        with suppress(OSError):  # a file in the way is written over; nobody need wait for that
            left.unlink()


def _open(path: Path, start: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(start)
    return file


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _close(file: BinaryIO) -> None:
    file.close()


def _place(path: Path) -> None:
    part = _partial(path)
    _sync(part)
    part.replace(path)
    _sync(path.parent)  # or the name may be gone after a power cut that the row outlives
    _sync(path.parent.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
