"""Explore's list over the simulated WhatsApp: what was said and done is found by it."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import trio

from kaisa_relay.cli.demo.answers import body
from tests.e2e.running import Running
from tests.e2e.stage import LOOK_AGAIN, WITHIN, Stage, stage


async def found(it: Stage, count: int, *pairs: tuple[str, str]) -> list[dict[str, Any]]:
    """Return the conversations meant, once there are so many."""
    headers, query = {"Authorization": f"Bearer {it.key}"}, urlencode(pairs)
    page: dict[str, Any] = {}
    with trio.move_on_after(WITHIN):
        while True:
            page = body(await it.http.get(f"/explore/conversations?{query}", headers=headers), dict)
            if len(page["items"]) == page["total"]["number"] == count:
                return list(page["items"])
            await trio.sleep(LOOK_AGAIN)
    raise AssertionError(f"not {count}: {page}")


async def test_a_conversation_is_found_by_what_became_of_it(shared: Running) -> None:
    """By its end, its price, and the words that were written; with names and numbers."""
    async with stage(shared) as it:
        vera, zoe, anna = [await it.someone(name) for name in ("Vera", "Zoe", "Anna")]
        await it.talking(vera, anna)
        await vera.writes("Is the turquoise one there?")
        await anna.reads("turquoise")
        await anna.writes("/close sold 1200 kr")
        (sold,) = await found(it, 1, ("outcome", "sold"), ("value[gte]", "1200"))
        assert (sold["status"], sold["value"], sold["currency"]) == ("closed", 1200, "SEK")
        assert (sold["visitor"]["phone"], sold["agent"]["phone"]) == (vera.number, anna.number)
        await it.reserve(zoe, anna)
        (waiting,) = await found(it, 1, ("status", "reserved"))
        assert waiting["visitor"]["phone"] == zoe.number
        (said,) = await found(it, 1, ("text", "TURQUOISE"))
        assert said["id"] == sold["id"]
        assert [each["id"] for each in await found(it, 2)] == [waiting["id"], sold["id"]]


async def finished(it: Stage, id: str) -> dict[str, Any]:
    """Return a job that is done, once it is."""
    headers = {"Authorization": f"Bearer {it.key}"}
    with trio.fail_after(WITHIN):
        while True:
            job = body(await it.http.get(f"/explore/exports/{id}", headers=headers), dict)
            if job["state"] not in ("queued", "running"):
                assert job["state"] == "done", job
                return job
            await trio.sleep(LOOK_AGAIN)


async def test_an_export_is_made_in_the_background_and_fetched_by_its_link(shared: Running) -> None:
    """The link needs no key, and the whole file is what goes out at once."""
    async with stage(shared) as it:
        vera, anna = [await it.someone(name) for name in ("Vera", "Anna")]
        await it.talking(vera, anna)
        await vera.writes("Is the turquoise one there?")
        await anna.reads("turquoise")
        headers = {"Authorization": f"Bearer {it.key}"}
        wish = {"rows": "messages", "columns": "id,writer,text", "filter": "text=turquoise"}
        await found(it, 1, ("text", "turquoise"))
        asked = await it.http.post("/explore/exports", json=wish, headers=headers)
        job = await finished(it, body(asked, dict)["id"])
        fetched = await it.http.get(urlsplit(job["url"]).path)
        assert (fetched.status_code, "turquoise" in fetched.text) == (200, True)
        query = urlencode({"rows": "messages", "columns": "id,writer,text", "text": "turquoise"})
        at_once = await it.http.get(f"/explore/export?{query}", headers=headers)
        assert fetched.content == at_once.content
        assert job["bytes"] == len(fetched.content)
