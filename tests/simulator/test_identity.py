"""People who become somebody else to the business."""

from typing import Any

import pytest

from tests.simulator.bench import AGENT, PNID, VISITOR, Bench

NEW = "46700000077"


async def system(bench: Bench) -> tuple[dict[str, Any], dict[str, Any]]:
    """The last value and its system message."""
    await bench.settle()
    values = [change["value"] for change in bench.business.changes if "messages" in change["value"]]
    value = next(one for one in reversed(values) if one["messages"][0]["type"] == "system")
    return value, value["messages"][0]


async def test_a_new_number_brings_a_new_user_id(bench: Bench) -> None:
    """One message links them; window, chat and old messages go along."""
    wamid = (await bench.person(VISITOR, "send", text="hi"))["wamid"]
    await bench.settle()
    before = bench.business.of("messages")[0]["from_user_id"]
    moved = await bench.person(VISITOR, "number", number=f"+{NEW}")
    value, message = await system(bench)
    assert "contacts" not in value
    assert message["id"] == moved["wamids"][0]
    assert (message["from"], message["system"]["wa_id"]) == (VISITOR, NEW)
    assert message["system"]["type"] == "user_changed_number"
    assert message["system"]["previous_user_id"] == before
    assert message["system"]["user_id"] not in (None, before)
    assert (await bench.text(NEW)).status_code == 200
    assert (await bench.text(VISITOR)).json()["error"]["code"] == 131026
    await bench.person(NEW, "edit", wamid=wamid, text="hello")
    await bench.settle()
    assert bench.business.of("messages")[-1]["from_user_id"] == message["system"]["user_id"]
    assert len((await bench.sim(f"people/{NEW}/chats/{PNID}"))["bubbles"]) == 2


@pytest.mark.parametrize("user_id", [None, "SE.99"])
async def test_a_new_user_id_comes_without_a_number(bench: Bench, user_id: str | None) -> None:
    """Only the two ids link them."""
    await bench.person(VISITOR, "send", text="hi")
    await bench.settle()
    before = bench.business.of("messages")[0]["from_user_id"]
    await bench.person(VISITOR, "user-id", user_id=user_id)
    value, message = await system(bench)
    assert "contacts" not in value
    assert not {"from", "from_user_id"} & set(message)
    assert message["system"]["type"] == "user_changed_user_id"
    assert message["system"]["previous_user_id"] == before
    after = message["system"]["user_id"]
    assert after != before
    assert user_id in (None, after)
    answer = await bench.graph({"recipient": after, "text": {"body": "x"}})
    assert answer.status_code == 200


async def test_who_hides_the_number_hides_the_new_one_too(bench: Bench) -> None:
    """Nothing but ids in the notice."""
    await bench.sim("people", {"number": VISITOR, "username": "vera"})
    await bench.person(VISITOR, "send", text="hi")
    await bench.person(VISITOR, "number", number=NEW)
    _, message = await system(bench)
    assert "from" not in message
    assert "wa_id" not in message["system"]


@pytest.mark.parametrize("number", ["", AGENT])
async def test_a_number_must_be_free(bench: Bench, number: str) -> None:
    """Nobody gets another's."""
    answer = await bench.http.post(f"/_sim/people/{VISITOR}/number", json={"number": number})
    assert answer.status_code == 409
