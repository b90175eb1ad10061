"""Files on their way across: their rows, and who carries their bytes.

Rule 1: bytes are on disk or on the wire; no call here hands more than a file's head around.
Rule 2: only what belongs to a send is fetched, once per message.
"""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from kaisa_relay.domain.content import MediaKind
from kaisa_relay.domain.files import FileProblem
from kaisa_relay.domain.ids import ChannelId, ContactId, MessageId, WorkspaceId
from kaisa_relay.ports.gateway import ChannelAccess


class FileState(StrEnum):
    """Where a file stands. `deleted` is an uploaded or failed one whose bytes we removed."""

    WANTED = "wanted"
    STORED = "stored"
    UPLOADED = "uploaded"
    FAILED = "failed"
    DELETED = "deleted"


@frozen
class FileRow:
    """The file of a message. `contact` wrote it; `kind` and `mime_type` are those it is sent as.

    `inbound_id` is Meta's name for what came in, `media_id` for what we uploaded at `uploaded_at`,
    by the number `uploaded_by`, which alone can send it; `channel` is where it came in. `sha256` is
    base64. `code` says why it failed (`FileProblem`, or Meta's). Times of a retry are
    in `due_at`; `wanted_at` is when the commit asked for it that made its first send.
    """

    workspace: WorkspaceId
    message: MessageId
    channel: ChannelId
    contact: ContactId
    kind: MediaKind
    mime_type: str
    inbound_id: str = field(repr=False)
    sha256: str | None = field(repr=False)
    voice: bool
    wanted_at: datetime
    state: FileState = FileState.WANTED
    size: int | None = None
    media_id: str | None = field(repr=False, default=None)
    uploaded_at: datetime | None = None
    code: int | None = None
    attempts: int = 0
    due_at: datetime | None = None
    uploaded_by: ChannelId | None = None
    """None in rows of before it was kept, and while there is no upload."""


@frozen
class WantFile:
    """A send needs this file; no effect where its message's file is known already."""

    file: FileRow


@frozen
class MoveFile:
    """The file stands as in `file` now; a conflict unless it stood in one of `sources`."""

    file: FileRow
    sources: tuple[FileState, ...]


FileChange = WantFile | MoveFile


class Files(Protocol):
    """The rows of files."""

    async def file(self, workspace: WorkspaceId, message: MessageId) -> FileRow | None:
        """Return the file of a message."""
        ...

    async def files(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> dict[MessageId, FileRow]:
        """Return the files of these messages."""
        ...

    async def kept(self, workspace: WorkspaceId, before: datetime, limit: int) -> list[FileRow]:
        """Return files that are over and may still lie on disk, wanted before an instant."""
        ...


@frozen
class Fetched:
    """A file is on disk, whole: its size in bytes, its hash in base64, its first bytes."""

    size: int
    sha256: str = field(repr=False)
    head: bytes = field(repr=False)


@frozen
class Uploaded:
    """WhatsApp has a copy, and this is its name for 30 days."""

    media_id: str = field(repr=False)


@frozen
class Broken:
    """It did not work. `problem` says why it never will; None: later it may.

    `unreachable`: nothing answered at all. `code` is Meta's, where it gave one.
    """

    reason: str
    problem: FileProblem | None = None
    code: int | None = None
    unreachable: bool = False


class Carrier(Protocol):
    """Brings files from WhatsApp to disk and back; only cancellation is raised."""

    async def fetch(self, access: ChannelAccess, file: FileRow) -> Fetched | Broken:
        """Ask for the file's address and bring it to disk, in place of what lay there."""
        ...

    async def inspect(self, file: FileRow) -> int | None:
        """Return the size in bytes of what lies on disk; None where nothing does."""
        ...

    async def upload(self, access: ChannelAccess, file: FileRow) -> Uploaded | Broken:
        """Give WhatsApp the file that lies on disk, as the type that its row has."""
        ...

    async def remove(self, workspace: WorkspaceId, message: MessageId) -> None:
        """Remove a file from disk; harmless where there is none."""
        ...


class KeptFiles(Protocol):
    """The bytes that lie on disk, for who may see them."""

    async def inspect(self, workspace: WorkspaceId, message: MessageId) -> int | None:
        """Return the size in bytes of what lies there; None where nothing does."""
        ...

    def read(
        self, workspace: WorkspaceId, message: MessageId, start: int = 0
    ) -> AsyncGenerator[bytes, None]:
        """Return the bytes from `start` on, a chunk at a time. Raises `OSError`."""
        ...
