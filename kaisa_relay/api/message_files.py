"""The file of a message: its bytes as they lie on disk, for whoever may read the conversation.

Rule 1: what a stranger sent is never run: no type is guessed, and only what cannot hold a script is
shown in place; the rest is a download.
"""

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final
from urllib.parse import quote

from attrs import frozen
from quart import Response, request

from kaisa_relay.api.answers import answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.conversations import read_id
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problem_kinds import FileDeleted, FileNotKept, RangeBeyond
from kaisa_relay.api.problems import Problem, problem
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
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


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
            refused = problem(RangeBeyond)
            return Problem(refused.kind, headers={"Content-Range": f"bytes */{size}"})
        return _response(self._kept, row, media, part)


@frozen
class Part:
    """Which bytes go out: from `start` to before `end`, of `size`."""

    start: int
    end: int
    size: int

    @property
    def whole(self) -> bool:
        """Whether that is all."""
        return self.end - self.start == self.size


def read_range(asked: str | None, size: int) -> Part | None:
    """Return the bytes that a request wants; None where there are none such.

    What is no single range of bytes counts as not said (RFC 9110, section 14.2).
    """
    read = _RANGE.fullmatch(asked.strip()) if asked is not None else None
    if read is None or read.groups() == ("", ""):
        return Part(0, size, size)
    first, last = read.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    return Part(start, end, size) if start < end else None


def _response(kept: KeptFiles, row: FileRow, media: Media, part: Part) -> Response:
    type = row.mime_type if _TYPE.fullmatch(row.mime_type) else ANY_TYPE
    response = answer(b"", 200 if part.whole else 206, media_type=type)
    response.response = response.iterable_body_class(_bytes(kept, row, part))
    response.timeout = WITHIN
    headers = response.headers
    headers["Content-Length"] = str(part.end - part.start)
    headers["Accept-Ranges"] = "bytes"
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    headers["Content-Disposition"] = disposition(type, media.filename)
    if not part.whole:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{part.size}"
    return response


async def _bytes(kept: KeptFiles, row: FileRow, part: Part) -> AsyncIterator[bytes]:
    left = part.end - part.start
    async with aclosing(kept.read(row.workspace, row.message, part.start)) as chunks:
        async for chunk in chunks:
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                return


def disposition(type: str, name: str | None) -> str:
    """Return how a browser treats a file, with its name as RFC 6266 writes it."""
    how = "inline" if _HARMLESS.fullmatch(type.partition(";")[0]) else "attachment"
    if not name:
        return how
    shown = re.sub(r"[^A-Za-z0-9 ._-]", "_", name).strip(" .") or "file"
    return f"{how}; filename=\"{shown}\"; filename*=UTF-8''{quote(name, safe='')}"
