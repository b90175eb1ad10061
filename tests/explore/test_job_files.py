"""Files of exports in the background: kept for their time, by links of ours, and nobody else's."""

import errno
import io
import stat
import zipfile
from pathlib import Path

import pytest
from attrs import evolve

from kaisa_relay.domain.explore.wanted import Format
from kaisa_relay.domain.ids import ExportId
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.explore import Exporting, JobLinks, Jobs
from kaisa_relay.explore.exports import exporting, job_files, job_rows, sheets
from kaisa_relay.ports.export_jobs import (
    MOST_JOBS,
    Download,
    ExportJob,
    ExportState,
    Gone,
    TooManyExports,
)
from tests.explore.conftest import Library
from tests.explore.jobs import (
    KEPT,
    MANY,
    MESSAGES,
    PUBLIC,
    asked,
    at_work,
    ended,
    fetched,
    files,
    jobs,
    many,
    wanting,
)


@pytest.fixture
def made(here: Library, tmp_path: Path) -> Jobs:
    """Who makes them; not at work yet."""
    return jobs(here, tmp_path)


async def test_one_that_waits_can_be_cancelled_and_one_that_is_done_removed(
    here: Library, made: Jobs, tmp_path: Path
) -> None:
    waiting = await asked(made, here)
    assert await made.drop(waiting.workspace, waiting.id)
    async with at_work(made):
        job = await ended(made, await asked(made, here))
    link = made.link(job)
    assert link is not None
    assert await made.drop(job.workspace, job.id)
    assert files(tmp_path) == []
    assert await made.open(link.rpartition("/")[2]) == Gone()
    (left,) = await made.jobs(job.workspace, 10, None)
    assert (left.id, left.state) == (waiting.id, ExportState.CANCELLED)


async def test_a_file_is_kept_for_its_time(here: Library, made: Jobs, tmp_path: Path) -> None:
    async with at_work(made):
        job = await ended(made, await asked(made, here))
    link = made.link(job)
    assert link is not None
    token = link.rpartition("/")[2]
    here.world.clock.forward(seconds=KEPT.total_seconds() - 1)
    await made.expire()
    assert len(await fetched(made, job)) == job.bytes
    here.world.clock.forward(seconds=1)
    assert await made.open(token) == Gone(), "to the second, whether it was removed or not"
    await made.expire()
    assert files(tmp_path) == []
    over = await made.job(job.workspace, job.id)
    assert over is not None
    assert (over.state, over.wanted, made.link(over)) == (ExportState.EXPIRED, None, None)
    here.world.clock.forward(seconds=job_rows.REMEMBERED.total_seconds())
    await made.expire()
    assert await made.job(job.workspace, job.id) is None
    assert await made.open(token) == Gone()


async def test_only_a_link_of_ours_opens(here: Library, made: Jobs, tmp_path: Path) -> None:
    async with at_work(made):
        job = await ended(made, await asked(made, here))
    link = made.link(job)
    assert link is not None
    assert link.startswith("https://relay.example/downloads/")
    token = link.rpartition("/")[2]
    for at in range(len(token)):
        other = "A" if token[at] != "A" else "Q"
        assert await made.open(token[:at] + other + token[at + 1 :]) is None, at
    for text in ("", token[:-1], token + "A", "é" * len(token), "=" * len(token)):
        assert await made.open(text) is None
    rotated = evolve(made.given, links=JobLinks(PUBLIC, (b"newer", b"the new key")))
    assert len(await fetched(Jobs(rotated), job)) == job.bytes
    assert isinstance(await Jobs(rotated).open(token), Download)
    strange = evolve(made.given, links=JobLinks(PUBLIC, (b"another",)))
    assert await Jobs(strange).open(token) is None


async def test_a_file_that_is_lost_is_gone(here: Library, made: Jobs, tmp_path: Path) -> None:
    async with at_work(made):
        job = await ended(made, await asked(made, here))
    link = made.link(job)
    assert link is not None
    (file,) = files(tmp_path)
    file.unlink()
    assert await made.open(link.rpartition("/")[2]) == Gone()


