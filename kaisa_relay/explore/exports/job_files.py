"""The files of exports on disk, named by our ids and the attempt that made them.

Rule 1: a file has its name only when it is whole; what no job knows of is swept.
Rule 2: nobody but us reads them, and nothing that a person wrote is part of a path.
"""

import os
import shutil
from collections.abc import AsyncGenerator, Collection
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import trio
from attrs import frozen

from kaisa_relay.domain.ids import EXPORT, WORKSPACE, ExportId, WorkspaceId, to_text

CHUNK: Final = 256 * 1024
"""Bytes that are read at once."""
PART: Final = ".part"
SCRATCH: Final = ".tmp"


@frozen
class JobFile:
    """Where the file of one attempt lies, or would."""

    path: Path

    @property
    def scratch(self) -> Path:
        """A folder for what is needed while it is made."""
        return self.path.with_name(self.path.name + SCRATCH)

    def create(self) -> IO[bytes]:
        """Open it to be written, under another name. Raises `OSError`."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in (self._part, self.scratch, self.path):  # a restored database counts anew
            _remove(left)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.fdopen(os.open(self._part, flags, 0o600), "w+b", buffering=CHUNK)
        self.scratch.mkdir(mode=0o700)
        return file

    def place(self, file: IO[bytes]) -> int:
        """What was written is whole: put it in its place; returns its bytes. Raises `OSError`."""
        file.flush()
        os.fsync(file.fileno())
        self._part.rename(self.path)
        _sync(self.path.parent)  # or the name may be gone after a power cut that the row outlives
        _sync(self.path.parent.parent)
        return self.path.stat().st_size

    def leave(self, file: IO[bytes]) -> None:
        """Whatever came of it, nothing is written any more."""
        with suppress(OSError):  # what cannot be flushed is not whole, and known not to be
            file.close()
        with suppress(OSError):  # and what cannot go now goes with a sweep
            _remove(self.scratch)

    def size(self) -> int | None:
        """Return its bytes, if it is there."""
        return self.path.stat().st_size if self.path.exists() else None

    async def read(self, start: int) -> AsyncGenerator[bytes, None]:
        """Yield its bytes from `start` on. Raises `OSError`."""
        file = await trio.to_thread.run_sync(_open, self.path)
        try:
            file.seek(start)
            while part := await trio.to_thread.run_sync(file.read, CHUNK):
                yield part
        finally:
            file.close()

    @property
    def _part(self) -> Path:
        return self.path.with_name(self.path.name + PART)


@frozen
class JobFiles:
    """A directory of files, one folder per workspace."""

    directory: Path

    def file(self, of: WorkspaceId, id: ExportId, attempt: int) -> JobFile:
        """Return the file of one attempt."""
        return JobFile(self._folder(of) / _name(id, attempt))

    def names(self, of: WorkspaceId) -> list[str]:
        """Return what lies in a workspace's folder."""
        folder = self._folder(of)
        return sorted(os.listdir(folder)) if folder.is_dir() else []

    def sweep(
        self, of: WorkspaceId, seen: list[str], kept: Collection[tuple[ExportId, int]]
    ) -> None:
        """Remove what was seen and belongs to no file that is kept. Raises `OSError`."""
        names = {_name(id, attempt) for id, attempt in kept}
        for each in seen:
            if each.removesuffix(PART).removesuffix(SCRATCH) not in names:
                _remove(self._folder(of) / each)

    def _folder(self, of: WorkspaceId) -> Path:
        return self.directory / to_text(WORKSPACE, of)


def _name(id: ExportId, attempt: int) -> str:
    return f"{to_text(EXPORT, id)}.{attempt}"


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _remove(path: Path) -> None:
    """Remove what is there; who removes it at the same time is in nobody's way."""
    with suppress(FileNotFoundError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
