"""The list of erasures beside the database, which a restored backup does not turn back.

Rule 1: a line is on the disk before the database hears of its erasure; lines are only added.
Rule 2: it names our ids alone, which lead nowhere once the person is gone.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from attrs import frozen

from kaisa_relay.domain.ids import (
    CONTACT,
    ERASURE,
    WORKSPACE,
    ContactId,
    ErasureId,
    WorkspaceId,
    from_text,
    to_text,
)

logger = structlog.get_logger()


@frozen
class Line:
    """An erasure that was asked for."""

    id: ErasureId
    workspace: WorkspaceId
    contact: ContactId
    asked_at: datetime


@frozen
class Ledger:
    """A file of one JSON object per line. Both calls block; both raise `OSError`."""

    path: Path

    def add(self, line: Line) -> None:
        """Write a line down for good."""
        told = {
            "erasure": to_text(ERASURE, line.id),
            "workspace": to_text(WORKSPACE, line.workspace),
            "contact": to_text(CONTACT, line.contact),
            "asked_at": line.asked_at.isoformat(),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.path.exists()
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # What a power cut left of a line is ended first: it is a line of its own, and unread.
            os.write(file, b"\n" * self._is_torn() + json.dumps(told).encode() + b"\n")
            os.fsync(file)
        finally:
            os.close(file)
        if is_new:
            _keep_name(self.path.parent)

    def lines(self) -> list[Line]:
        """Return every line that reads; of others only their number is logged."""
        if not self.path.exists():
            return []
        return list(_read(self.path.read_bytes().splitlines()))

    def _is_torn(self) -> bool:
        with self.path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return False
            file.seek(-1, os.SEEK_END)
            return file.read() != b"\n"


def _keep_name(folder: Path) -> None:
    """Have the directory's entry on the disk as well."""
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


def _read(lines: list[bytes]) -> Iterator[Line]:
    for number, text in enumerate(filter(None, lines), 1):
        line = _line(text)
        if line is None:
            logger.warning("a line of the list of erasures does not read", line=number)
        else:
            yield line


def _line(text: bytes) -> Line | None:
    try:
        told: dict[str, Any] = json.loads(text)
        at = datetime.fromisoformat(told["asked_at"])
        id = from_text(ERASURE, told["erasure"])
        workspace = from_text(WORKSPACE, told["workspace"])
        contact = from_text(CONTACT, told["contact"])
    except (ValueError, KeyError, TypeError):
        return None
    if id is None or workspace is None or contact is None:
        return None
    return Line(ErasureId(id), WorkspaceId(workspace), ContactId(contact), at)
