"""Reactions, edits, deletions, forwards and whatever else people do to messages."""

from typing import Any

import pytest

from tests.simulator.bench import AGENT, PNID, VISITOR, Bench

DAY = 24 * 3600


async def bubbles(bench: Bench, number: str = VISITOR) -> list[dict[str, Any]]:
    """The chat as the person sees it."""
    shown: list[dict[str, Any]] = (await bench.sim(f"people/{number}/chats/{PNID}"))["bubbles"]
    return shown


async def written(bench: Bench, **body: Any) -> str:
    """A message of the visitor; its wamid."""
    wamid: str = (await bench.person(VISITOR, "send", **({"text": "hi"} | body)))["wamid"]
    return wamid


async def ours(bench: Bench, text: str = "hello") -> str:
    """A text of the business; its wamid."""
    wamid: str = (await bench.text(VISITOR, text)).json()["messages"][0]["id"]
    return wamid


async def heard(bench: Bench) -> list[dict[str, Any]]:
    """What the business has heard so far."""
    await bench.settle()
    return bench.business.of("messages")


async def test_a_person_reacts_changes_their_mind_and_takes_it_back(bench: Bench) -> None:
    """A removal leaves the emoji out, or empty as it used to be."""
    await written(bench)
    wamid = await ours(bench)
    for emoji in ("x", "y", None):
        await bench.person(VISITOR, "react", wamid=wamid, emoji=emoji)
        shown = (await bubbles(bench))[-1]["reactions"]
        assert shown == ({"me": emoji} if emoji else {})
    await bench.faults(reaction_removal="empty")
    await bench.person(VISITOR, "react", wamid=wamid)
    told = [one["reaction"] for one in await heard(bench) if one["type"] == "reaction"]
    about = {"message_id": wamid}
    assert told == [about | {"emoji": "x"}, about | {"emoji": "y"}, about, about | {"emoji": ""}]


async def test_only_young_messages_of_ours_bring_a_reaction_home(bench: Bench) -> None:
    """Their own, or after 30 days: on the phone, and nobody is told."""
    own = await written(bench)
    wamid = await ours(bench)
    assert (await bench.person(VISITOR, "react", wamid=own, emoji="x"))["wamid"] is None
    await bench.sim("clock", {"advance": 30 * DAY + 1})
    assert (await bench.person(VISITOR, "react", wamid=wamid, emoji="x"))["wamid"] is None
    assert [one["reactions"] for one in await bubbles(bench)] == [{"me": "x"}] * 2
    for number in (AGENT, VISITOR):
        body = {"wamid": wamid if number == AGENT else "wamid.none", "emoji": "x"}
        assert (await bench.http.post(f"/_sim/people/{number}/react", json=body)).status_code == 409


async def test_a_business_reacts_and_takes_it_back(bench: Bench) -> None:
    """On the person's message; refused for reactions, old messages and other chats."""
    wamid = await written(bench)
    body: dict[str, Any] = {"to": f"+{VISITOR}", "type": "reaction"}
    reacted = ""
    for emoji in ("x", ""):
        answer = await bench.graph(body | {"reaction": {"message_id": wamid, "emoji": emoji}})
        reacted = answer.json()["messages"][0]["id"]
        assert (await bubbles(bench))[0]["reactions"] == ({"business": emoji} if emoji else {})
    other = (await bench.person(AGENT, "send", text="x"))["wamid"]
    for target in (reacted, other, "wamid.none"):
        refused = await bench.graph(body | {"reaction": {"message_id": target, "emoji": "x"}})
        assert refused.json()["error"]["code"] == 131009
    await bench.sim("clock", {"advance": 30 * DAY + 1})
    await written(bench)
    refused = await bench.graph(body | {"reaction": {"message_id": wamid, "emoji": "x"}})
    assert "30 days" in refused.json()["error"]["error_data"]["details"]


@pytest.mark.parametrize(
    ("coexistence", "shape", "expected"),
    [
        (False, None, "unsupported"),
        (False, "edit", "edit"),
        (True, None, "edit"),
        (True, "unsupported", "unsupported"),
        (True, "nothing", None),
    ],
)
async def test_an_edit_is_told_in_either_shape(
    bench: Bench, coexistence: bool, shape: str | None, expected: str | None
) -> None:
    """By the kind of number, or as asked; the phone shows the new text."""
    await bench.sim("channels", {"phone_number_id": PNID, "coexistence": coexistence})
    first = await written(bench)
    wamid = await written(bench, reply_to=first)
    shown = await bench.person(VISITOR, "edit", wamid=wamid, text="hello", shape=shape)
    bubble = (await bubbles(bench))[-1]
    assert (bubble["text"], bubble["edited"]) == ("hello", True)
    told = [one for one in await heard(bench) if one["id"] == shown["wamid"]]
    if expected is None:
        assert told == []
    elif expected == "unsupported":
        assert told[0]["unsupported"] == {"type": "edit"}
        assert told[0]["errors"][0]["code"] == 131051
    else:
        message = {"context": {"id": first}, "type": "text", "text": {"body": "hello"}}
        assert told[0]["edit"] == {"original_message_id": wamid, "message": message}


