"""Exports in the background: whole or not done, kept for their time, and nobody else's."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
import trio
from sqlalchemy import Connection

from kaisa_relay.domain.explore.columns import Rows
from kaisa_relay.domain.explore.wanted import Format
from kaisa_relay.domain.ids import CONVERSATION, to_text
from kaisa_relay.explore import Exporting, Jobs
from kaisa_relay.explore.exports import extracting, filling, job_rows
from kaisa_relay.explore.exports import jobs as jobs_module
from kaisa_relay.explore.exports.filling import Sink
from kaisa_relay.explore.exports.job_files import JobFile
from kaisa_relay.explore.exports.job_rows import Begun, Progress
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.ports.explore import TooSlow
from kaisa_relay.ports.export_jobs import (
    ExportJob,
    ExportState,
    Reason,
)
from kaisa_relay.runtime.supervise import RestartPolicy
from tests.explore.conftest import Library
from tests.explore.jobs import (
    MANY,
    MESSAGES,
    asked,
    at_work,
    ended,
    fetched,
    files,
    jobs,
    many,
    wanting,
)
from tests.explore.script import sold


@pytest.fixture
def made(here: Library, tmp_path: Path) -> Jobs:
    """Who makes them; not at work yet."""
    return jobs(here, tmp_path)


FORMS = [(rows, form) for rows in Rows for form in Format]


@pytest.mark.parametrize(("rows", "form"), FORMS)
async def test_a_job_makes_what_an_export_streams(
    here: Library, tmp_path: Path, rows: Rows, form: Format
) -> None:
    await sold(here.world)
    await here.catch_up()
    wanted = wanting(("rows", rows), ("format", form), ("status", "closed"))
    async with at_work(jobs(here, tmp_path)) as made:
        job = await ended(made, await asked(made, here, wanted))
    content = await fetched(made, job)
    pieces = Exporting(here.shelf).pieces(here.world.workspace, wanted)
    streamed = b"".join([each async for each in pieces])
    if form is not Format.XLSX:  # which has the instant in it at which it was made
        assert content == streamed
    assert (job.state, job.done, job.total) == (ExportState.DONE, 1, 1)
    assert job.written == {Rows.CONVERSATIONS: 1, Rows.OFFERS: 2}.get(rows, job.written)
    assert await fetched(made, job, 5) == content[5:]


async def test_how_far_it_is_is_told(
    here: Library, made: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracting, "AT_ONCE", 7)
    monkeypatch.setattr(jobs_module, "TOLD", 0.0)
    told: list[tuple[int, int | None]] = []
    note = job_rows.note

    def noting(connection: Connection, begun: Begun, progress: Progress) -> bool:
        told.append((progress.done, progress.total))
        return note(connection, begun, progress)

    monkeypatch.setattr(job_rows, "note", noting)
    await many(here)
    async with at_work(made):
        job = await ended(made, await asked(made, here))
    assert told == [(done, MANY) for done in (0, 7, 14, 21, 28, 35, 40)]
    assert (job.state, job.done, job.written) == (ExportState.DONE, MANY, MANY)


class Gate:
    """Stands in the way of what fills files, after half of one is there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self._open = trio.Event(), trio.Event()
        self._fill = filling.fill
        monkeypatch.setattr(jobs_module, "fill", self._half)

    def open(self) -> None:
        """Let everybody through from now on."""
        self._open.set()

    async def _half(self, *given: Any) -> Progress:
        if not self._open.is_set():
            sink: Sink = given[3]
            sink.write([])
            self.reached.set()
            await self._open.wait()
        return await self._fill(*given)


