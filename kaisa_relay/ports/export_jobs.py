"""Exports that are made in the background, and fetched by a link for as long as they are kept.

Rule 1: a job that is `done` has a whole file; a crash leaves work to do and never half a file.
Rule 2: rows of jobs are the relay's own, so no rebuild of the read model forgets one.
"""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from attrs import field, frozen

from kaisa_relay.domain.explore.wanted import Wanted
from kaisa_relay.domain.ids import ExportId, WorkspaceId
from kaisa_relay.domain.requester import Requester

MOST_JOBS: Final = 100
"""Jobs of a workspace that wait, run, or have a file."""


class ExportState(StrEnum):
    """How far a job is. `expired` had a file that is gone."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Reason(StrEnum):
    """Why a job failed, was cancelled, or lost its file before its time."""

    INTERRUPTED = "interrupted"
    """It was begun too often without coming to its end."""
    DISK = "disk"
    """The file could not be written."""
    SLOW = "slow"
    """To find its rows took too long."""
    ERASURE = "erasure"
    """A person was erased, who may have been in it."""


@frozen
class ExportJob:
    """One export. `asked_by` is the public id of a key or an account, None for the relay itself.

    `done` of `total` conversations are in the file, which has `written` rows in `bytes` bytes;
    `total` is None until it is counted. `expires_at` is set when the job is done. `wanted` is None
    where an erasure took it.
    """

    id: ExportId
    workspace: WorkspaceId
    wanted: Wanted | None = field(repr=False)
    asked_at: datetime
    asked_by: str | None = None
    state: ExportState = ExportState.QUEUED
    reason: Reason | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    done: int = 0
    total: int | None = None
    written: int = 0
    bytes: int = 0


@frozen
class TooManyExports:
    """The workspace has as many jobs as it may."""

    most: int


@frozen
class Download:
    """A file that somebody has a link to: its bytes, and which attempt of the job made it."""

    job: ExportJob
    size: int
    attempt: int


@frozen
class Gone:
    """The link was good, and the file is no longer kept."""


class ExportJobs(Protocol):
    """The jobs. Every call raises `StoreUnavailable`."""

    async def ask(
        self,
        of: WorkspaceId,
        wanted: Wanted,
        by: Requester | None,
        id: ExportId | None = None,
    ) -> ExportJob | TooManyExports:
        """Have a file made. Asked again with an `id` of the workspace's, returns that job.

        Whoever must not ask twice writes an id of `Store.new_id` down first, and asks with it.
        """
        ...

    async def job(self, of: WorkspaceId, id: ExportId) -> ExportJob | None:
        """Return one job."""
        ...

    async def jobs(self, of: WorkspaceId, most: int, before: int | None) -> Sequence[ExportJob]:
        """Return jobs, the newest first, of those older than the job `before`."""
        ...

    async def drop(self, of: WorkspaceId, id: ExportId) -> bool:
        """Cancel a job that has not ended; remove one that has, with its file."""
        ...

    def link(self, job: ExportJob) -> str | None:
        """Return where the file of a job that is done is fetched by anybody until it expires."""
        ...

    async def open(self, token: str) -> Download | Gone | None:
        """Return what the last part of a link leads to; None where it is none of ours."""
        ...

    def read(self, download: Download, start: int = 0) -> AsyncGenerator[bytes, None]:
        """Yield the file's bytes from `start` on. Raises `OSError`."""
        ...
