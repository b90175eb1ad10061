"""Two people in one conversation, with the chats on both their phones, through real processes."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import trio
from attrs import define

from kaisa_relay.cli.demo.people import Person
from tests.e2e.house import LINES, House, house
from tests.store.databases import sqlite_database

VISITOR: Final = Person("Vera Visitor", "+46701740681")
AGENT: Final = Person("Axel Agent", "+46701740682")
WITHIN: Final = 15.0
LOOK_AGAIN: Final = 0.05

Bubble = dict[str, Any]


@define(eq=False)
class Chatting:
    """Two people in one conversation, with the chats on both their phones."""

    house: House
    channel: str

    async def do(self, who: Person, call: str, **body: Any) -> dict[str, Any]:
        """Have somebody do something with their phone."""
        path = f"/_sim/people/{who.number}/{call}"
        answer = await self.house.clients.graph.post(path, json=body)
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        return said

    async def send(self, who: Person, **message: Any) -> str:
        """Have somebody write; returns the wamid."""
        wamid: str = (await self.do(who, "send", channel=self.channel, **message))["wamid"]
        return wamid

    async def bubbles(self, who: Person) -> list[Bubble]:
        """Return somebody's chat as their phone shows it."""
        path = f"/_sim/people/{who.number}/chats/{self.channel}"
        found: list[Bubble] = (await self.house.clients.graph.get(path)).json()["bubbles"]
        return found

    async def until(
        self, who: Person, look: Callable[[list[Bubble]], Bubble | None], what: str
    ) -> Bubble:
        """Return what somebody looks for in their chat; fails with what they saw instead."""
        seen: list[Bubble] = []
        with trio.move_on_after(WITHIN):
            while True:
                seen = await self.bubbles(who)
                if (found := look(seen)) is not None:
                    return found
                await trio.sleep(LOOK_AGAIN)
        last = [
            (each["type"], each["text"], each["ticks"], each["reactions"]) for each in seen[-4:]
        ]
        raise AssertionError(f"{who.name} never saw {what}; last: {last}")

    async def sees(self, who: Person, look: Callable[[Bubble], bool], what: str) -> Bubble:
        """Return the message that somebody comes to see."""

        def latest(seen: list[Bubble]) -> Bubble | None:
            theirs = (each for each in reversed(seen) if each["from"] == "business")
            return next((each for each in theirs if look(each)), None)

        return await self.until(who, latest, what)

    async def becomes(self, who: Person, wamid: str, look: Callable[[Bubble], bool]) -> None:
        """Wait until a message on somebody's phone has become so."""

        def named(seen: list[Bubble]) -> Bubble | None:
            return next((each for each in seen if each["wamid"] == wamid and look(each)), None)

        await self.until(who, named, f"{wamid} change")

    async def bytes_of(self, who: Person, bubble: Bubble) -> bytes:
        """Return the file of a message on somebody's phone."""
        path = f"/_sim/people/{who.number}/media/{bubble['media']}"
        answer = await self.house.clients.graph.get(path)
        answer.raise_for_status()
        return answer.content

    async def exchange(self, who: Person, text: str) -> tuple[str, Bubble]:
        """Pass a text on; returns its wamid on one phone, and what the other shows."""
        other = AGENT if who is VISITOR else VISITOR
        wamid = await self.send(who, text=text)
        return wamid, await self.sees(other, lambda b: b["text"] == text, text)


@asynccontextmanager
async def chatting(tmp_path: Path) -> AsyncIterator[Chatting]:
    """Bring a visitor and an agent together."""
    with sqlite_database() as url:
        async with house(url, tmp_path) as built:
            visitor, agent = await built.phone(VISITOR), await built.phone(AGENT)
            created = await built.clients.api.create(VISITOR, [AGENT], {})
            line = next(each for each in LINES if each.number == created.channel.phone)
            await built.clients.simulator.send(
                VISITOR.number, line.phone_number_id, created.first_text
            )
            offer = await agent.wait_for(lambda arrival: bool(arrival.buttons))
            await built.clients.simulator.tap(AGENT.number, offer.wamid, 0)
            await visitor.wait_for(lambda arrival: "Axel" in arrival.text)
            yield Chatting(built, line.phone_number_id)
