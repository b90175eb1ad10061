"""POST /conversations/whatsapp: what it asks of the desk, and every answer it can give."""

from base64 import b64decode
from datetime import timedelta

import pytest

from kaisa_relay.domain.conversation.messages import BusySide, NoPairFree, Strategy
from kaisa_relay.ports.faces import ChannelAsPerson, FormPerson, NoChannels, SamePerson
from tests.api.bench import AGENT, READER, STRANGER, VISITOR, Bench, asking
from tests.api.fakes import EPOCH

PATH = "/conversations/whatsapp"


async def test_a_reservation_is_answered_as_the_issue_fixes_it(bench: Bench) -> None:
    answer = await bench.create(metadata={"order": 17})
    assert answer.status == 201
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["location"] == f"/conversations/{answer.json['id']}"
    qr = answer.json.pop("qr")
    assert b64decode(qr["svg"].removeprefix("data:image/svg+xml;base64,")).startswith(b"<svg")
    assert b64decode(qr["png"].removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")
    assert {name: value for name, value in answer.json.items() if name != "qr"} == {
        "id": "cnv_0000000000034",
        "status": "reserved",
        "reason": None,
        "outcome": None,
        "value": None,
        "currency": None,
        "note": None,
        "url": "https://wa.me/46850000001?text=Hej%20100",
        "channel": {"id": "chn_0000000000007", "phone": "+46850000001"},
        "form": VISITOR,
        "visitor": VISITOR,
        "agent": AGENT,
        "metadata": {"order": 17},
        "created_at": "2026-11-22T08:00:00Z",
        "started_at": None,
        "accepted_at": None,
        "ended_at": None,
        "expires_at": "2026-11-22T08:30:00Z",
        "visitor_window_closes_at": None,
        "agent_window_closes_at": None,
    }


async def test_the_desk_gets_what_was_asked(bench: Bench) -> None:
    await bench.create(
        visitor={"name": "  Vera \u00c5 ", "phone": "070-123 45 67", "language": "sv"},
        agents=[{"name": "Anna", "phone": "0046 70 123 45 68", "priority": 2}],
        metadata={"order": [1, {"a": None}]},
        region="se",
        language="es-MX",
        strategy="least_busy",
        expires_after="2d",
        link_expires_after="90m",
    )
    (asked,) = bench.desk.asked
    assert asked.visitor.name == "Vera \u00c5"
    assert (asked.visitor.phone, asked.visitor.language) == ("+46701234567", "sv")
    (agent,) = asked.agents
    assert (agent.phone, agent.language, agent.priority) == ("+46701234568", "es-MX", 2)
    assert asked.metadata == b'{"order":[1,{"a":null}]}'
    assert asked.strategy is Strategy.LEAST_BUSY
    assert asked.expires_after == timedelta(days=2)
    assert asked.link_expires_after == timedelta(minutes=90)
    assert asked.repeatable is None


async def test_what_is_absent_or_null_is_left_to_the_workspace(bench: Bench) -> None:
    await bench.create(metadata=None, expires_after=None, strategy=None, region=None)
    (asked,) = bench.desk.asked
    assert asked.visitor == FormPerson("Vera", asked.visitor.phone, None, 0)
    assert asked.metadata == b"{}"
    assert (asked.strategy, asked.expires_after) == (Strategy.LISTED, None)


async def test_the_codes_can_be_left_out(bench: Bench) -> None:
    answer = await bench.post(f"{PATH}?qr=none", asking())
    assert answer.status == 201
    assert "qr" not in answer.json
    assert (await bench.post(f"{PATH}?qr=no", asking())).errors == {
        "qr": "is unknown; known are none"
    }


async def test_a_repeated_request_gets_the_same_bytes(bench: Bench) -> None:
    first = await bench.post(PATH, asking(), Idempotency_Key="order 17")
    again = await bench.post(PATH, asking(), Idempotency_Key="order 17")
    assert (first.status, first.body) == (again.status, again.body)
    assert first.headers["location"] == again.headers["location"]
    assert len(bench.desk.asked) == 1
    other = await bench.post(PATH, asking(), Idempotency_Key="order 18")
    assert other.json["id"] != first.json["id"]


async def test_an_idempotency_key_is_for_one_body(bench: Bench) -> None:
    await bench.post(PATH, asking(), Idempotency_Key="k")
    answer = await bench.post(PATH, asking(metadata={"a": 1}), Idempotency_Key="k")
    assert (answer.status, answer.problem) == (409, "idempotency-key-reused")


async def test_an_idempotency_key_is_the_workspaces_own(bench: Bench) -> None:
    await bench.post(PATH, asking(), Idempotency_Key="k")
    answer = await bench.post(PATH, asking(metadata={"a": 1}), STRANGER, Idempotency_Key="k")
    assert answer.status == 201


@pytest.mark.parametrize("key", ["", "k" * 256, "a\tb", "nyckel\u00e5"])
async def test_an_idempotency_key_is_short_and_printable(bench: Bench, key: str) -> None:
    answer = await bench.post(PATH, asking(), Idempotency_Key=key)
    assert answer.errors == {"Idempotency-Key": "must have 1 to 255 printable ASCII characters"}
    assert (await bench.post(PATH, asking(), Idempotency_Key="k" * 255)).status == 201


async def test_no_free_pair_names_the_busy_side_and_when_to_come_back(bench: Bench) -> None:
    bench.desk.refusal = NoPairFree(BusySide.AGENTS, EPOCH + timedelta(seconds=90.2))
    answer = await bench.create()
    assert (answer.status, answer.problem) == (409, "no-pair-free")
    assert answer.json["busy"] == "agents"
    assert answer.json["free_at"] == "2026-11-22T08:01:30.200000Z"
    assert answer.headers["retry-after"] == "91"
    assert "agent" in answer.json["detail"]


async def test_nobody_knows_when_a_pair_is_free(bench: Bench) -> None:
    bench.desk.refusal = NoPairFree(BusySide.VISITOR, None)
    answer = await bench.create()
    assert (answer.json["busy"], answer.json["free_at"]) == ("visitor", None)
    assert "retry-after" not in answer.headers


async def test_a_pair_that_should_be_free_by_now_is_asked_for_in_a_second(bench: Bench) -> None:
    bench.desk.refusal = NoPairFree(BusySide.CHANNELS, EPOCH - timedelta(seconds=5))
    assert (await bench.create()).headers["retry-after"] == "1"


async def test_who_the_desk_knows_to_be_the_same_is_named(bench: Bench) -> None:
    bench.desk.refusal = SamePerson(-1, 0)
    answer = await bench.create()
    assert answer.errors == {"agents[0].phone": "is the same person as visitor.phone"}


@pytest.mark.parametrize(("index", "name"), [(-1, "visitor.phone"), (1, "agents[1].phone")])
async def test_a_channel_is_no_person(bench: Bench, index: int, name: str) -> None:
    bench.desk.refusal = ChannelAsPerson(index)
    answer = await bench.create()
    assert answer.errors == {name: "is the number of a channel, not of a person"}


async def test_a_workspace_without_channel_says_so(bench: Bench) -> None:
    bench.desk.refusal = NoChannels()
    answer = await bench.create()
    assert (answer.status, answer.problem) == (409, "no-channel")


async def test_reading_does_not_allow_writing(bench: Bench) -> None:
    answer = await bench.post(PATH, asking(), READER)
    assert (answer.status, answer.problem) == (403, "forbidden")
    assert answer.json["scope"] == "conversations:write"
    assert bench.desk.asked == []
