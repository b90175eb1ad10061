"""What the file of a message means for its sends.

Rule 1: the file's row is the truth; it is read when a send's turn comes, and never kept.
Rule 2: what WhatsApp does not take as it is goes as a document, before its writer is told.
"""

from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Media, MediaKind
from kaisa_relay.domain.conversation.messages import MessageRelayed
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.files import FileProblem, document_name
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.outgoing import File, Outgoing, Quoting
from kaisa_relay.domain.sending import Rejected
from kaisa_relay.ports import FileRow, FileState, MoveFile, Send, WantFile

UPLOAD_LIVES: Final = timedelta(days=29)
"""How long an uploaded id is used; Meta keeps it a day longer."""
INBOUND_LIVES: Final = timedelta(days=6)
"""The same for an id that came in (reference, section 5)."""
REFUSED: Final = frozenset({100, 131009, 131053})
"""Codes by which Meta says that it does not take a file as this kind, or not by this id."""


def wanted_file(state: State, event: MessageRelayed, media: Media) -> WantFile:
    """Return the row of the file that a relayed message carries."""
    agent = state.agent if event.to is Side.VISITOR else None
    return WantFile(
        FileRow(
            workspace=state.workspace,
            message=event.message,
            channel=state.channel,
            contact=agent or state.visitor,
            kind=media.kind,
            mime_type=media.mime_type,
            inbound_id=media.media_id,
            sha256=media.sha256,
            voice=media.voice,
            wanted_at=event.at,
        )
    )


def file_of(send: Send) -> File | None:
    """Return the file that a send carries."""
    carried = send.outgoing
    if isinstance(carried, Quoting):
        carried = carried.outgoing
    return carried if isinstance(carried, File) else None


def is_reused(row: FileRow) -> bool:
    """Say whether the copy that we send is the one that came in."""
    return row.media_id == row.inbound_id


def is_ready(row: FileRow, at: datetime, channel: ChannelId) -> bool:
    """Say whether WhatsApp has a copy that this number can send: its own."""
    if row.media_id is None or row.uploaded_at is None or row.code is not None:
        return False
    if (row.uploaded_by or row.channel) != channel:
        return False
    lives = INBOUND_LIVES if is_reused(row) else UPLOAD_LIVES
    return at < row.uploaded_at + lives


def carrying(send: Send, row: FileRow | None, at: datetime) -> Outgoing | Rejected | None:
    """Return a send with its file, why it cannot go, or None when the file is not ready (again)."""
    if row is None:
        return Rejected(FileProblem.EXPIRED, "no such file")
    if row.code is not None:
        return Rejected(row.code, "the file could not be brought over")
    if not is_ready(row, at, send.channel):
        return None
    outgoing = send.outgoing
    if isinstance(outgoing, Quoting) and isinstance(outgoing.outgoing, File):
        return evolve(outgoing, outgoing=_filled(outgoing.outgoing, row))
    return _filled(outgoing, row) if isinstance(outgoing, File) else outgoing


def _filled(file: File, row: FileRow) -> File:
    name = file.filename
    if row.kind is MediaKind.DOCUMENT:
        name = document_name(name, row.mime_type)
    return evolve(
        file,
        kind=row.kind,
        mime_type=row.mime_type,
        filename=name,
        voice=row.voice,
        media_id=row.media_id,
    )


def fallback(row: FileRow, code: int) -> MoveFile | None:
    """Return how a file is tried next that WhatsApp refused to send; None when it is not."""
    if code not in REFUSED or row.media_id is None:
        return None
    sources = (FileState.UPLOADED, FileState.DELETED)
    if is_reused(row):
        again = evolve(row, state=FileState.WANTED, media_id=None, uploaded_at=None, attempts=1)
        return MoveFile(again, sources)
    if row.kind is MediaKind.DOCUMENT:
        return None
    return MoveFile(evolve(row, kind=MediaKind.DOCUMENT, voice=False), sources)
