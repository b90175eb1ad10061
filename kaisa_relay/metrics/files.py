"""What becomes of files on their way across."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter

STATES: Final = ("stored", "uploaded", "failed")
"""Of `ports.files.FileState`; 0 from the start."""


class FileCounts:
    """Counts files and their bytes by the state that they came to."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._files = Counter(
            "kaisa_files", "Files that came to a state", ["state"], registry=registry
        )
        self._bytes = Counter(
            "kaisa_file_bytes", "Bytes of those files", ["state"], registry=registry
        )
        for state in STATES:
            self.count(state, 0, files=0)

    def count(self, state: str, size: int, files: int = 1) -> None:
        """Count a file of so many bytes."""
        self._files.labels(state).inc(files)
        self._bytes.labels(state).inc(size)
