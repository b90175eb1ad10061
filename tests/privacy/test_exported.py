"""Exports know nothing of who was erased: not those that are done, nor those being made."""

from pathlib import Path
from typing import Any

import pytest
import trio

from kaisa_relay.domain.explore.views import Place, View
from kaisa_relay.explore import SavedViews
from kaisa_relay.explore.exports import filling
from kaisa_relay.explore.exports import jobs as jobs_module
from kaisa_relay.explore.exports.job_rows import Progress
from kaisa_relay.ports.erasing import Erasure
from kaisa_relay.ports.export_jobs import ExportJob, ExportState, Gone, Reason
from tests.explore.jobs import MESSAGES, asked, ended, fetched, files, wanting
from tests.privacy.bytes_kept import in_folder, kept
from tests.privacy.conftest import Office
from tests.privacy.scene import BY, NEEDLES, OTTO, XENIA, talked


def left(at_work: Office, folder: Path) -> list[tuple[str, bytes]]:
    """Return where something of her is still, in the database, files and exports."""
    places = [*kept(at_work.library.url), *in_folder(folder)]
    return [(place, each) for place, bytes in places for each in NEEDLES if each in bytes]


async def erased(office: Office) -> Erasure:
    """Erase her, and have the read model know it."""
    done = await office.eraser.erase(office.world.workspace, XENIA.contact, BY, force=False)
    assert isinstance(done, Erasure)
    assert done.done_at is not None
    await office.library.catch_up()
    return done


async def now(office: Office, job: ExportJob) -> ExportJob:
    """Return a job as it stands."""
    found = await office.exports.job(job.workspace, job.id)
    assert found is not None
    return found


async def test_finished_exports_are_dropped(at_work: Office, tmp_path: Path) -> None:
    """Also of another's words: nobody looks into files."""
    here, made = at_work.library, at_work.exports
    await talked(at_work, XENIA)
    await talked(at_work, OTTO)
    await here.catch_up()
    looked_for = wanting(("rows", "messages"), ("format", "csv"), ("text", "zeppelin"))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.run)
        wishes = (None, MESSAGES, looked_for, wanting(("format", "xlsx")))
        done = [await ended(made, await asked(made, here, each)) for each in wishes]
        nursery.cancel_scope.cancel()
    assert [each.state for each in done] == [ExportState.DONE] * 4
    content = [await fetched(made, each) for each in done]
    assert [b"Xenia Quillfeather" in each for each in content] == [True, True, True, False]
    assert b"zeppelin" in content[1]
    assert len(files(tmp_path)) == 4
    receipt = await erased(at_work)
    assert receipt.removed["exports"] == 4
    assert files(tmp_path) == []
    assert left(at_work, tmp_path) == []
    for each in done:
        gone = await now(at_work, each)
        assert (gone.state, gone.reason) == (ExportState.EXPIRED, Reason.ERASURE)
        assert (gone.wanted, made.link(gone)) == (None, None)
        link = made.link(each)
        assert link is not None
        assert await made.open(link.rpartition("/")[2]) == Gone()


async def test_what_is_being_made_begins_again_without_them(
    at_work: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, made = at_work.library, at_work.exports
    reached, go_on = trio.Event(), trio.Event()

    async def slow(*given: Any) -> Progress:
        progress = await filling.fill(*given)
        reached.set()
        await go_on.wait()
        return progress

    monkeypatch.setattr(jobs_module, "fill", slow)
    await talked(at_work, XENIA)
    await talked(at_work, OTTO)
    await here.catch_up()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.run)
        job = await asked(made, here, MESSAGES)
        await reached.wait()
        receipt = await erased(at_work)
        assert "exports" not in receipt.removed
        go_on.set()
        done = await ended(made, job)
        nursery.cancel_scope.cancel()
    content = await fetched(made, done)
    assert b"Otto Staysbert" in content
    assert [each for each in NEEDLES if each in content] == []
    assert left(at_work, tmp_path) == []


async def test_views_that_name_them_are_removed(at_work: Office) -> None:
    here = at_work.library
    views, mine = SavedViews(here.store.store), here.world.workspace
    await talked(at_work, XENIA)
    kept = View(views.new_id(), "Otto", Place.LIST, (("text", "Otto"),))
    for each in (
        kept,
        View(views.new_id(), "quillfeather", Place.LIST, ()),
        View(views.new_id(), "By number", Place.LIST, (("metadata.phone", "+46709876543"),)),
    ):
        await views.keep(mine, each)
    receipt = await erased(at_work)
    assert receipt.removed["views"] == 2
    assert await views.all(mine) == [kept]


async def test_what_looks_for_them_is_cancelled(at_work: Office, tmp_path: Path) -> None:
    here, made = at_work.library, at_work.exports
    await talked(at_work, XENIA)
    by_name = await asked(made, here, wanting(("text", "quillfeather?")))
    by_number = await asked(made, here, wanting(("metadata.phone", "+46709876543")))
    full = await asked(made, here, wanting(("text", "Xenia Quillfeather")))
    other = await asked(made, here, wanting(("text", "Otto")))
    stopped = await asked(made, here, wanting(("text", "Xenia")))
    await made.drop(stopped.workspace, stopped.id)
    receipt = await erased(at_work)
    assert receipt.removed["exports_cancelled"] == 3
    for each in (by_name, by_number, full):
        gone = await now(at_work, each)
        assert (gone.state, gone.reason) == (ExportState.CANCELLED, Reason.ERASURE)
        assert gone.wanted is None
    assert (await now(at_work, stopped)).wanted is None
    assert await now(at_work, other) == other


@pytest.mark.parametrize("fault", [RuntimeError("a crash"), OSError(5, "a bad disk")], ids=repr)
async def test_a_receipt_is_done_when_the_files_are_gone(
    at_work: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    here, made = at_work.library, at_work.exports
    await talked(at_work, XENIA)
    await here.catch_up()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.run)
        await ended(made, await asked(made, here))
        nursery.cancel_scope.cancel()
    sweep = made.sweep
    crashed: list[list[Path]] = []

    async def crash(*given: Any) -> None:
        if not crashed:
            crashed.append(files(tmp_path))
            raise fault
        await sweep(*given)

    monkeypatch.setattr(type(made), "sweep", lambda self, of: crash(of))
    receipt = await erased(at_work)
    assert len(crashed[0]) == 1
    assert receipt.removed["exports"] == 1
    assert left(at_work, tmp_path) == []
