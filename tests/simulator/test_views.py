"""What can be seen on a phone, and a feed of what happens there."""

from typing import Any

import pytest
import trio

from kaisa_relay.simulator.feed import Feed
from tests.simulator.bench import AGENT, PNID, VISITOR, Bench

REQUEST = {
    "type": "location_request_message",
    "body": {"text": "Where?"},
    "action": {"name": "send_location"},
}
CARD_REQUEST = {
    "type": "request_contact_info",
    "body": {"text": "Your number?"},
    "action": {"name": "request_contact_info"},
}
LINK = {
    "type": "cta_url",
    "body": {"text": "Look"},
    "action": {
        "name": "cta_url",
        "parameters": {"display_text": "Open", "url": "https://example.com"},
    },
}


async def chat(bench: Bench, number: str = VISITOR) -> dict[str, Any]:
    """The chat with the channel."""
    return await bench.sim(f"people/{number}/chats/{PNID}")


async def test_a_chat_shows_both_sides_with_ticks_quotes_and_marks(bench: Bench) -> None:
    """Read marks of the business turn the ticks of everything before."""
    await bench.person(VISITOR, "send", text="one")
    wamid = (await bench.person(VISITOR, "send", text="two"))["wamid"]
    await bench.person(VISITOR, "send", text="three", forwarded=True)
    await bench.text(VISITOR, "hello", context={"message_id": wamid})
    await bench.graph({"status": "read", "message_id": wamid})
    shown = await chat(bench)
    assert [one["text"] for one in shown["bubbles"]] == ["one", "two", "three", "hello"]
    assert [one["from"] for one in shown["bubbles"]] == ["me", "me", "me", "business"]
    assert [one["ticks"] for one in shown["bubbles"]] == ["read", "read", "sent", "sent"]
    assert shown["bubbles"][3]["reply_to"] == wamid
    assert [one["forwarded"] for one in shown["bubbles"]] == [False, False, True, False]
    assert shown["window_seconds"] == pytest.approx(24 * 3600, abs=10)
    assert (shown["name"], shown["number"]) == ("Simulated business", "+46100000001")
    (listed,) = (await bench.sim(f"people/{VISITOR}/chats"))["chats"]
    assert listed["last"]["text"] == "hello"
    assert len((await bench.sim(f"people/{VISITOR}/chats/{PNID}?limit=1"))["bubbles"]) == 1
    assert (await bench.sim(f"people/{AGENT}/chats"))["chats"] == []


async def test_typing_ends_with_the_message_or_after_25_seconds(bench: Bench) -> None:
    """It comes with a read mark."""
    wamid = (await bench.person(VISITOR, "send", text="hi"))["wamid"]
    mark = {"status": "read", "message_id": wamid, "typing_indicator": {"type": "text"}}
    await bench.graph(mark)
    assert (await chat(bench))["typing"]
    await bench.text(VISITOR)
    assert not (await chat(bench))["typing"]
    await bench.graph(mark)
    await bench.sim("clock", {"advance": 26})
    assert not (await chat(bench))["typing"]


async def test_an_old_message_cannot_be_marked(bench: Bench) -> None:
    """After 30 days."""
    wamid = (await bench.person(VISITOR, "send", text="hi"))["wamid"]
    await bench.sim("clock", {"advance": 30 * 24 * 3600 + 1})
    answer = await bench.graph({"status": "read", "message_id": wamid})
    assert answer.json()["error"]["code"] == 131009


async def test_an_open_chat_skips_delivered(bench: Bench) -> None:
    """Even for who reads by hand; not once it is closed."""
    await bench.sim("people", {"number": VISITOR, "auto_read": False})
    await bench.person(VISITOR, "send", text="hi")
    await bench.person(VISITOR, "open")
    await bench.text(VISITOR)
    await bench.settle()
    assert [one["status"] for one in bench.business.of("statuses")] == ["sent", "read"]
    assert await bench.person(VISITOR, "open", open=False) == {"open_chat": None}
    await bench.text(VISITOR)
    await bench.settle()
    assert bench.business.of("statuses")[-1]["status"] == "delivered"
    assert (await chat(bench))["unread"] == 1


