"""What changes do to the rows of files."""

from collections.abc import Sequence
from typing import Any, Final, assert_never

from kaisa_relay.domain.content import MediaKind
from kaisa_relay.domain.ids import ChannelId, ContactId, MessageId, WorkspaceId
from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Row, Write, first_wins
from kaisa_relay.ports.files import FileChange, FileRow, FileState, MoveFile, WantFile
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.file_table import file
from kaisa_relay.store.instants import from_micros, to_micros

FILE_COLUMNS: Final = ", ".join(f"file.{column.name}" for column in file.columns)


def file_parts(unit: Unit, change: FileChange) -> list[Part]:
    """Return the rows of a change."""
    match change:
        case WantFile(file=wanted):
            return [Part(WANT_FILE, change, [_row(unit.workspace, wanted)])]
        case MoveFile(file=moved, sources=sources):
            rows = [(*_row(unit.workspace, moved), source.value) for source in sources]
            return [Part(MOVE_FILE, change, rows)]
        case _:
            assert_never(change)


def file_of_row(row: Sequence[Any]) -> FileRow:
    """Return the file in a row that has the table's columns in their order."""
    workspace, message, channel, contact, kind, mime_type, inbound_id, sha256, *rest = row
    voice, wanted_at, state, size, media_id, uploaded_at, code, attempts, due_at, by = rest
    wanted = from_micros(wanted_at)
    assert wanted is not None
    return FileRow(
        workspace=WorkspaceId(workspace),
        message=MessageId(message),
        channel=ChannelId(channel),
        contact=ContactId(contact),
        kind=MediaKind(kind),
        mime_type=mime_type,
        inbound_id=inbound_id,
        sha256=sha256,
        voice=bool(voice),
        wanted_at=wanted,
        state=FileState(state),
        size=size,
        media_id=media_id,
        uploaded_at=from_micros(uploaded_at),
        code=code,
        attempts=attempts,
        due_at=from_micros(due_at),
        uploaded_by=None if by is None else ChannelId(by),
    )


def _row(workspace: WorkspaceId, row: FileRow) -> Row:
    return (
        workspace,
        row.message,
        row.channel,
        row.contact,
        row.kind.value,
        row.mime_type,
        row.inbound_id,
        row.sha256,
        int(row.voice),
        to_micros(row.wanted_at),
        row.state.value,
        row.size,
        row.media_id,
        to_micros(row.uploaded_at),
        row.code,
        row.attempts,
        to_micros(row.due_at),
        row.uploaded_by,
    )


_TYPES: Final = {
    "workspace": int,
    "message": int,
    "channel": int,
    "contact": int,
    "kind": str,
    "mime_type": str,
    "inbound_id": str,
    "sha256": str,
    "voice": int,
    "wanted_at": int,
    "state": str,
    "size": int,
    "media_id": str,
    "uploaded_at": int,
    "code": int,
    "attempts": int,
    "due_at": int,
    "uploaded_by": int,
}
_NAMES: Final = ", ".join(_TYPES)
_VALUES: Final = ", ".join(f"v.{name}" for name in _TYPES)

WANT_FILE: Final = Write(
    Bulk(
        f"""insert into file ({_NAMES}) select {_VALUES} from {{rows}} where true
        on conflict (workspace, message) do nothing""",
        **_TYPES,
    ),
    squeeze=first_wins(2),
)

# One row per state that the file may stand in: at most one of them matches.
MOVE_FILE: Final = Write(
    Bulk(
        """update file set kind = v.kind, mime_type = v.mime_type, sha256 = v.sha256,
        voice = v.voice, state = v.state, size = v.size, media_id = v.media_id,
        uploaded_at = v.uploaded_at, code = v.code, attempts = v.attempts, due_at = v.due_at,
        uploaded_by = v.uploaded_by
        from {rows} where file.workspace = v.workspace and file.message = v.message
        and file.state = v.source""",
        **_TYPES,
        source=str,
    ),
    guarded=True,
)
