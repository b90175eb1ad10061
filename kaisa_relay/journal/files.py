"""The rows of files in SQL (`ports.files.Files`)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from attrs import frozen
from sqlalchemy import Connection, select

from kaisa_relay.domain.ids import MessageId, WorkspaceId
from kaisa_relay.journal.file_rows import FILE_COLUMNS, file_of_row
from kaisa_relay.ports.files import FileRow, FileState
from kaisa_relay.store import Store
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.file_table import file
from kaisa_relay.store.instants import to_micros


@frozen
class SqlFiles:
    """Finds the files of messages."""

    _store: Store

    async def file(self, workspace: WorkspaceId, message: MessageId) -> FileRow | None:
        """Return the file of a message."""
        return (await self.files(workspace, (message,))).get(message)

    async def files(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> dict[MessageId, FileRow]:
        """Return the files of these messages."""
        read = partial(files_of, workspace=workspace, messages=messages)
        return await self._store.read(read) if messages else {}

    async def kept(self, workspace: WorkspaceId, before: datetime, limit: int) -> list[FileRow]:
        """Return files that are over and may still lie on disk, wanted before an instant."""
        query = (
            select(file)
            .where(file.c.workspace == workspace, file.c.wanted_at < to_micros(before))
            .where(file.c.state != FileState.DELETED.value)
            .where(file.c.state != FileState.WANTED.value)
            .order_by(file.c.wanted_at)
            .limit(limit)
        )
        return await self._store.read(
            lambda connection: [file_of_row(row) for row in connection.execute(query)]
        )


def files_of(
    connection: Connection, workspace: WorkspaceId, messages: Sequence[MessageId]
) -> dict[MessageId, FileRow]:
    """Return the files of these messages."""
    keys = [(workspace, message) for message in dict.fromkeys(messages)]
    found = map(file_of_row, _FILES.fetch(connection, keys)) if keys else ()
    return {row.message: row for row in found}


_FILES: Final = Bulk(
    f"""select {FILE_COLUMNS} from {{rows}} cross join file
    where file.workspace = v.workspace and file.message = v.message""",
    workspace=int,
    message=int,
)
