"""Every WhatsApp type across the hop, both ways, through the simulator: the README's table.

One house for all rows, because a start costs more than all of them; each row names itself.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import trio
from attrs import define, frozen

from kaisa_relay.cli.demo.people import Person
from tests.e2e.house import LINES, House, house
from tests.store.databases import sqlite_database

pytestmark = pytest.mark.timeout(240)

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


# --- the rows


@frozen
class Row:
    """A type that somebody sends, and how its reader must see it."""

    name: str
    message: dict[str, Any]
    look: Callable[[Bubble], bool]


PLACE: Final = {"latitude": 59.3193, "longitude": 18.0717, "name": "Slussen"}
CARD: Final = {"name": {"formatted_name": "Olle Ek"}, "phones": [{"phone": "+46701740699"}]}

ROWS: Final = (
    Row("text", {"text": "Good morning"}, lambda b: b["text"] == "Good morning"),
    Row(
        "long text",
        {"text": "word " * 1600},
        lambda b: b["type"] == "text" and len(b["text"]) > 2000,
    ),
    Row(
        "location",
        {"type": "location", "location": PLACE},
        lambda b: b["type"] == "location" and b["body"]["name"] == "Slussen",
    ),
    Row(
        "contacts",
        {"type": "contacts", "contacts": [CARD]},
        lambda b: b["type"] == "contacts" and b["body"][0]["name"]["formatted_name"] == "Olle Ek",
    ),
    Row(
        "button",
        {"type": "button", "button": {"payload": "theirs", "text": "Blue"}},
        lambda b: b["text"] == "Blue",
    ),
    Row(
        "list answer",
        {
            "type": "interactive",
            "interactive": {"type": "list_reply", "list_reply": {"id": "theirs", "title": "Large"}},
        },
        lambda b: b["text"] == "Large",
    ),
    Row(
        "form answer",
        {
            "type": "interactive",
            "interactive": {
                "type": "nfm_reply",
                "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"size": "L"}'},
            },
        },
        lambda b: b["text"] == "size: L",
    ),
    Row(
        "order",
        {"type": "order", "order": {"catalog_id": "1", "product_items": [], "text": "The tea"}},
        lambda b: b["text"] == "The tea",
    ),
    Row(
        "forwarded",
        {"text": "From a friend", "forwarded": True},
        lambda b: b["text"] == "Forwarded:\nFrom a friend",
    ),
)
FILES: Final = ("image", "video", "audio", "voice", "document", "sticker")
CAPTIONED: Final = ("image", "video", "document")
REFUSED: Final = ("unsupported", "a_type_of_next_year")


async def quote(chat: Chatting, who: Person, other: Person) -> None:
    """An answer points at the message that it answers, on the reader's own phone."""
    wamid, shown = await chat.exchange(other, f"a question to {who.name}")
    await chat.send(who, text=f"the answer of {who.name}", reply_to=shown["wamid"])
    seen = await chat.sees(other, lambda b: b["text"].startswith("the answer of"), "the answer")
    assert seen["reply_to"] == wamid


async def reaction(chat: Chatting, who: Person, other: Person) -> None:
    """Set, changed, taken back, on the message that it was for."""
    wamid, shown = await chat.exchange(other, f"react to this, {who.name}")
    for emoji in ("👍", "❤️", None):
        await chat.do(who, "react", wamid=shown["wamid"], emoji=emoji)
        expected: dict[str, str] = {} if emoji is None else {"business": emoji}
        await chat.becomes(other, wamid, partial(_has, reactions=expected))


async def edit(chat: Chatting, who: Person, other: Person) -> None:
    """The new words, below the old ones."""
    wamid, shown = await chat.exchange(who, f"at six, {other.name}")
    await chat.do(who, "edit", wamid=wamid, text="at seven", shape="edit")
    seen = await chat.sees(other, lambda b: b["text"] == "Edited:\nat seven", "the change")
    assert seen["reply_to"] == shown["wamid"]


