"""Links to files of exports: whoever has one needs no key, until its time is over.

Rule 1: a link names a workspace, a job and an instant, signed together; nobody can change one.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import UTC, datetime
from struct import Struct
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain.ids import ExportId, WorkspaceId
from kaisa_relay.ports.export_jobs import ExportJob, ExportState

PATH: Final = "/downloads/"
_NAMED: Final = Struct(">QQQ")
"""The workspace, the job, and the second of Unix time at which it ends."""
_SIGNED: Final = 32
_LENGTH: Final = 75
"""Characters of base64 that hold the 56 bytes, without padding."""


@frozen
class Linked:
    """What a link of ours leads to, and until when."""

    workspace: WorkspaceId
    job: ExportId
    until: datetime


@frozen
class JobLinks:
    """Makes links with the first of its keys, and reads those of every one."""

    public_url: str
    _keys: tuple[bytes, ...] = field(repr=False)

    def link(self, job: ExportJob) -> str | None:
        """Return where its file is fetched, if it has one."""
        if job.state is not ExportState.DONE or job.expires_at is None:
            return None
        named = _NAMED.pack(job.workspace, job.id, int(job.expires_at.timestamp()))
        token = urlsafe_b64encode(named + _sign(self._keys[0], named)).decode().rstrip("=")
        return f"{self.public_url.rstrip('/')}{PATH}{token}"

    def read(self, token: str) -> Linked | None:
        """Return what the last part of a link says; None where we did not sign it."""
        if len(token) != _LENGTH or not token.isascii():
            return None
        try:
            packed = urlsafe_b64decode(token + "=")
        except Error:
            return None
        named, signed = packed[: _NAMED.size], packed[_NAMED.size :]
        if not any(hmac.compare_digest(signed, _sign(key, named)) for key in self._keys):
            return None
        workspace, job, until = _NAMED.unpack(named)
        ends = datetime.fromtimestamp(until, UTC)
        return Linked(WorkspaceId(workspace), ExportId(job), ends)


def _sign(key: bytes, named: bytes) -> bytes:
    return hmac.digest(key, named, "sha256")
