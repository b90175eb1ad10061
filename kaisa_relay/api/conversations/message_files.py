"""The file of a message: its bytes as they lie on disk, for whoever may read the conversation.

Rule 1: what a stranger sent is never run: no type is guessed, and only what cannot hold a script is
shown in place; the rest is a download.
"""

import re
from typing import Final
from urllib.parse import quote

from quart import Response, request

from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.conversations.conversations import read_id
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.ranges import Part, beyond, partly, read_range
from kaisa_relay.api.refusals import FileDeleted, FileNotKept
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.content import Media
from kaisa_relay.domain.files import ANY_TYPE
from kaisa_relay.domain.ids import MESSAGE, ConversationId, MessageId, WorkspaceId, from_text
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.files import FileRow, FileState, KeptFiles
from kaisa_relay.ports.keys import Scope

WITHIN: Final = 600
"""Seconds in which a file must have gone out."""
_HARMLESS: Final = re.compile(r"image/(jpeg|png|webp|gif)|audio/[\w.+-]+|video/(mp4|3gpp)")
_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+(; ?codecs=[\w.,]+)?", re.ASCII)


class MessageFiles:
    """The bytes behind `file` in a transcript."""

    def __init__(self, given: Dependencies) -> None:
        self._archive = given.archive
        self._kept = given.files

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        address = "/conversations/<conversation>/messages/<message>/file"
        return (Route(address, self.read, Scope.READ),)

    async def read(self, conversation: str, message: str) -> Response | Problem:
        """Read the file of a message, or one range of its bytes.

        It is kept for the workspace's time (`--keep-files`); 410 after that.
        """
        id, said = read_id(conversation), from_text(MESSAGE, message)
        if id is None or said is None:
            return problem(NotFound)
        return await self._open(calling_key().workspace, id, MessageId(said))

    async def _open(
        self, workspace: WorkspaceId, conversation: ConversationId, message: MessageId
    ) -> Response | Problem:
        found = await self._archive.media(workspace, conversation, message)
        if found is None:
            return problem(NotFound)
        media, row = found
        if row is not None and row.state is FileState.DELETED:
            return problem(FileDeleted)
        if row is None or row.state not in (FileState.STORED, FileState.UPLOADED):
            return problem(FileNotKept)
        size = await self._kept.inspect(workspace, message)
        if size is None:
            return problem(FileNotKept)
        part = read_range(request.headers.get("Range"), size)
        if part is None:
            return beyond(size)
        return _response(self._kept, row, media, part)


def _response(kept: KeptFiles, row: FileRow, media: Media, part: Part) -> Response:
    type = row.mime_type if _TYPE.fullmatch(row.mime_type) else ANY_TYPE
    response = partly(part, type, kept.read(row.workspace, row.message, part.start))
    response.timeout = WITHIN
    headers = response.headers
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    headers["Content-Disposition"] = disposition(type, media.filename)
    return response


def disposition(type: str, name: str | None) -> str:
    """Return how a browser treats a file, with its name as RFC 6266 writes it."""
    how = "inline" if _HARMLESS.fullmatch(type.partition(";")[0]) else "attachment"
    if not name:
        return how
    shown = re.sub(r"[^A-Za-z0-9 ._-]", "_", name).strip(" .") or "file"
    return f"{how}; filename=\"{shown}\"; filename*=UTF-8''{quote(name, safe='')}"
