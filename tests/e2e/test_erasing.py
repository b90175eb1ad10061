"""A visitor erased from a relay at work: nothing of them is left in any byte that it keeps.

The simulator is left out of it: it stands for WhatsApp, and for the people's own phones.
"""

from collections.abc import Sequence

import trio
from sqlalchemy import make_url

from kaisa_relay.cli.demo.answers import body
from kaisa_relay.store import sqlite
from tests.e2e.running import Running
from tests.e2e.stage import LOOK_AGAIN, WITHIN, Stage, stage
from tests.privacy.bytes_kept import in_folder

NAME = "Quirina Erasmusdotter"
WORDS = "Is the chartreuse velocipede there?"


def places(it: Stage, needles: Sequence[str]) -> set[tuple[str, str]]:
    """Return what the relay's database, files and log hold of these words, and where."""
    running = it.running
    database = sqlite.path_of(make_url(running.config.settings().database_url)).parent
    kept = [*in_folder(database), *in_folder(running.folder / "files")]
    kept.append(("log", (running.folder / "leaping.log").read_bytes()))
    return {(place, each) for place, held in kept for each in needles if each.encode() in held}


async def test_a_visitor_is_erased_everywhere(shared: Running) -> None:
    """In the midst of a talk, which the agent hears the end of."""
    async with stage(shared) as it:
        vera, anna = await it.someone(NAME), await it.someone("Anna")
        form = {"email": "quirina@erasmusdotter.example", "wish": "a velocipede"}
        made = await it.talking(vera, anna, metadata=form)
        await vera.writes(WORDS)
        await anna.reads("velocipede")
        await anna.writes("It is, Quirina.")
        await vera.reads("It is")
        needles = ("Quirina", "Erasmusdotter", "erasmusdotter", "velocipede", vera.number[1:])
        assert {each for _, each in places(it, needles)} == set(needles)
        headers = {"Authorization": f"Bearer {it.key}"}
        number = {"phone": vera.number}
        found = body(await it.http.get("/visitors", params=number, headers=headers), dict)
        (contact,) = [each["contact"] for each in found["items"]]
        refused = await it.http.delete(f"/visitors/{contact}", headers=headers)
        assert (refused.status_code, refused.json()["conversation"]) == (409, made.id)
        asked = await it.http.delete(f"/visitors/{contact}?force=true", headers=headers)
        assert asked.status_code in (200, 202)
        await anna.reads("closed for you")
        with trio.fail_after(WITHIN):
            receipt = asked.json()
            while receipt["done_at"] is None or places(it, needles):
                await trio.sleep(LOOK_AGAIN)
                path = f"/erasures/{receipt['id']}"
                receipt = body(await it.http.get(path, headers=headers), dict)
        assert receipt["removed"]["contacts"] == 1
        assert await it.recorded("contact.") == ["contact.erased"]
        assert (await it.http.get(f"/conversations/{made.id}", headers=headers)).status_code == 200
