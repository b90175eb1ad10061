"""Who makes exports in the background, on the read model of a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import trio

from benchmarks.shelving import shelve, talks
from kaisa_relay.domain.explore.columns import Rows
from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.explore.wanted import Format, Wanted, read_wanted
from kaisa_relay.explore import JobFiles, JobLinks, Jobs, JobsGiven
from kaisa_relay.ports.export_jobs import Download, ExportJob, ExportState
from tests.explore.conftest import Library

KEPT: Final = timedelta(hours=24)
MANY: Final = 40
PUBLIC: Final = "https://relay.example"
EVERY: Final = Filter()


def jobs(here: Library, folder: Path) -> Jobs:
    """Return who makes them; the files are below the folder."""
    links = JobLinks(PUBLIC, (b"the new key", b"the old key"))
    files, mine = JobFiles(folder / "exports"), [here.world.workspace]
    store = here.store.store
    return Jobs(JobsGiven(store, here.shelf, files, links, lambda: mine, KEPT))


@asynccontextmanager
async def at_work(made: Jobs) -> AsyncIterator[Jobs]:
    """Have jobs done meanwhile; what is not, when it ends, is left as a kill leaves it."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.run)
        yield made
        nursery.cancel_scope.cancel()


def wanting(*pairs: tuple[str, str]) -> Wanted:
    """Return an export of these parameters, which are right."""
    wanted = read_wanted(pairs)
    assert isinstance(wanted, Wanted), wanted
    return wanted


MESSAGES: Final = wanting(("rows", Rows.MESSAGES), ("format", Format.JSONL))


async def asked(made: Jobs, here: Library, wanted: Wanted | None = None) -> ExportJob:
    """Ask for an export that is not refused."""
    job = await made.ask(here.world.workspace, wanted or wanting(), None)
    assert isinstance(job, ExportJob)
    return job


async def ended(made: Jobs, job: ExportJob) -> ExportJob:
    """Wait until it waits and runs no more."""
    with trio.fail_after(60):
        while True:
            now = await made.job(job.workspace, job.id)
            assert now is not None
            if now.state not in (ExportState.QUEUED, ExportState.RUNNING):
                return now
            await trio.sleep(0.02)


async def fetched(made: Jobs, job: ExportJob, start: int = 0) -> bytes:
    """Fetch its file by its link."""
    link = made.link(job)
    assert link is not None
    found = await made.open(link.rpartition("/")[2])
    assert isinstance(found, Download), found
    return b"".join([each async for each in made.read(found, start)])


def files(folder: Path) -> list[Path]:
    """Return every file that is left below the folder."""
    return sorted(each for each in (folder / "exports").rglob("*") if each.is_file())


async def many(here: Library) -> None:
    """Put conversations on the shelf that no journal knows."""
    found = list(talks(here.world.workspace, MANY, 3, here.world.new_id()))
    await here.shelf.write(lambda connection: shelve(connection, found))
