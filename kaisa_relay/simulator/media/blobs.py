"""Bytes on disk, by what they are: a temporary folder with a bound."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory


class Blobs:
    """At most `most` bytes; the oldest files go first, and the same bytes are kept once.

    Reads and writes block. A file is small or comes once; an event loop that serves tests can
    afford it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._sizes: dict[str, int] = {}
        self._total = 0
        self._folder: TemporaryDirectory[str] | None = None

    def put(self, data: bytes) -> str:
        """Keep bytes and return their SHA-256 in hexadecimal."""
        name = hashlib.sha256(data).hexdigest()
        if name in self._sizes:
            self._sizes[name] = self._sizes.pop(name)
            return name
        self._path(name).write_bytes(data)
        self._sizes[name] = len(data)
        self._total += len(data)
        while self._total > self._most and len(self._sizes) > 1:
            self._remove(next(iter(self._sizes)))
        return name

    def get(self, name: str) -> bytes | None:
        """The bytes of this SHA-256, or None once they are forgotten."""
        return self._path(name).read_bytes() if name in self._sizes else None

    def close(self) -> None:
        """Remove everything; harmless twice, and what is put afterwards is kept again."""
        self._sizes.clear()
        self._total = 0
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def statistics(self) -> dict[str, int]:
        """How many files, and how many bytes they have."""
        return {"files": len(self._sizes), "bytes": self._total}

    def _remove(self, name: str) -> None:
        self._path(name).unlink()
        self._total -= self._sizes.pop(name)

    def _path(self, name: str) -> Path:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="whatsapp-simulator-")
        return Path(self._folder.name) / name
