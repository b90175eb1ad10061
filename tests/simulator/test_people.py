"""What people do with their phones, and what the business hears of it."""

from typing import Any

import pytest
import trio

from tests.simulator.bench import AGENT, PNID, VISITOR, Bench
from tests.simulator.test_sending import offer

REPLIES = [{"type": "reply", "reply": {"id": f"id.{at}", "title": at}} for at in ("Yes", "No")]
QUESTION = {"type": "button", "body": {"text": "Well?"}, "action": {"buttons": REPLIES}}
ROWS = [{"id": "row.1", "title": "First"}, {"id": "row.2", "title": "Second"}]
LIST = {
    "type": "list",
    "body": {"text": "Which?"},
    "action": {"button": "Pick", "sections": [{"rows": ROWS}]},
}


async def arrivals(bench: Bench, number: str) -> list[dict[str, Any]]:
    """The whole inbox of a person."""
    inbox = await bench.sim(f"people/{number}/inbox")
    messages: list[dict[str, Any]] = inbox["messages"]
    return messages


async def write(bench: Bench, number: str, **body: Any) -> str:
    """A person writes; the wamid."""
    answer = await bench.sim(f"people/{number}/send", {"text": "hi"} | body)
    wamid: str = answer["wamid"]
    return wamid


async def test_a_tap_on_a_template_answers_with_its_payload(bench: Bench) -> None:
    """Type `button`, pointing at the template; and the window opens."""
    parameters = [{"type": "payload", "payload": "accept.7"}]
    button = {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": parameters}
    message = offer(AGENT)
    message["template"]["components"].append(button)
    wamid = (await bench.graph(message)).json()["messages"][0]["id"]
    (arrival,) = await arrivals(bench, AGENT)
    assert arrival["template"] == {"name": "kaisa_offer", "language": "sv"}
    assert "Vera" in arrival["text"]
    assert arrival["buttons"][0] == {"label": "Acceptera", "payload": "accept.7"}
    await bench.sim(f"people/{AGENT}/tap", {"label": "Acceptera"})
    await bench.settle()
    (tapped,) = bench.business.of("messages")
    assert tapped["type"] == "button"
    assert tapped["button"] == {"payload": "accept.7", "text": "Acceptera"}
    assert tapped["context"] == {"from": "46100000001", "id": wamid}
    assert (await bench.text(AGENT)).status_code == 200


@pytest.mark.parametrize(
    ("interactive", "tap", "reply"),
    [
        (QUESTION, {"payload": "id.No"}, ("button_reply", {"id": "id.No", "title": "No"})),
        (LIST, {"index": 1}, ("list_reply", {"id": "row.2", "title": "Second"})),
    ],
)
async def test_a_tap_on_an_interactive_message(
    bench: Bench, interactive: Any, tap: dict[str, Any], reply: tuple[str, Any]
) -> None:
    """By payload or by index."""
    await write(bench, VISITOR)
    await bench.graph({"to": f"+{VISITOR}", "type": "interactive", "interactive": interactive})
    await bench.sim(f"people/{VISITOR}/tap", tap)
    await bench.settle()
    tapped = bench.business.of("messages")[-1]
    assert tapped["interactive"] == {"type": reply[0], reply[0]: reply[1]}


async def test_a_tap_on_nothing_says_what_there_is(bench: Bench) -> None:
    """The labels that did arrive."""
    await bench.graph(offer(AGENT))
    answer = await bench.http.post(f"/_sim/people/{AGENT}/tap", json={"label": "Accept"})
    assert answer.status_code == 404
    assert "Acceptera, Avböj" in answer.json()["error"]


async def test_a_reply_quotes(bench: Bench) -> None:
    """The quoted wamid, and whose it was."""
    first = await write(bench, VISITOR)
    ours = (await bench.text(VISITOR)).json()["messages"][0]["id"]
    for quoted in (first, ours):
        await write(bench, VISITOR, reply_to=quoted)
    await bench.settle()
    contexts = [message.get("context") for message in bench.business.of("messages")]
    assert contexts == [
        None,
        {"from": VISITOR, "id": first},
        {"from": "46100000001", "id": ours},
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "image", "image": {"id": "m1", "mime_type": "image/jpeg"}},
        {"type": "location", "body": {"latitude": 1, "longitude": 2}},
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "A"}}]},
        {"type": "text", "text": {"body": "hi"}},
    ],
)
async def test_any_type_can_be_sent(bench: Bench, body: dict[str, Any]) -> None:
    """With the object under its own name, or as `body`."""
    await bench.sim(f"people/{VISITOR}/send", body)
    await bench.settle()
    (message,) = bench.business.of("messages")
    assert message["type"] == body["type"]
    assert message[body["type"]] == body.get(body["type"], body.get("body"))


async def test_a_repeated_wamid_is_announced_again(bench: Bench) -> None:
    """As a redelivery of Meta's would be."""
    for _ in range(2):
        assert await write(bench, VISITOR, wamid="wamid.mine") == "wamid.mine"
    await bench.settle()
    assert [one["id"] for one in bench.business.of("messages")] == ["wamid.mine"] * 2


