"""Explore's list over the simulated WhatsApp: what was said and done is found by it."""

from typing import Any
from urllib.parse import urlencode

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
