"""The Graph API's calls for files: from its store to our disk, and from our disk to a number.

Rule 1: a file passes in chunks, whatever its size; what is said of it is checked on the way.
Rule 2: addresses, names and tokens are never logged, and never part of an answer.
"""

import hmac
import logging
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import msgspec
import trio
from attrs import field, frozen

from kaisa_relay.domain.files import ANY_TYPE, LARGEST, FileProblem, document_name
from kaisa_relay.domain.ids import MessageId, WorkspaceId
from kaisa_relay.domain.sending import Answer, Deferred, Halted, Rejected, Uncertain
from kaisa_relay.ports import ChannelAccess, FileRow
from kaisa_relay.ports.files import Broken, Fetched, Uploaded
from kaisa_relay.whatsapp.errors import refusal
from kaisa_relay.whatsapp.httpx_transport import authorities
from kaisa_relay.whatsapp.media_address import Origin, origin, origins, redirected
from kaisa_relay.whatsapp.media_disk import CHUNK, MediaDisk, Writing

STALL: Final = 20.0
"""Seconds without a byte after which a transfer is given up."""
CONNECT: Final = 5.0
ANSWER: Final = 64 * 1024
"""Bytes of an answer that is no file."""
MOST_REDIRECTS: Final = 2
_GONE: Final = frozenset({100, 33})
"""Codes by which Meta says that it has no such file (any more)."""
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError)
_NOWHERE: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class _Found(msgspec.Struct):
    url: str
    sha256: str | None = None
    file_size: int | str | None = None


class _Id(msgspec.Struct):
    id: str


@frozen
class GraphMedia:
    """`ports.files.Carrier` over HTTP; make it with `open_media`."""

    _client: httpx.AsyncClient = field(repr=False)
    _base: str = field(repr=False)
    _origins: frozenset[Origin]
    disk: MediaDisk

    async def fetch(self, access: ChannelAccess, file: FileRow) -> Fetched | Broken:
        """Ask for the file's address and bring it to disk, in place of what lay there."""
        try:
            found = await self._look_up(access, file)
            if isinstance(found, Broken):
                return found
            return await self._download(access, file, found)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _unanswered(error)
        except OSError as error:
            return Broken(f"disk: {error.strerror}", unreachable=True)

    async def inspect(self, file: FileRow) -> int | None:
        """Return the size of what lies on disk; None where nothing does."""
        return await self.disk.inspect(file.workspace, file.message)

    async def upload(self, access: ChannelAccess, file: FileRow) -> Uploaded | Broken:
        """Give WhatsApp the file that lies on disk, as the type that its row has."""
        try:
            return await self._upload(access, file)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _unanswered(error)
        except OSError as error:
            return Broken(f"disk: {error.strerror}", unreachable=True)

    async def remove(self, workspace: WorkspaceId, message: MessageId) -> None:
        """Remove a file from disk; harmless where there is none."""
        await self.disk.remove(workspace, message)

    # --- down

    async def _look_up(self, access: ChannelAccess, file: FileRow) -> _Found | Broken:
        if not file.inbound_id.isascii() or not file.inbound_id.isalnum():
            return Broken("not an id", FileProblem.EXPIRED)
        url = f"{self._base}{file.inbound_id}?phone_number_id={access.phone_number_id}"
        async with self._client.stream("GET", url, headers=_bearer(access)) as answer:
            body = await _small(answer)
            if answer.status_code != 200:
                broken = _refused(answer, body)
                gone = broken.code in _GONE or answer.status_code == 404
                return Broken(broken.reason, FileProblem.EXPIRED) if gone else broken
        try:
            found = msgspec.json.decode(body, type=_Found)
        except _UNREADABLE:
            return Broken("no address in the answer")
        return found if (_number(found.file_size) or 0) <= LARGEST else _too_large()

    async def _download(
        self, access: ChannelAccess, file: FileRow, found: _Found
    ) -> Fetched | Broken:
        url: str | None = found.url
        for _ in range(MOST_REDIRECTS + 1):
            if url is None or origin(url) not in self._origins:
                return Broken("an address that gets no token of ours")
            headers = (*_bearer(access), ("Accept-Encoding", "identity"))
            async with self._client.stream("GET", url, headers=headers) as answer:
                if answer.is_redirect:
                    url = redirected(url, answer.headers.get("location"))
                    continue
                if answer.status_code != 200:
                    return Broken(f"HTTP {answer.status_code}")  # the next try asks for a new one
                return await self._store(file, found, answer)
        return Broken("too many redirects")

    async def _store(
        self, file: FileRow, found: _Found, answer: httpx.Response
    ) -> Fetched | Broken:
        if (_number(answer.headers.get("content-length")) or 0) > LARGEST:
            return _too_large()
        async with self.disk.writing(file.workspace, file.message) as writing:
            if not await _receive(answer, writing):
                return _too_large()
        fetched = writing.fetched()
        if not _agrees(file, found, fetched):
            return Broken("other bytes than announced", FileProblem.DAMAGED)
        await self.disk.keep(file.workspace, file.message)
        return fetched

    # --- up

    async def _upload(self, access: ChannelAccess, file: FileRow) -> Uploaded | Broken:
        size = await self.inspect(file)
        if size is None:
            return Broken("nothing on disk")
        boundary = secrets.token_hex(16)
        before, after = _frame(boundary, file.mime_type)
        headers = (
            *_bearer(access),
            ("Content-Type", f"multipart/form-data; boundary={boundary}"),
            ("Content-Length", str(len(before) + size + len(after))),
        )
        url = f"{self._base}{access.phone_number_id}/media"
        content = self._framed(file, before, after)
        async with self._client.stream("POST", url, headers=headers, content=content) as answer:
            body = await _small(answer)
            if answer.status_code != 200:
                return _refused(answer, body)
        try:
            return Uploaded(msgspec.json.decode(body, type=_Id).id)
        except _UNREADABLE:
            return Broken("no id in the answer")

    async def _framed(self, file: FileRow, before: bytes, after: bytes) -> AsyncIterator[bytes]:
        yield before
        async for part in self.disk.read(file.workspace, file.message):
            yield part
        yield after


