"""The files of messages in memory."""

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve, frozen

from kaisa_relay.domain.ids import MessageId, WorkspaceId
from kaisa_relay.journal.memory.commits import Commits
from kaisa_relay.journal.memory.rows import Transaction
from kaisa_relay.ports.files import FileRow, FileState, MoveFile, WantFile

_OVER = (FileState.STORED, FileState.UPLOADED, FileState.FAILED)


@frozen
class MemoryFiles:
    """`ports.files.Files`."""

    commits: Commits

    async def file(self, workspace: WorkspaceId, message: MessageId) -> FileRow | None:
        """Return the file of a message."""
        return (await self.files(workspace, (message,))).get(message)

    async def files(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> dict[MessageId, FileRow]:
        """Return the files of these messages."""
        rows = (await self.commits.read()).files
        return {id: rows[workspace, id] for id in messages if (workspace, id) in rows}

    async def kept(self, workspace: WorkspaceId, before: datetime, limit: int) -> list[FileRow]:
        """Return files that are over and may still lie on disk, wanted before an instant."""
        rows = (await self.commits.read()).files
        found = [
            row
            for (owner, _), row in rows.items()
            if owner == workspace and row.state in _OVER and row.wanted_at < before
        ]
        return sorted(found, key=lambda row: row.wanted_at)[:limit]


def want_file(tx: Transaction, workspace: WorkspaceId, change: WantFile) -> None:
    """Write the file's row, unless it is there."""
    key = (workspace, change.file.message)
    if key not in tx.rows.files:
        tx.put(tx.rows.files, key, change.file)


def move_file(tx: Transaction, workspace: WorkspaceId, change: MoveFile) -> bool:
    """Move the file; False when it does not stand where that expects it."""
    key = (workspace, change.file.message)
    row = tx.rows.files.get(key)
    if row is None or row.state not in change.sources:
        return False
    fixed = evolve(
        change.file,
        channel=row.channel,
        contact=row.contact,
        inbound_id=row.inbound_id,
        wanted_at=row.wanted_at,
    )
    tx.put(tx.rows.files, key, fixed)
    return True
