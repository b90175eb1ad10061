"""Listing, reading and closing conversations."""

from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from attrs import evolve

from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports.faces import PersonView
from tests.api.bench import READER, STRANGER, VISITOR, Bench
from tests.api.fakes import EPOCH, OURS

FIRST = OURS, ConversationId(100)
PHASES = "reserved, seeking, active, abandoned, failed, closed"


async def test_reading_gives_the_object_of_the_creation(bench: Bench) -> None:
    created = await bench.create(metadata={"a": 1})
    read = await bench.get(f"/conversations/{created.json['id']}", READER)
    shown = read.json
    assert (read.status, shown.pop("why")) == (200, None)
    assert list(shown.items()) == list(created.json.items())
    drawn = await bench.get(f"/conversations/{created.json['id']}?qr=none")
    undrawn = {name: value for name, value in created.json.items() if name != "qr"}
    assert drawn.json == {**undrawn, "why": None}


async def test_reading_shows_what_has_become_of_it(bench: Bench) -> None:
    id = (await bench.create()).json["id"]
    at = [EPOCH + timedelta(minutes=minutes) for minutes in range(4)]
    bench.rows.views[FIRST] = evolve(
        bench.rows.views[FIRST],
        phase=Phase.CLOSED,
        reason="agent",
        outcome="sold",
        note="12 000,50 kr on the phone",
        agent=PersonView(ContactId(13), "Bo", Phone("+46701234569")),
        url=None,
        metadata=b"",
        visitor=PersonView(ContactId(11), None, None),
        started_at=at[1],
        accepted_at=at[2],
        ended_at=at[3],
        expires_at=None,
    )
    read = (await bench.get(f"/conversations/{id}")).json
    assert (read["status"], read["reason"]) == ("closed", "agent")
    assert (read["outcome"], read["note"]) == ("sold", "12 000,50 kr on the phone")
    assert (read["value"], read["currency"]) == (12000.5, "SEK")
    assert read["form"] == VISITOR
    assert read["agent"] == {"name": "Bo", "phone": "+46701234569"}
    assert read["visitor"] == {"name": None, "phone": None}
    assert [read["url"], read["qr"], read["metadata"], read["expires_at"]] == [None] * 4
    times = [read[f"{name}_at"] for name in ("created", "started", "accepted", "ended")]
    assert [datetime.fromisoformat(time) for time in times] == at


async def test_a_channel_that_was_removed_keeps_its_id(bench: Bench) -> None:
    id = (await bench.create()).json["id"]
    gone = evolve(bench.rows.views[FIRST], channel=ChannelId(8), agent=None)
    bench.rows.views[FIRST] = gone
    read = (await bench.get(f"/conversations/{id}")).json
    assert read["channel"] == {"id": "chn_0000000000008", "phone": None}
    assert read["agent"] is None


@pytest.mark.parametrize("rest", ["", "/messages", "/events", "/qr.svg", "/qr.png"])
async def test_what_does_not_exist_is_the_same_whatever_the_reason(bench: Bench, rest: str) -> None:
    ours = (await bench.create()).json["id"]
    answers = [
        await bench.get(f"/conversations/cnv_0000000000099{rest}"),
        await bench.get(f"/conversations/{ours}{rest}", STRANGER),
        await bench.get(f"/conversations/{ours.upper()}{rest}"),
        await bench.get(f"/conversations/{ours[:-1]}{rest}"),
        await bench.get(f"/conversations/chn_0000000000007{rest}"),
        await bench.get(f"/conversations/%00{rest}"),
        await bench.get(f"/conversations/whatsapp{rest}"),
    ]
    assert {(each.status, each.body) for each in answers[:-1]} == {(404, answers[0].body)}
    assert answers[0].problem == "not-found"


async def test_closing_answers_with_the_closed_conversation(bench: Bench) -> None:
    id = (await bench.create()).json["id"]
    closed = await bench.call("POST", f"/conversations/{id}/close")
    assert (closed.status, closed.json["status"], closed.json["reason"]) == (200, "closed", "api")
    again = await bench.call("POST", f"/conversations/{id}/close")
    assert (again.status, again.problem) == (409, "already-ended")
    assert again.json["ended_at"] == "2026-11-22T08:00:00Z"


async def test_closing_what_does_not_exist(bench: Bench) -> None:
    id = (await bench.create()).json["id"]
    unknown = await bench.call("POST", "/conversations/cnv_0000000000099/close")
    theirs = await bench.call("POST", f"/conversations/{id}/close", key=STRANGER)
    malformed = await bench.call("POST", "/conversations/nonsense/close")
    assert unknown.status == 404
    assert unknown.body == theirs.body == malformed.body


async def test_closing_takes_an_empty_object_and_nothing_else(bench: Bench) -> None:
    id = (await bench.create()).json["id"]
    refused = await bench.post(f"/conversations/{id}/close", {"reason": "spam"})
    assert list(refused.errors) == ["reason"]
    assert (await bench.post(f"/conversations/{id}/close", {})).status == 200