async def test_an_offline_phone_gets_everything_later_in_order(bench: Bench) -> None:
    """Sent is told at once, delivered when it comes back; meanwhile it cannot write."""
    await write(bench, VISITOR)
    await bench.sim("people", {"number": VISITOR, "online": False})
    for text in ("one", "two"):
        await bench.text(VISITOR, text)
    await bench.settle()
    assert [one["status"] for one in bench.business.of("statuses")] == ["sent", "sent"]
    assert await arrivals(bench, VISITOR) == []
    refused = await bench.http.post(f"/_sim/people/{VISITOR}/send", json={"text": "x"})
    assert refused.status_code == 409
    await bench.sim("people", {"number": VISITOR, "online": True})
    assert [one["text"] for one in await arrivals(bench, VISITOR)] == ["one", "two"]
    await bench.settle()
    told = [one["status"] for one in bench.business.of("statuses")]
    assert told[2:] == ["delivered", "delivered", "read", "read"]


async def test_a_block_swallows_what_is_sent(bench: Bench) -> None:
    """The business only ever hears `sent`."""
    await write(bench, VISITOR)
    await bench.sim(f"people/{VISITOR}/block", {"channel": PNID})
    await bench.text(VISITOR)
    await bench.settle(60)
    assert [one["status"] for one in bench.business.of("statuses")] == ["sent"]
    await bench.sim(f"people/{VISITOR}/block", {"blocked": False})
    await bench.text(VISITOR, "again")
    assert [one["text"] for one in await arrivals(bench, VISITOR)] == ["again"]


async def test_who_reads_by_hand_is_told_when_they_do(bench: Bench) -> None:
    """Up to a message, then the rest by writing, which opens the chat."""
    await bench.sim("people", {"number": VISITOR, "auto_read": False})
    await write(bench, VISITOR)
    answers = [await bench.text(VISITOR, text) for text in ("one", "two", "three")]
    wamids = [answer.json()["messages"][0]["id"] for answer in answers]
    await bench.settle()
    assert "read" not in [one["status"] for one in bench.business.of("statuses")]
    read = await bench.sim(f"people/{VISITOR}/read", {"wamid": wamids[1]})
    assert read == {"read": wamids[:2]}
    await write(bench, VISITOR)
    await bench.settle()
    told = [one["id"] for one in bench.business.of("statuses") if one["status"] == "read"]
    assert sorted(told) == sorted(wamids)


async def test_reading_before_the_statuses_are_out_loses_none(bench: Bench) -> None:
    """Sent is told too; delivered is skipped, as when the chat is open."""
    await bench.sim("people", {"number": VISITOR, "auto_read": False})
    await write(bench, VISITOR)
    await bench.text(VISITOR)
    await bench.sim(f"people/{VISITOR}/read", {})
    await bench.settle()
    assert sorted(one["status"] for one in bench.business.of("statuses")) == ["read", "sent"]


async def test_a_username_hides_the_number_until_we_write_to_it(bench: Bench) -> None:
    """A first-time visitor comes without a phone; after our send to the number it is shared."""
    await bench.sim("people", {"number": VISITOR, "username": "vera.v"})
    await write(bench, VISITOR)
    await bench.text(VISITOR)
    await write(bench, VISITOR)
    await trio.sleep(30 * 24 * 3600)
    await write(bench, VISITOR)
    await bench.settle()
    messages = bench.business.of("messages")
    assert [message.get("from") for message in messages] == [None, VISITOR, None]
    assert len({message["from_user_id"] for message in messages}) == 1
    assert bench.business.of("contacts")[0]["profile"] == {"name": "Vera", "username": "vera.v"}
    assert "wa_id" not in bench.business.of("contacts")[0]


async def test_the_inbox_waits_for_the_next_message(bench: Bench) -> None:
    """A long poll ends with the arrival, or empty at its end."""
    await write(bench, VISITOR)
    empty = await bench.sim(f"people/{VISITOR}/inbox?wait=5")
    assert empty == {"messages": [], "next": 0}
    got: list[dict[str, Any]] = []

    async def poll() -> None:
        got.append(await bench.sim(f"people/{VISITOR}/inbox?after=1&wait=30"))

    await bench.text(VISITOR, "one")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(poll)
        await trio.sleep(10)
        assert got == []
        await bench.text(VISITOR, "two")
    assert [one["text"] for one in got[0]["messages"]] == ["two"]
    assert (got[0]["messages"][0]["index"], got[0]["next"]) == (2, 2)
    assert trio.current_time() < 20


async def test_people_are_found_by_username_too(bench: Bench) -> None:
    """And in any spelling of their number."""
    await bench.sim("people", {"number": "+5215512345678", "username": "mia"})
    for name in ("mia", "525512345678", "+52 1 55 1234 5678"):
        assert await bench.sim(f"people/{name}/inbox") == {"messages": [], "next": 0}


async def test_a_window_can_be_closed_by_hand(bench: Bench) -> None:
    """So that nobody has to wait for a day."""
    await write(bench, VISITOR)
    await bench.sim(f"people/{VISITOR}/window", {"open": False})
    assert (await bench.text(VISITOR)).json()["error"]["code"] == 131047
    await bench.sim(f"people/{VISITOR}/window", {"open": True})
    assert (await bench.text(VISITOR)).status_code == 200