async def test_workspaces_know_nothing_of_each_other(
    here: Library, made: Jobs, tmp_path: Path
) -> None:
    store = here.world.store
    other = await store.add_workspace()
    theirs = await made.ask(other, wanting(), None)
    assert isinstance(theirs, ExportJob)
    async with at_work(made):
        ours = await ended(made, await asked(made, here))
    assert await made.job(ours.workspace, theirs.id) is None
    assert not await made.drop(ours.workspace, theirs.id)
    assert await made.jobs(other, 10, None) == [theirs], "and it is another process's to make"
    assert await made.jobs(ours.workspace, 10, None) == [ours]


async def test_a_workspace_has_so_many_and_no_more(here: Library, made: Jobs) -> None:
    jobs = [await asked(made, here) for _ in range(MOST_JOBS)]
    refused = await made.ask(here.world.workspace, wanting(), None)
    assert refused == TooManyExports(MOST_JOBS)
    again = await made.ask(here.world.workspace, wanting(), None, jobs[0].id)
    assert again == jobs[0]
    await made.drop(jobs[0].workspace, jobs[0].id)
    await asked(made, here)


async def test_who_asks_again_by_an_id_has_the_same_job(here: Library, made: Jobs) -> None:
    id = ExportId(here.world.new_id())
    by = Requester(RequesterKind.KEY, 5)
    first = await made.ask(here.world.workspace, wanting(), by, id)
    second = await made.ask(here.world.workspace, MESSAGES, None, id)
    assert first == second
    assert isinstance(first, ExportJob)
    assert first.asked_by is not None
    assert first.asked_by.startswith("key_")
    assert await made.jobs(here.world.workspace, 10, None) == [first]


async def test_pages_of_jobs_go_from_the_newest_back(here: Library, made: Jobs) -> None:
    first, second, third = [await asked(made, here) for _ in range(3)]
    of = here.world.workspace
    assert await made.jobs(of, 2, None) == [third, second]
    assert await made.jobs(of, 2, second.id) == [first]


async def test_what_cannot_be_removed_is_said_to_who_must_know(
    here: Library, made: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An erasure hears of it; whoever drops a job need not wait for the disk."""
    async with at_work(made):
        job = await ended(made, await asked(made, here))

    def broken(path: Path) -> None:
        raise OSError(errno.EIO, "")

    monkeypatch.setattr(job_files, "_remove", broken)
    assert await made.drop(job.workspace, job.id)
    with pytest.raises(OSError, match="Errno 5"):
        await made.sweep(job.workspace)
    monkeypatch.undo()
    await made.sweep(job.workspace)
    assert files(tmp_path) == []


async def test_what_is_too_much_at_once_is_made_in_the_background(
    here: Library, made: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_SHEETED", MANY - 1)
    monkeypatch.setattr(sheets, "MOST_ROWS", MANY // 2)
    await many(here)
    book = wanting(("format", Format.XLSX), ("columns", "id"))
    assert not await Exporting(here.shelf).fits(here.world.workspace, book)
    async with at_work(made):
        job = await ended(made, await asked(made, here, book))
    assert (job.state, job.written) == (ExportState.DONE, MANY)
    with zipfile.ZipFile(io.BytesIO(await fetched(made, job))) as parts:
        assert parts.testzip() is None
        assert sum("worksheets/" in name for name in parts.namelist()) == 3


async def test_a_file_is_for_us_alone(here: Library, made: Jobs, tmp_path: Path) -> None:
    async with at_work(made):
        job = await ended(made, await asked(made, here))
    (file,) = files(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert job.bytes == len(await fetched(made, job)) == file.stat().st_size
    assert job.ended_at is not None
    assert job.expires_at == job.ended_at + KEPT
