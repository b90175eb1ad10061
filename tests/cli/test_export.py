"""`export` beside a store that is open, as a running serve's is, and without one."""

import csv
import io
import json
import os
import stat
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trio
from click.testing import Result

from kaisa_relay.domain.ids import CONVERSATION, WORKSPACE, to_text
from kaisa_relay.explore.exports import filling
from tests.cli.conftest import CommandLine
from tests.explore.conftest import Library, library
from tests.explore.script import sold
from tests.store.databases import FRESH


@pytest.fixture(params=sorted(FRESH))
async def here(request: pytest.FixtureRequest) -> AsyncIterator[Library]:
    """A read model that somebody keeps."""
    with FRESH[request.param]() as url:
        async with library(url) as opened:
            yield opened


async def export(here: Library, *arguments: str) -> Result:
    """Run the command in a thread of its own, as another process would."""
    name = to_text(WORKSPACE, here.world.workspace)
    run = CommandLine({"KAISA_DATABASE_URL": here.url, "KAISA_LOG_FORMAT": None})
    return await trio.to_thread.run_sync(lambda: run("export", "--workspace", name, *arguments))


async def test_rows_go_to_standard_output(here: Library) -> None:
    it = await sold(here.world)
    await here.catch_up()
    done = await export(here, "status=closed", "value[gte]=12000", "--columns", "id,outcome")
    assert done.exit_code == 0, done.stderr
    rows = list(csv.reader(io.StringIO(done.stdout_bytes.decode("utf-8-sig"))))
    assert rows == [["id", "outcome"], [to_text(CONVERSATION, it.id), "sold"]]
    assert done.stderr == "1 rows of 1 conversations.\n"
    none = await export(here, "status=failed", "--format", "jsonl")
    assert (none.exit_code, none.stdout_bytes) == (0, b"")


async def test_a_file_is_whole_and_for_us_alone(here: Library, tmp_path: Path) -> None:
    await sold(here.world)
    await here.catch_up()
    out = tmp_path / "out"
    out.mkdir()
    lines, book = out / "all.jsonl", out / "all.xlsx"
    done = await export(here, "--rows", "messages", "-o", str(lines))
    assert done.exit_code == 0, done.stderr
    assert len([json.loads(line) for line in lines.read_text().splitlines()]) == 5
    assert stat.S_IMODE(lines.stat().st_mode) == 0o600
    assert (await export(here, "-o", str(book))).exit_code == 0
    assert zipfile.ZipFile(book).testzip() is None
    assert sorted(os.listdir(out)) == ["all.jsonl", "all.xlsx"]


async def test_what_is_not_whole_does_not_stay(
    here: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there under that name stays as it was."""

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(filling.Lines, "close", full)
    file = tmp_path / "all.csv"
    file.write_text("before")
    failed = await export(here, "-o", str(file))
    assert (failed.exit_code, "No space left" in failed.stderr) == (1, True)
    assert file.read_text() == "before"
    assert [each for each in os.listdir(tmp_path) if "all" in each] == ["all.csv"]


async def test_what_is_missing_is_said(here: Library) -> None:
    await sold(here.world)
    done = await export(here)
    assert done.exit_code == 0
    assert "events are missing" in done.stderr


async def test_what_is_wrong_is_said(here: Library, tmp_path: Path) -> None:
    unknown = await export(here, "colour=red", "--columns", "x")
    assert unknown.exit_code == 2
    assert "colour is unknown" in unknown.stderr
    assert "columns has 1 that are unknown" in unknown.stderr
    assert "NAME=VALUE" in (await export(here, "status")).stderr
    assert "needs a file" in (await export(here, "--format", "xlsx")).stderr
    nowhere = await export(here, "-o", str(tmp_path / "none" / "all.csv"))
    assert (nowhere.exit_code, "No such file" in nowhere.stderr) == (1, True)
    other = await export(here, "--workspace", "nobody")
    assert (other.exit_code, "no workspace 'nobody'" in other.stderr) == (1, True)


def test_without_a_read_model_it_says_who_makes_one(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    refused = run("export", "--workspace", "acme")
    assert (refused.exit_code, "kaisa-relay serve" in refused.stderr) == (1, True)
