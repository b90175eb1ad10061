"""`kill -9` while exports are made: each is whole in the end, and none is called done before."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trio

from kaisa_relay.cli.demo.answers import body
from tests.e2e.house import House, house
from tests.e2e.play import Steps, begin_all
from tests.e2e.stage import LOOK_AGAIN
from tests.store.databases import FRESH

pytestmark = [pytest.mark.timeout(240)]

JOBS, KILLS = 6, 2
PATIENCE = 60.0
WISH = {"rows": "messages", "format": "jsonl", "columns": "id,writer,kind,text"}


async def asked(built: House) -> str:
    """Ask for an export; returns its id."""
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    answer = await built.clients.http.post("/explore/exports", json=WISH, headers=headers)
    return str(body(answer, dict)["id"])


async def content(built: House, id: str) -> bytes:
    """Return the file of an export, once it is done."""
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    http = built.clients.http
    with trio.fail_after(PATIENCE):
        while True:
            job = body(await http.get(f"/explore/exports/{id}", headers=headers), dict)
            if job["state"] not in ("queued", "running"):
                break
            await trio.sleep(LOOK_AGAIN)
    assert job["state"] == "done", job
    fetched = await http.get(urlsplit(job["url"]).path)
    assert (fetched.status_code, len(fetched.content)) == (200, job["bytes"])
    return fetched.content


@pytest.mark.parametrize("engine", sorted(FRESH))
async def test_a_kill_leaves_no_half_file(engine: str, tmp_path: Path) -> None:
    """Whenever it comes: jobs are asked for, and the relay dies while it makes them."""
    with FRESH[engine]() as url:
        async with house(url, tmp_path) as built:
            await begin_all(built, 2, Steps())
            jobs: list[str] = []
            for _ in range(KILLS):
                jobs += [await asked(built) for _ in range(JOBS // KILLS)]
                await built.crash()
            last = await content(built, await asked(built))
            files = [await content(built, id) for id in jobs]
            lines = {line for file in files for line in file.splitlines()}
            assert lines <= set(last.splitlines()), "what was said first is there later as well"
            assert all(file.endswith(b"\n") for file in files)
            await swept(tmp_path)


async def swept(folder: Path) -> None:
    """Wait until nothing is left of what was interrupted."""
    with trio.fail_after(PATIENCE):
        while _unfinished(folder):  # noqa: ASYNC110 - a folder rings no bell
            await trio.sleep(LOOK_AGAIN)


def _unfinished(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.name.endswith((".part", ".tmp"))]