async def test_a_caption_is_edited_and_the_medium_stays(bench: Bench) -> None:
    """The edit holds the whole object."""
    wamid = await written(bench, type="image", image={"caption": "a"}, text=None)
    await bench.person(VISITOR, "edit", wamid=wamid, text="b", shape="edit")
    first, edit = await heard(bench)
    inner = edit["edit"]["message"]["image"]
    assert inner["caption"] == "b"
    assert inner["id"] == first["image"]["id"]


@pytest.mark.parametrize(
    ("coexistence", "shape", "expected"),
    [
        (False, None, None),
        (False, "revoke", "revoke"),
        (True, None, "revoke"),
        (False, "unsupported", "unsupported"),
    ],
)
async def test_a_deletion_is_told_or_not(
    bench: Bench, coexistence: bool, shape: str | None, expected: str | None
) -> None:
    """By the kind of number, or as asked; on the phone it is gone."""
    await bench.sim("channels", {"phone_number_id": PNID, "coexistence": coexistence})
    wamid = await written(bench)
    await bench.person(VISITOR, "delete", wamid=wamid, shape=shape)
    (bubble,) = await bubbles(bench)
    assert (bubble["deleted"], bubble["text"], bubble["body"]) == (True, "", None)
    told = (await heard(bench))[1:]
    assert [one["type"] for one in told] == ([expected] if expected else [])
    if expected == "revoke":
        assert told[0]["revoke"] == {"original_message_id": wamid}


async def test_a_phone_refuses_what_comes_too_late_or_is_not_theirs(bench: Bench) -> None:
    """15 minutes for an edit, two days for a deletion, and only messages of their own."""
    wamid = await written(bench)
    place = await written(bench, type="location", location={"latitude": 1, "longitude": 2})
    sent = await ours(bench)
    edit, delete = f"/_sim/people/{VISITOR}/edit", f"/_sim/people/{VISITOR}/delete"
    for target in (sent, place):
        refused = await bench.http.post(edit, json={"wamid": target, "text": "x"})
        assert refused.status_code == 409
    wrong = await bench.http.post(edit, json={"wamid": wamid, "text": "x", "shape": "round"})
    assert wrong.status_code == 400
    await bench.sim("clock", {"advance": 15 * 60 + 1})
    late = await bench.http.post(edit, json={"wamid": wamid, "text": "x"})
    assert "too old" in late.json()["error"]
    await bench.person(VISITOR, "delete", wamid=place)
    again = await bench.http.post(delete, json={"wamid": place})
    assert "not on the phone" in again.json()["error"]
    await bench.sim("clock", {"advance": 2 * DAY})
    late = await bench.http.post(delete, json={"wamid": wamid})
    assert "too old" in late.json()["error"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"forwarded": True}, {"context": {"forwarded": True}}),
        ({"forwarded": "frequently"}, {"context": {"frequently_forwarded": True}}),
        ({"type": "unsupported", "body": "poll_creation"},
         {"type": "unsupported", "unsupported": {"type": "poll_creation"}}),
        ({"type": "hologram", "hologram": {"x": 1}}, {"type": "hologram", "hologram": {"x": 1}}),
        ({"type": "order", "order": {"catalog_id": "1", "product_items": []}},
         {"order": {"catalog_id": "1", "product_items": []}}),
        ({"context": {"referred_product": {"catalog_id": "1"}}},
         {"context": {"referred_product": {"catalog_id": "1"}}}),
        ({"referral": {"source_type": "ad", "ctwa_clid": "c"}},
         {"referral": {"source_type": "ad", "ctwa_clid": "c"}}),
    ],
)  # fmt: skip
async def test_whatever_else_can_come(
    bench: Bench, body: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Marks, types that cannot be carried, types nobody knows, orders, advertisements."""
    text = {} if "type" in body else {"text": "hi"}
    await bench.person(VISITOR, "send", **(text | body))
    (message,) = await heard(bench)
    assert {name: message[name] for name in expected} == expected


async def test_forwarded_is_refused_if_it_is_nonsense(bench: Bench) -> None:
    """Or context is no object."""
    for body in ({"forwarded": "often"}, {"forwarded": [1]}, {"context": 1}):
        url = f"/_sim/people/{VISITOR}/send"
        answer = await bench.http.post(url, json={"text": "x"} | body)
        assert answer.status_code == 400
