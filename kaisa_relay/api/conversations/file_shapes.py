"""Files of messages as they travel."""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from kaisa_relay.domain.content import Media
from kaisa_relay.ports.files import FileRow, FileState


class FileStanding(StrEnum):
    """Where our copy of a file stands."""

    NONE = "none"
    WAITING = "waiting"
    KEPT = "kept"
    FAILED = "failed"
    DELETED = "deleted"


class FileAnswer(Struct, frozen=True):
    """A message's file. `state` is none (nothing was fetched: the message waits, was not passed on,
    or went on without a copy), waiting, kept, failed or deleted (its time is over); only what is
    kept can be had from `/conversations/{id}/messages/{message}/file`."""

    state: FileStanding
    type: Annotated[str, Meta(description="Its media type, as its sender said or its bytes say.")]
    name: str | None
    size: Annotated[int | None, Meta(description="Bytes, once they are known.")]


_STANDING: Final = {
    FileState.WANTED: FileStanding.WAITING,
    FileState.STORED: FileStanding.KEPT,
    FileState.UPLOADED: FileStanding.KEPT,
    FileState.FAILED: FileStanding.FAILED,
    FileState.DELETED: FileStanding.DELETED,
}


def file_answer(media: Media, row: FileRow | None) -> FileAnswer:
    """Return how a message's file stands."""
    if row is None:
        return FileAnswer(FileStanding.NONE, media.mime_type, media.filename, None)
    return FileAnswer(_STANDING[row.state], row.mime_type, media.filename, row.size)