async def deletion(chat: Chatting, who: Person, other: Person) -> None:
    """Told where the message went."""
    wamid, shown = await chat.exchange(who, f"never mind, {other.name}")
    await chat.do(who, "delete", wamid=wamid, shape="revoke")
    seen = await chat.sees(other, lambda b: "was deleted" in b["text"], "the deletion")
    assert seen["reply_to"] == shown["wamid"]


async def read_receipt(chat: Chatting, who: Person, other: Person) -> None:
    """What somebody wrote is marked read once the other side has read it."""
    wamid, _ = await chat.exchange(who, f"read this, {other.name}")
    await chat.do(other, "read", channel=chat.channel)
    await chat.becomes(who, wamid, lambda b: bool(b["ticks"] == "read"))


async def files(chat: Chatting, who: Person, other: Person) -> None:
    """As what they are, byte by byte, with their words and names; texts stay behind them."""
    for kind in FILES:
        caption = {"caption": f"a {kind} of {who.name}"} if kind in CAPTIONED else {}
        wamid = await chat.send(who, type=kind, body=caption)
        await chat.house.ticks.wait(wamid, kind)  # webhooks may overtake each other
        await chat.send(who, text=f"after the {kind} of {who.name}")
        after = f"after the {kind} of {who.name}"
        text = await chat.sees(other, partial(_says, text=after), after)
        shown = await chat.bubbles(other)
        seen = shown[[each["wamid"] for each in shown].index(text["wamid"]) - 1]
        assert (seen["type"], bool(seen["body"].get("voice"))) == (
            "audio" if kind == "voice" else kind,
            kind == "voice",
        )
        assert seen["body"].get("caption") == caption.get("caption")
        own = next(each for each in reversed(await chat.bubbles(who)) if each["media"])
        got = [await chat.bytes_of(p, b) for p, b in ((who, own), (other, seen))]
        assert got[0] == got[1] != b""
        if kind == "document":
            assert seen["body"]["filename"] == "sample.pdf"


async def refused_late(chat: Chatting, who: Person, other: Person) -> None:
    """A picture that WhatsApp takes, and then does not like, comes as a document instead."""
    about = other.number.removeprefix("+")
    fault = {"times": 1, "code": 131053, "only": about}
    await chat.house.clients.simulator.set_faults({"fail_send": fault})
    await chat.send(who, type="image", body={"caption": f"late, {other.name}"})
    seen = await chat.sees(other, partial(_captioned, text=f"late, {other.name}"), "the document")
    assert seen["type"] == "document"


async def refused(chat: Chatting, who: Person, other: Person) -> None:
    """What WhatsApp does not hand on, or nobody knows yet, is told to its sender."""
    for kind in REFUSED:
        seen = len(await chat.bubbles(who))
        await chat.send(who, type=kind, body="poll_creation" if kind == "unsupported" else {})
        answer = await chat.until(who, partial(_bubble, index=seen + 1), f"an answer to {kind}")
        assert "could not" in answer["text"]


def _has(bubble: Bubble, reactions: dict[str, str]) -> bool:
    return bool(bubble["reactions"] == reactions)


def _bubble(seen: list[Bubble], index: int) -> Bubble | None:
    return seen[index] if len(seen) > index else None


def _captioned(bubble: Bubble, text: str) -> bool:
    body = bubble["body"]
    return isinstance(body, dict) and body.get("caption") == text


def _says(bubble: Bubble, text: str) -> bool:
    return bool(bubble["text"] == text)


Deed = Callable[[Chatting, Person, Person], Awaitable[None]]
DEEDS: Final[tuple[Deed, ...]] = (
    quote,
    reaction,
    edit,
    deletion,
    read_receipt,
    files,
    refused_late,
    refused,
)


@pytest.mark.parametrize(
    ("who", "other"), [(VISITOR, AGENT), (AGENT, VISITOR)], ids=["visitor", "agent"]
)
async def test_every_type_crosses(tmp_path: Path, who: Person, other: Person) -> None:
    async with chatting(tmp_path) as chat:
        for row in ROWS:
            await chat.send(who, **row.message)
            await chat.sees(other, row.look, row.name)
        for deed in DEEDS:
            await deed(chat, who, other)