async def test_what_was_interrupted_begins_again(
    here: Library, made: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    await many(here)
    async with at_work(made):
        job = await asked(made, here, MESSAGES)
        await gate.reached.wait()
    left = await made.job(job.workspace, job.id)
    assert left is not None
    assert (left.state, made.link(left)) == (ExportState.RUNNING, None)
    assert [each.suffix for each in files(tmp_path)] == [".part"]
    gate.open()
    async with at_work(jobs(here, tmp_path)):
        done = await ended(made, job)
    assert done.state is ExportState.DONE
    assert len((await fetched(made, done)).splitlines()) == done.written > MANY
    assert [each.suffix for each in files(tmp_path)] == [".2"]


async def test_a_file_without_its_row_is_made_again(
    here: Library, made: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process or the database goes away between the file and its row."""
    finish = job_rows.finish
    failed: list[list[Path]] = []

    def once(*given: Any, **named: Any) -> bool:
        if not failed:
            failed.append(files(tmp_path))
            raise StoreUnavailable
        return finish(*given, **named)

    monkeypatch.setattr(job_rows, "finish", once)
    monkeypatch.setattr(jobs_module, "AGAIN", 0.0)
    await many(here)
    async with at_work(made):
        job = await ended(made, await asked(made, here))
        await _settled(made, job)
    assert [each.suffix for each in failed[0]] == [".1"]
    assert [each.suffix for each in files(tmp_path)] == [".2"]
    assert (job.state, job.written) == (ExportState.DONE, MANY)


async def _settled(made: Jobs, job: ExportJob) -> None:
    """Wait until whoever made it has swept."""
    with trio.fail_after(60):
        while made.making(job.id):  # noqa: ASYNC110 - nothing rings for it
            await trio.sleep(0.01)


async def _begun(made: Jobs, job: ExportJob) -> None:
    """Wait until somebody has it in hand."""
    with trio.fail_after(60):
        while not made.making(job.id):  # noqa: ASYNC110 - nothing rings for it
            await trio.sleep(0.01)


async def test_what_crashes_is_tried_again_and_not_for_ever(
    here: Library, made: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    async def crash(*given: Any) -> Progress:
        tries.append(1)
        raise ValueError

    monkeypatch.setattr(jobs_module, "fill", crash)
    monkeypatch.setattr(jobs_module, "PATIENT", RestartPolicy(100, 3600.0, 0.0, 0.0))
    async with at_work(made):
        job = await ended(made, await asked(made, here))
        await made.sweep(job.workspace)
    assert (job.state, job.reason) == (ExportState.FAILED, Reason.INTERRUPTED)
    assert len(tries) == job_rows.MOST_TRIES
    assert files(tmp_path) == []


async def test_a_full_disk_is_said(
    here: Library, made: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any) -> int:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(JobFile, "place", full)
    async with at_work(made):
        job = await ended(made, await asked(made, here))
        await _settled(made, job)
    assert (job.state, job.reason) == (ExportState.FAILED, Reason.DISK)
    assert files(tmp_path) == []


async def test_what_takes_too_long_is_given_up(
    here: Library, made: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*given: Any) -> Progress:
        raise TooSlow

    monkeypatch.setattr(jobs_module, "fill", slow)
    async with at_work(made):
        job = await ended(made, await asked(made, here))
    assert (job.state, job.reason) == (ExportState.FAILED, Reason.SLOW)


async def test_a_job_that_runs_can_be_cancelled(
    here: Library, made: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    async with at_work(made):
        job = await asked(made, here)
        await gate.reached.wait()
        assert await made.drop(job.workspace, job.id)
        await _settled(made, job)
        now = await made.job(job.workspace, job.id)
        assert now is not None
        assert now.state is ExportState.CANCELLED
        assert files(tmp_path) == []
        gate.open()
        other = await ended(made, await asked(made, here))
    assert other.state is ExportState.DONE
    assert await made.drop(job.workspace, job.id), "and its row is forgotten"
    assert await made.job(job.workspace, job.id) is None
    assert not await made.drop(job.workspace, job.id)


async def test_a_job_begins_when_the_read_model_knows_everything(here: Library, made: Jobs) -> None:
    it = await sold(here.world)
    async with at_work(made):
        job = await asked(made, here, wanting(("columns", "id")))
        await _begun(made, job)
        await here.catch_up()
        job = await ended(made, job)
    assert to_text(CONVERSATION, it.id).encode() in await fetched(made, job)


async def test_what_nobody_knows_of_is_swept_and_what_runs_is_left(
    here: Library, made: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    async with at_work(made):
        job = await asked(made, here, wanting(("format", "xlsx")))
        await gate.reached.wait()
        (folder,) = (tmp_path / "exports").iterdir()
        (folder / "exp_0000000000000.1").write_bytes(b"left")
        scratch = folder / "exp_0000000000000.1.tmp"
        scratch.mkdir()
        (scratch / "sheet").write_bytes(b"left")
        await made.sweep(job.workspace)
        assert not any("exp_0000000000000" in each for each in os.listdir(folder))
        gate.open()
        done = await ended(made, job)
        await _settled(made, job)
    assert done.state is ExportState.DONE
    assert [each.suffix for each in folder.iterdir()] == [".1"]