async def test_a_voice_note_is_played(bench: Bench) -> None:
    """Only by who got it, and only a voice note."""
    await bench.sim("people", {"number": VISITOR, "auto_read": False})
    await bench.person(VISITOR, "send", text="hi")
    ogg = b"OggS" + bytes(24) + b"OpusHead\x01\x01"
    media_id = (await bench.upload(ogg, "audio/ogg")).json()["id"]
    voice = {"to": f"+{VISITOR}", "type": "audio", "audio": {"id": media_id, "voice": True}}
    wamid = (await bench.graph(voice)).json()["messages"][0]["id"]
    text = (await bench.text(VISITOR)).json()["messages"][0]["id"]
    await bench.settle()
    assert await bench.person(VISITOR, "play", wamid=wamid) == {"played": wamid}
    await bench.settle()
    told = [one["status"] for one in bench.business.of("statuses") if one["id"] == wamid]
    assert told[-1] == "played"
    for number, target in ((VISITOR, text), (AGENT, wamid)):
        answer = await bench.http.post(f"/_sim/people/{number}/play", json={"wamid": target})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("interactive", "label", "kind"),
    [
        (REQUEST, "Send location", "location"),
        (CARD_REQUEST, "Share contact info", "contacts"),
        (LINK, "Open", None),
    ],
)
async def test_requests_are_answered_with_a_tap(
    bench: Bench, interactive: dict[str, Any], label: str, kind: str | None
) -> None:
    """With a place, a card, or nothing that the business hears of."""
    await bench.person(VISITOR, "send", text="hi")
    await bench.graph({"to": f"+{VISITOR}", "type": "interactive", "interactive": interactive})
    tapped = await bench.person(VISITOR, "tap", label=label)
    await bench.settle()
    told = bench.business.of("messages")[1:]
    assert [one["type"] for one in told] == ([kind] if kind else [])
    if kind:
        assert told[0]["id"] == tapped["wamid"]
        assert told[0]["context"]["id"] == tapped["message"]
    wrong = interactive | {"action": {"name": "dance"}}
    answer = await bench.graph({"to": f"+{VISITOR}", "type": "interactive", "interactive": wrong})
    assert answer.status_code == 400


async def test_the_feed_tells_what_happens_as_it_happens(bench: Bench) -> None:
    """From where it was asked, of one person if wanted, waiting if there is nothing."""
    begin = (await bench.sim("feed"))["next"]
    wamid = (await bench.person(VISITOR, "send", text="hi"))["wamid"]
    await bench.person(AGENT, "send", text="hi")
    await bench.graph({"status": "read", "message_id": wamid})
    ours = (await bench.text(VISITOR)).json()["messages"][0]["id"]
    await bench.settle()
    mine = await bench.sim(f"feed?after={begin}&person={VISITOR}")
    told = [(one["kind"], one.get("wamid", one.get("wamids"))) for one in mine["events"]]
    assert told == [
        ("message", wamid),
        ("read", [wamid]),
        ("message", ours),
        ("status", ours),
        ("status", ours),
        ("status", ours),
    ]
    everything = await bench.sim(f"feed?after={begin}")
    assert len(everything["events"]) == len(mine["events"]) + 1
    assert (everything["next"], everything["gap"]) == (mine["next"], False)
    got: list[dict[str, Any]] = []

    async def poll() -> None:
        got.append(await bench.sim(f"feed?after={mine['next']}&wait=30"))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(poll)
        await trio.sleep(5)
        assert got == []
        await bench.person(VISITOR, "react", wamid=ours, emoji="x")
    assert got[0]["events"][0] | {"index": 0} == {
        "index": 0, "kind": "reaction", "person": VISITOR, "channel": PNID, "wamid": ours,
        "by": "me", "emoji": "x",
    }  # fmt: skip


async def test_a_poll_without_news_ends_where_it_began(bench: Bench) -> None:
    """And one that knows more than there is begins at the end, with a gap."""
    last = (await bench.sim("feed"))["next"]
    assert await bench.sim("feed?wait=1") == {"events": [], "next": last, "gap": False}
    assert await bench.sim("feed?after=99999") == {"events": [], "next": last, "gap": True}


async def test_everything_people_do_is_in_the_feed(bench: Bench) -> None:
    """So that a page needs no other way to learn it."""
    begin = (await bench.sim("feed"))["next"]
    wamid = (await bench.person(VISITOR, "send", text="hi"))["wamid"]
    await bench.person(VISITOR, "edit", wamid=wamid, text="ho")
    await bench.person(VISITOR, "delete", wamid=wamid)
    await bench.person(VISITOR, "block")
    await bench.person(VISITOR, "number", number="46700000078")
    await bench.sim("people", {"number": "+46700000079"})
    await bench.sim("channels", {"phone_number_id": "9", "number": "+469"})
    await bench.sim("clock", {"advance": 1})
    await bench.sim("reset", {})
    kinds = [one["kind"] for one in (await bench.sim(f"feed?after={begin}"))["events"]]
    assert kinds == [
        "message", "edit", "delete", "block", "number", "person", "channel", "clock", "reset",
    ]  # fmt: skip


async def test_a_feed_forgets_and_says_so() -> None:
    """Whoever comes too late is told that something is missing."""
    feed = Feed()
    for _ in range(10_001):
        feed.tell("x")
    assert (feed.lost_after(0), feed.lost_after(1)) == (True, False)
    assert (len(feed.later_than(0)), len(feed.later_than(10_000))) == (10_000, 1)


async def test_a_chat_is_bounded(bench: Bench) -> None:
    """The oldest bubbles go."""
    for at in range(501):
        await bench.http.post(f"/_sim/people/{VISITOR}/send", json={"text": str(at)})
    shown = await bench.sim(f"people/{VISITOR}/chats/{PNID}?limit=1000")
    assert len(shown["bubbles"]) == 500
    assert shown["bubbles"][0]["text"] == "1"
