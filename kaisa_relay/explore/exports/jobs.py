"""Exports made in the background, kept for a while, and fetched by a link.

Rule 1: `done` is written after the file is whole and in its place; what a crash left begins again.
Rule 2: a job begins when the read model has all that happened, so that it knows of every erasure.
Rule 3: a file without a row is nobody's, and is swept.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from datetime import timedelta
from functools import partial
from random import Random
from typing import IO, Final

import structlog
import trio
from attrs import define, evolve, field, frozen

from kaisa_relay.domain.explore.wanted import Wanted
from kaisa_relay.domain.ids import ExportId, WorkspaceId, to_text
from kaisa_relay.domain.requester import PREFIXES, Requester
from kaisa_relay.explore.exports import job_rows
from kaisa_relay.explore.exports.filling import fill, open_sink
from kaisa_relay.explore.exports.job_files import JobFile, JobFiles
from kaisa_relay.explore.exports.job_links import JobLinks
from kaisa_relay.explore.exports.job_rows import Begun, Progress
from kaisa_relay.explore.model.shelf import Shelf
from kaisa_relay.explore.projecting import writing
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.ports.explore import TooSlow
from kaisa_relay.ports.export_jobs import (
    Download,
    ExportJob,
    Gone,
    Reason,
    TooManyExports,
)
from kaisa_relay.runtime.supervise import RestartPolicy, supervise
from kaisa_relay.store import Store

logger = structlog.get_logger()

AT_ONCE: Final = 2
"""Files that are made at once, each of another workspace."""
LOOK: Final = 30.0
"""Seconds until another look for what nobody rang for, and for files whose time is over."""
AGAIN: Final = 1.0
BEHIND: Final = 0.2
"""Seconds until another try, and until another look at how far the read model is."""
TOLD: Final = 1.0
"""Seconds between two notes of how far a job is."""
PATIENT: Final = RestartPolicy(1_000_000, 3600.0, first_delay=0.1, max_delay=60.0)
"""Whatever crashes it is tried again, at last once a minute."""


class NotWanted(Exception):
    """The job that is being made was cancelled, or has to begin again."""


@frozen
class Given:
    """What jobs work with; files are `kept` for so long."""

    store: Store
    shelf: Shelf
    files: JobFiles
    links: JobLinks
    workspaces: Callable[[], Sequence[WorkspaceId]]
    kept: timedelta = timedelta(hours=24)


@define(eq=False)
class Jobs:
    """`ports.export_jobs.ExportJobs`, and the tasks that do them."""

    given: Given
    _bell: trio.Event = field(factory=trio.Event)
    _making: dict[ExportId, trio.CancelScope] = field(factory=dict)

    async def ask(
        self, of: WorkspaceId, wanted: Wanted, by: Requester | None, id: ExportId | None = None
    ) -> ExportJob | TooManyExports:
        """Have a file made; with an id that is known, return that job."""
        store = self.given.store
        asked_by = None if by is None else to_text(PREFIXES[by.kind], by.id)
        new = ExportJob(id or ExportId(store.new_id()), of, wanted, store.wall(), asked_by)
        added = await store.write(partial(job_rows.add, new=new))
        self._ring()
        return added

    async def job(self, of: WorkspaceId, id: ExportId) -> ExportJob | None:
        """Return one job."""
        return await self.given.store.browse(partial(job_rows.one, of=of, id=id))

    async def jobs(self, of: WorkspaceId, most: int, before: int | None) -> Sequence[ExportJob]:
        """Return jobs, the newest first."""
        return await self.given.store.browse(
            partial(job_rows.page, of=of, most=most, before=before)
        )

    async def drop(self, of: WorkspaceId, id: ExportId) -> bool:
        """Cancel a job that has not ended; remove one that has, with its file."""
        at = self.given.store.wall()
        known = await self.given.store.write(partial(job_rows.drop, of=of, id=id, at=at))
        if known:
            if making := self._making.get(id):
                making.cancel()
            await self._tidy_folder(of)
        return known

    def link(self, job: ExportJob) -> str | None:
        """Return where the file of a job that is done is fetched."""
        return self.given.links.link(job)

    async def open(self, token: str) -> Download | Gone | None:
        """Return what a link leads to."""
        linked, store = self.given.links.read(token), self.given.store
        if linked is None:
            return None
        of, id = linked.workspace, linked.job
        found = await store.browse(partial(job_rows.finished, of=of, id=id))
        if found is None or store.wall() >= linked.until:
            return Gone()
        job, attempt = found
        file = self.given.files.file(of, id, attempt)
        size = await trio.to_thread.run_sync(file.size)
        return Gone() if size is None else Download(job, size, attempt)

    async def read(self, download: Download, start: int = 0) -> AsyncGenerator[bytes, None]:
        """Yield the file's bytes from `start` on."""
        job = download.job
        file = self.given.files.file(job.workspace, job.id, download.attempt)
        async with aclosing(file.read(start)) as pieces:
            async for each in pieces:
                yield each

    async def run(self) -> None:
        """Make what is asked for until cancelled; a crash is logged, and relaying goes on."""
        await supervise("exports", self._work, PATIENT, Random(), self._making.clear)

    def making(self, id: ExportId) -> bool:
        """Say whether a job is in hand here."""
        return id in self._making

    async def sweep(self, of: WorkspaceId) -> None:
        """Remove every file of a workspace that belongs to no job which runs or is done.

        What is there is listed first: a file that is begun meanwhile has its row before that.
        Raises `OSError` where something cannot be removed.
        """
        files = self.given.files
        seen = await trio.to_thread.run_sync(files.names, of)
        if seen:
            kept = await self.given.store.browse(partial(job_rows.files, of=of))
            await trio.to_thread.run_sync(files.sweep, of, seen, kept)

    async def expire(self) -> None:
        """Remove files whose time is over."""
        store, mine = self.given.store, self.given.workspaces()
        over = partial(job_rows.expire, of=mine, at=store.wall())
        for each in await store.write(over):
            await self._tidy_folder(each)

    async def _tidy_folder(self, of: WorkspaceId) -> None:
        """Sweep; what cannot be removed now is looked at again with the next file, or start."""
        try:
            with suppress(StoreUnavailable):
                await self.sweep(of)
        except OSError as wrong:
            logger.error("files of exports cannot be removed", workspace=of, errno=wrong.errno)

    async def _work(self) -> None:
        await self._until_there(partial(job_rows.put_back, of=self.given.workspaces()))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._tidy, name="files of exports")
            for _ in range(AT_ONCE):
                nursery.start_soon(self._take_turns, name="exports")

    async def _tidy(self) -> None:
        for each in self.given.workspaces():
            await self._tidy_folder(each)
        while True:
            with suppress(StoreUnavailable):
                await self.expire()
            await trio.sleep(LOOK)

    async def _take_turns(self) -> None:
        while True:
            bell, begun = self._bell, None
            with suppress(StoreUnavailable):
                begun = await self._begin()
            if begun is not None:
                await self._make(begun)
                self._ring()
            else:
                with trio.move_on_after(LOOK):
                    await bell.wait()

    def _ring(self) -> None:
        """Wake whoever waits; who looks just now has the bell from before their look."""
        self._bell.set()
        self._bell = trio.Event()

    async def _begin(self) -> Begun | None:
        store, mine = self.given.store, self.given.workspaces()
        return await store.write(partial(job_rows.begin, of=mine, at=store.wall()))

    async def _make(self, begun: Begun) -> None:
        """Make one, until it is done, or not wanted any more."""
        id, of = begun.job.id, begun.job.workspace
        with trio.CancelScope() as scope:
            self._making[id] = scope
            await self._try(begun)
        await self._tidy_folder(of)
        if self._making.get(id) is scope:
            del self._making[id]

    async def _try(self, begun: Begun) -> None:
        id = begun.job.id
        try:
            await self._write_file(begun)
        except StoreUnavailable:
            await trio.sleep(AGAIN)
            await self._until_there(partial(job_rows.wait_again, begun=begun))
        except NotWanted:
            logger.info("an export was taken back", export=id)
        except TooSlow:
            await self._fail(begun, Reason.SLOW)
        except OSError as wrong:
            logger.error("an export cannot be written", export=id, errno=wrong.errno)
            await self._fail(begun, Reason.DISK)

    async def _fail(self, begun: Begun, reason: Reason) -> None:
        at = self.given.store.wall()
        await self._until_there(partial(job_rows.fail, begun=begun, reason=reason, at=at))

    async def _write_file(self, begun: Begun) -> None:
        of = begun.job.workspace
        await self._know_all(of)
        place = self.given.files.file(of, begun.job.id, begun.attempt)
        file = await trio.to_thread.run_sync(place.create)
        try:
            progress = await self._fill(begun, place, file)
            size = await trio.to_thread.run_sync(place.place, file)
        finally:
            with trio.CancelScope(shield=True):
                await trio.to_thread.run_sync(place.leave, file)
        await self._finish(begun, evolve(progress, bytes=size))

    async def _know_all(self, of: WorkspaceId) -> None:
        """Wait until the read model has all that has happened."""
        there = await self.given.store.browse(partial(job_rows.head, of=of))
        here = partial(writing.position, of=of)
        while await self.given.shelf.read(here) < there:  # noqa: ASYNC110 - its rows say so
            await trio.sleep(BEHIND)

    async def _fill(self, begun: Begun, place: JobFile, file: IO[bytes]) -> Progress:
        wanted, told = begun.wanted, -TOLD

        async def tell(progress: Progress) -> None:
            nonlocal told
            now = trio.current_time()
            if now - told < TOLD:
                return
            told, here = now, evolve(progress, bytes=file.tell())
            note = partial(job_rows.note, begun=begun, progress=here)
            if not await self.given.store.write(note):
                raise NotWanted

        sink = await trio.to_thread.run_sync(open_sink, file, wanted, place.scratch)
        return await fill(self.given.shelf, begun.job.workspace, wanted, sink, tell)

    async def _finish(self, begun: Begun, progress: Progress) -> None:
        store = self.given.store
        finish = partial(job_rows.finish, begun=begun, progress=progress, at=store.wall())
        if not await store.write(partial(finish, kept=self.given.kept)):
            raise NotWanted
        of, id = begun.job.workspace, begun.job.id
        logger.info("exported", export=id, workspace=of, rows=progress.written)

    async def _until_there(self, work: Callable[..., None]) -> None:
        """Have it written, however long the database is away."""
        while True:
            with suppress(StoreUnavailable):
                return await self.given.store.write(work)
            await trio.sleep(AGAIN)