async def test_closing_needs_its_scope(bench: Bench) -> None:
    id = (await bench.create()).json["id"]
    assert (await bench.call("POST", f"/conversations/{id}/close", key=READER)).status == 403
    assert bench.rows.views[FIRST].ended_at is None


async def test_a_list_has_pages(bench: Bench) -> None:
    made = [(await bench.create()).json["id"] for _ in range(5)]
    seen: list[str] = []
    path = "/conversations?limit=2"
    sizes = []
    while path:
        page = (await bench.get(path)).json
        sizes.append(len(page["items"]))
        seen += [item["id"] for item in page["items"]]
        path = f"/conversations?limit=2&cursor={page['next']}" if page["next"] else ""
    assert (seen, sizes) == (made[::-1], [2, 2, 1])


async def test_a_full_last_page_is_the_last(bench: Bench) -> None:
    await bench.create()
    page = (await bench.get("/conversations?limit=1")).json
    assert (len(page["items"]), page["next"]) == (1, None)
    assert "qr" not in page["items"][0]


async def test_a_list_is_one_workspaces(bench: Bench) -> None:
    await bench.create()
    assert (await bench.get("/conversations", STRANGER)).json == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("status=", 2),
        ("status=reserved", 1),
        ("status=reserved,closed", 2),
        ("status=reserved&status=closed", 2),
        ("status=active", 0),
        ("visitor=%2B46701234567", 2),
        ("visitor=+46701234567", 2),
        ("visitor=0046701234567", 2),
        ("visitor=%2B46701234599", 0),
        ("agent=%2B46701234568", 2),
        ("agent=%2B46701234567", 0),
        ("channel=chn_0000000000007", 2),
        ("channel=chn_0000000000008", 0),
        ("created_from=2026-11-22T08:00:00Z", 2),
        ("created_from=2026-11-22T09:00:00.5%2B01:00", 0),
        ("created_from=2026-11-22T09:00:00+01:00", 2),
        ("created_before=2026-11-22T08:00:00Z", 0),
        ("created_before=2026-11-22T08:00:00.001Z", 2),
        ("status=closed&visitor=%2B46701234567&limit=1", 1),
    ],
)
async def test_a_list_is_filtered(bench: Bench, query: str, found: int) -> None:
    await bench.create()
    await bench.create()
    await bench.call("POST", "/conversations/cnv_0000000000034/close")
    answer = await bench.get(f"/conversations?{query}")
    assert (answer.status, len(answer.json["items"])) == (200, found)


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("status=open", "status", f"is unknown; known are {PHASES}"),
        ("status=open,active,x", "status", f"has 2 that are unknown; known are {PHASES}"),
        (
            "visitor=070",
            "visitor",
            "the number needs an international prefix such as +46, or a region",
        ),
        ("limit=5&limit=6", "limit", "is given more than once"),
        ("channel=7", "channel", "must be a channel's id, such as chn_ and 13 characters"),
        ("limit=0", "limit", "must be a whole number from 1 to 200"),
        ("limit=201", "limit", "must be a whole number from 1 to 200"),
        ("limit=many", "limit", "must be a whole number from 1 to 200"),
        ("limit=%D9%A3", "limit", "must be a whole number from 1 to 200"),
        (f"limit={'9' * 5000}", "limit", "must be a whole number from 1 to 200"),
        (
            "created_from=yesterday",
            "created_from",
            "must be an instant with its zone, such as 2026-11-22T08:00:00Z",
        ),
        (
            "created_before=2026-11-22T08:00:00",
            "created_before",
            "must be an instant with its zone, such as 2026-11-22T08:00:00Z",
        ),
        (
            "created_before=0001-01-01T00:00:00%2B01:00",
            "created_before",
            "must be an instant with its zone, such as 2026-11-22T08:00:00Z",
        ),
        (
            "state=active",
            "state",
            "is unknown; known are limit, cursor, status, agent, visitor, channel, created_from, "
            "created_before, text",
        ),
    ],
)
async def test_a_wrong_filter_is_named(bench: Bench, query: str, field: str, message: str) -> None:
    assert (await bench.get(f"/conversations?{query}")).errors == {field: message}


@pytest.mark.parametrize("cursor", ["x", "AAAA", "Y" * 18, "\u00e5" * 18, "Y" * 5000, "=" * 18])
@pytest.mark.parametrize("path", ["", "/cnv_0000000000034/messages", "/cnv_0000000000034/events"])
async def test_a_cursor_that_we_did_not_give_out(bench: Bench, path: str, cursor: str) -> None:
    await bench.create()
    answer = await bench.get(f"/conversations{path}?cursor={quote(cursor)}")
    assert (answer.status, answer.problem) == (400, "bad-cursor")


async def test_a_search_by_words(bench: Bench) -> None:
    """Not by a letter, nor by a page of them."""
    await bench.create()
    assert len((await bench.get("/conversations?text=%20Ver%20")).json["items"]) == 1
    assert (await bench.get("/conversations?text=Anna")).json["items"] == []
    for text in ("V", "x" * 101, "a%00b"):
        assert list((await bench.get(f"/conversations?text={text}")).errors) == ["text"]
