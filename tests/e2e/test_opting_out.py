"""Visitors who want no outreach, over the simulated WhatsApp."""

from typing import Any

import trio

from kaisa_relay.cli.demo.answers import body
from tests.e2e.running import Running
from tests.e2e.stage import LOOK_AGAIN, WITHIN, Someone, Stage, stage


async def listed(it: Stage, count: int) -> list[dict[str, Any]]:
    """Return the list, the oldest first, once it is so long."""
    headers = {"Authorization": f"Bearer {it.key}"}
    found: list[dict[str, Any]] = []
    with trio.move_on_after(WITHIN):
        while True:
            page = body(await it.http.get("/suppressions", headers=headers), dict)
            found = page["items"][::-1]
            if len(found) == count:
                return found
            await trio.sleep(LOOK_AGAIN)
    raise AssertionError(f"not {count}: {found}")


def shown(found: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Return what counts of each entry."""
    return {(each["way"], each["address"], each["source"]) for each in found}


async def test_stop_and_start(shared: Running) -> None:
    """A visitor who never came says it to the outreach, another one in the midst of a talk."""
    async with stage(shared) as it:
        vera, zoe, anna = [await it.someone(name) for name in ("Vera", "Zoe", "Anna")]
        await it.reserve(vera, anna)
        await vera.writes("STOP")
        await vera.reads("write START")
        await it.talking(zoe, anna)
        await zoe.writes("Stopp!")
        await zoe.reads("write START")
        await anna.reads("Stopp!")
        chat = {(way, who.number, "chat") for way in ("sms", "whatsapp") for who in (vera, zoe)}
        assert shown(await listed(it, 4)) == chat
        await vera.writes("start")
        await vera.reads("Welcome back")
        assert {each["address"] for each in await listed(it, 2)} == {zoe.number}
        assert await it.recorded("contact.") == ["contact.opted_out"] * 2 + ["contact.opted_in"]


async def test_a_choice_made_in_whatsapp(shared: Running) -> None:
    """WhatsApp tells us of it, and of its end."""
    async with stage(shared) as it:
        vera = await it.someone("Vera")
        await chooses(vera, wanted=False)
        assert shown(await listed(it, 1)) == {("whatsapp", vera.number, "preference")}
        await chooses(vera, wanted=True)
        await listed(it, 0)


async def chooses(who: Someone, *, wanted: bool) -> None:
    """Let somebody press it in their chat with us."""
    await who.does("marketing", channel=who.line, wanted=wanted)
