"""Every WhatsApp type across the hop, both ways, through the simulator: the README's table.

One house for all rows, because a start costs more than all of them; each row names itself.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import frozen

from kaisa_relay.cli.demo.people import Person
from tests.e2e.chatting import AGENT, VISITOR, Bubble, Chatting, chatting

pytestmark = pytest.mark.timeout(240)

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
