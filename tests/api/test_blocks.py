"""The block list over HTTP."""

import pytest

from kaisa_relay.domain.ids import CONTACT, to_text
from kaisa_relay.ports.faces import VisitorBlocked
from tests.api.bench import FULL, READER, STRANGER, Bench

PHONE = "+46701234555"
WHO = to_text(CONTACT, 555)


async def test_block_list_unblock(bench: Bench) -> None:
    """By number; a repeat is told from news, and another workspace sees nothing of it."""
    made = await bench.post("/blocks", {"phone": "070-123 45 55", "region": "SE"})
    assert (made.status, made.json["contact"], made.json["phone"]) == (201, WHO, PHONE)
    assert (made.json["by"], made.json["agent"], made.json["conversation"]) == ("api", None, None)
    again = await bench.post("/blocks", {"contact": WHO})
    assert (again.status, again.json) == (200, made.json)
    listed = (await bench.get("/blocks", READER)).json
    assert listed == {"items": [made.json], "next": None}
    assert (await bench.get("/blocks", STRANGER)).json["items"] == []
    assert (await bench.call("DELETE", f"/blocks/{WHO}", key=STRANGER)).status == 404
    gone = await bench.call("DELETE", f"/blocks/{WHO}")
    assert (gone.status, gone.body) == (204, b"")
    assert (await bench.call("DELETE", f"/blocks/{WHO}")).problem == "not-found"


async def test_pages(bench: Bench) -> None:
    for number in range(3):
        await bench.post("/blocks", {"phone": f"+4670123455{number}"})
    first = (await bench.get("/blocks?limit=2")).json
    rest = (await bench.get(f"/blocks?cursor={first['next']}")).json
    found = [each["phone"][-1] for each in (*first["items"], *rest["items"])]
    assert (found, rest["next"]) == (["0", "1", "2"], None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "phone"),
        ({"phone": "no number"}, "phone"),
        ({"phone": PHONE, "contact": WHO}, "contact"),
        ({"phone": "+46850000001"}, "phone"),
        ({"number": PHONE}, "number"),
    ],
)
async def test_what_is_wrong_is_said(bench: Bench, body: dict[str, str], field: str) -> None:
    assert list((await bench.post("/blocks", body)).errors) == [field]


@pytest.mark.parametrize("who", ["anna", to_text(CONTACT, 2000)])
async def test_nobody_we_know(bench: Bench, who: str) -> None:
    assert (await bench.post("/blocks", {"contact": who})).problem == "not-found"
    assert (await bench.call("DELETE", f"/blocks/{who}", key=FULL)).problem == "not-found"


async def test_a_reader_changes_nothing(bench: Bench) -> None:
    answer = await bench.post("/blocks", {"phone": PHONE}, key=READER)
    assert (answer.status, bench.rows.blocks) == (403, {})


async def test_no_conversation_for_somebody_blocked(bench: Bench) -> None:
    bench.desk.refusal = VisitorBlocked()
    answer = await bench.create()
    assert (answer.status, answer.problem) == (409, "visitor-blocked")
