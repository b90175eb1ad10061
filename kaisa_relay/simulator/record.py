"""The record of what happened: every call accepted or refused and every webhook attempt, for
tests to count.
"""

from collections import deque
from typing import Any

_LONGEST = 200_000


class Record:
    """The last entries, numbered from 1 without gaps."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_LONGEST)
        self._last = 0

    def add(self, kind: str, **facts: Any) -> None:
        """Note one thing that happened; facts that are None are left out."""
        self._last += 1
        known = {name: value for name, value in facts.items() if value is not None}
        self._entries.append({"index": self._last, "kind": kind} | known)

    def entries(self, after: int = 0, kind: str | None = None) -> list[dict[str, Any]]:
        """The entries later than number `after`, of one kind if given."""
        return [
            entry
            for entry in self._entries
            if entry["index"] > after and kind in (None, entry["kind"])
        ]

    def clear(self) -> None:
        """Forget the entries; the numbering goes on."""
        self._entries.clear()