def _bearer(access: ChannelAccess) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {access.token}"),)


def _frame(boundary: str, mime_type: str) -> tuple[bytes, bytes]:
    """Return what stands before and after the bytes; the name is ours and says nothing."""
    shown = mime_type if mime_type.isprintable() and mime_type.isascii() else ANY_TYPE
    fields = (("messaging_product", "whatsapp"), ("type", shown))
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    name = document_name(None, shown)
    part = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    lines.append(f"--{boundary}\r\n{part}\r\nContent-Type: {shown}\r\n\r\n")
    return "".join(lines).encode(), f"\r\n--{boundary}--\r\n".encode()


async def _receive(answer: httpx.Response, writing: Writing) -> bool:
    """Write a body as it comes; False when there is more of it than we take."""
    fits = True
    with trio.CancelScope() as scope:
        async for part in answer.aiter_raw(CHUNK):
            if writing.size + len(part) > LARGEST:
                fits = False
                scope.cancel()  # leaving the loop would leave httpx's generators behind
            else:
                await writing.write(part)
    return fits  # the scope cannot tell: nothing waits any more after the last part


async def _small(answer: httpx.Response) -> bytes:
    """Return the body of an answer that is no file, as far as it is wanted."""
    body = bytearray()
    with trio.CancelScope() as scope:
        async for part in answer.aiter_bytes():
            if len(body) > ANSWER:
                scope.cancel()  # as in `_receive`
            else:
                body += part
    return bytes(body)


def _refused(answer: httpx.Response, body: bytes) -> Broken:
    """Return what an answer other than 200 says."""
    said: Answer = refusal(answer.status_code, body)
    match said:
        case Halted(code=code, details=why):
            return Broken(why, code=code, unreachable=True)  # until an operator acts
        case Rejected(code=code, details=why):
            return Broken(why, code=code)
        case Deferred(code=code, reason=why, whole_channel=whole):
            return Broken(why, code=code, unreachable=whole)
        case Uncertain(reason=why):
            return Broken(why)
        case _:
            return Broken(f"HTTP {answer.status_code}")


def _unanswered(error: Exception) -> Broken:
    """Return what a call without an answer says; its own words may hold the address."""
    return Broken(type(error).__name__, unreachable=isinstance(error, _NOWHERE))


def _too_large() -> Broken:
    return Broken("too large", FileProblem.TOO_LARGE)


def _number(given: int | str | None) -> int | None:
    text = str(given or "")
    return int(text[:18]) if text.isascii() and text.isdecimal() else None


def _agrees(file: FileRow, found: _Found, fetched: Fetched) -> bool:
    """Say whether the bytes are those that were announced, by size and by one of the hashes.

    Which form a hash has is not documented for every place: base64 and hexadecimal count.
    """
    size = _number(found.file_size)
    if size is not None and size != fetched.size:
        return False
    hashes = [each for each in (file.sha256, found.sha256) if each]
    return not hashes or any(_same(each, fetched.sha256) for each in hashes)


def _same(announced: str, found: str) -> bool:
    given = announced
    if len(announced) == 64:
        try:
            given = b64encode(bytes.fromhex(announced)).decode()
        except ValueError:
            return False
    return hmac.compare_digest(given.encode().rstrip(b"="), found.encode().rstrip(b"="))


@asynccontextmanager
async def open_media(
    disk: MediaDisk,
    url: str,
    version: str,
    ca_file: Path | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[GraphMedia]:
    """Open it for a Graph API; `transport` stands in for the network."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses at INFO
    client = httpx.AsyncClient(
        timeout=httpx.Timeout(STALL, connect=CONNECT, pool=None),
        verify=authorities(ca_file),
        transport=transport,
        trust_env=False,
    )
    async with client:
        await disk.sweep()
        base = f"{url.rstrip('/')}/{version.strip('/')}/"
        yield GraphMedia(client, base, origins(url), disk)
