"""What Graph answers to a send, and what reaches the phone and the webhook."""

from typing import Any

import httpx
import pytest
import trio

from tests.simulator.bench import AGENT, PNID, VISITOR, Bench


def code(answer: httpx.Response) -> int:
    """The Graph error code of a refusal, whose body must be complete."""
    error = answer.json()["error"]
    assert error["fbtrace_id"]
    assert error["message"]
    found: int = error["code"]
    return found


def offer(to: str, **change: Any) -> dict[str, Any]:
    """The offer template to a number."""
    parameters = [{"type": "text", "text": text} for text in ("Vera", "a boat")]
    template = {
        "name": "kaisa_offer",
        "language": {"code": "sv"},
        "components": [{"type": "body", "parameters": parameters}],
    }
    return {"to": f"+{to}", "type": "template", "template": template | change}


async def test_a_text_in_an_open_window_is_answered_arrives_and_is_reported(bench: Bench) -> None:
    """The whole way of one message, statuses in order, with our opaque data."""
    await bench.sim(f"people/{VISITOR}/send", {"text": "hi"})
    answer = await bench.text(VISITOR, biz_opaque_callback_data="w.c.1")
    assert answer.status_code == 200
    wamid = answer.json()["messages"][0]["id"]
    assert answer.json()["contacts"] == [{"input": f"+{VISITOR}", "wa_id": VISITOR}]
    assert "message_status" not in answer.json()["messages"][0]
    await bench.settle()
    statuses = bench.business.of("statuses")
    assert [one["status"] for one in statuses] == ["sent", "delivered", "read"]
    assert {one["id"] for one in statuses} == {wamid}
    assert {one["biz_opaque_callback_data"] for one in statuses} == {"w.c.1"}
    assert [one["recipient_id"] for one in statuses] == [VISITOR] * 3
    assert [one.get("pricing", {}).get("type") for one in statuses] == [
        "free_customer_service", None, None,
    ]  # fmt: skip
    inbox = await bench.sim(f"people/+{VISITOR}/inbox")
    assert [one["text"] for one in inbox["messages"]] == ["hello"]
    assert inbox["messages"][0]["channel"] == PNID


@pytest.mark.parametrize(
    ("headers", "pnid", "status", "expected"),
    [
        ({}, PNID, 401, 190),
        ({"Authorization": "Bearer wrong"}, PNID, 401, 190),
        ({"Authorization": "Bearer sim-token"}, "999", 400, 100),
    ],
)
async def test_wrong_callers_are_refused(
    bench: Bench, headers: dict[str, str], pnid: str, status: int, expected: int
) -> None:
    """No token, another token, a number that is not there."""
    answer = await bench.http.post(f"/v19.0/{pnid}/messages", json={}, headers=headers)
    assert answer.status_code == status
    assert code(answer) == expected
    assert answer.json()["error"].get("error_subcode") == (33 if expected == 100 else None)


async def test_a_token_does_not_see_another_channel(bench: Bench) -> None:
    """Graph answers as if the object were not there."""
    await bench.sim("channels", {"phone_number_id": "3", "number": "+4630", "token": "other"})
    answer = await bench.graph({"to": f"+{VISITOR}", "text": {"body": "x"}}, pnid="3")
    assert answer.json()["error"]["error_subcode"] == 33


async def test_who_cannot_be_reached(bench: Bench) -> None:
    """Nobody, ourselves, another channel of ours, and a number read with the wrong country."""
    await bench.sim("channels", {"phone_number_id": "3", "number": "+46300000000"})
    assert code(await bench.text("46799999999")) == 131026
    assert code(await bench.text("46100000001")) == 131021
    assert code(await bench.text("46300000000")) == 131026
    body = {"to": VISITOR, "text": {"body": "x"}}
    assert code(await bench.graph(body)) == 131026


async def test_without_plus_a_local_number_reaches_its_person(bench: Bench) -> None:
    """The channel's calling code is put before it."""
    await bench.sim(f"people/{VISITOR}/send", {"text": "hi"})
    answer = await bench.graph({"to": VISITOR[2:], "text": {"body": "x"}})
    assert answer.json()["contacts"] == [{"input": VISITOR[2:], "wa_id": VISITOR}]


async def test_the_other_spelling_reaches_the_person_and_the_answer_tells_the_true_one(
    bench: Bench,
) -> None:
    """A Brazilian number with the ninth digit, on an account without it."""
    await bench.sim("people", {"number": "+551187654321"})
    answer = await bench.graph(offer("5511987654321"))
    assert answer.json()["contacts"] == [{"input": "+5511987654321", "wa_id": "551187654321"}]


async def test_outside_the_window_only_templates_pass(bench: Bench) -> None:
    """Before the first word, and 24 hours after the last; a send of ours does not help."""
    assert code(await bench.text(VISITOR)) == 131047
    answer = await bench.graph(offer(VISITOR))
    assert answer.json()["messages"][0]["message_status"] == "accepted"
    assert code(await bench.text(VISITOR)) == 131047
    await bench.sim(f"people/{VISITOR}/send", {"text": "hi"})
    await trio.sleep(24 * 3600 - 60)
    assert (await bench.text(VISITOR)).status_code == 200
    await trio.sleep(60)
    assert code(await bench.text(VISITOR)) == 131047
    assert code(await bench.text(AGENT)) == 131047


async def test_a_window_opens_with_a_message_but_not_with_a_reaction(bench: Bench) -> None:
    """Undocumented, so the stricter reading."""
    reaction = {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "x"}}
    await bench.sim(f"people/{VISITOR}/send", reaction)
    assert code(await bench.text(VISITOR)) == 131047


@pytest.mark.parametrize(
    ("switch", "to", "expected"),
    [("window_refusal", VISITOR, 131047), ("unknown_refusal", "46799999999", 131026)],
)
async def test_a_refusal_may_come_as_a_failed_status(
    bench: Bench, switch: str, to: str, expected: int
) -> None:
    """Without contacts and without user id, and nothing arrives."""
    await bench.faults(**{switch: "async"})
    answer = await bench.text(to, biz_opaque_callback_data="w.c.2")
    assert answer.status_code == 200
    await bench.settle()
    (change,) = bench.business.changes
    (status,) = change["value"]["statuses"]
    assert "contacts" not in change["value"]
    assert "recipient_user_id" not in status
    assert status["recipient_id"] == to
    assert status["biz_opaque_callback_data"] == "w.c.2"
    assert (status["status"], status["errors"][0]["code"]) == ("failed", expected)
    assert (await bench.sim(f"people/{VISITOR}/inbox"))["messages"] == []


async def test_the_pair_limit_is_per_person(bench: Bench) -> None:
    """45 at once; another person is not concerned; 6 s give one more."""
    for person in (VISITOR, AGENT):
        await bench.sim(f"people/{person}/send", {"text": "hi"})
    answers = [await bench.text(VISITOR) for _ in range(46)]
    assert [one.status_code for one in answers] == [200] * 45 + [400]
    assert code(answers[-1]) == 131056
    assert (await bench.text(AGENT)).status_code == 200
    await trio.sleep(6)
    assert (await bench.text(VISITOR)).status_code == 200
    assert code(await bench.text(VISITOR)) == 131056


async def test_throughput_counts_both_directions(bench: Bench) -> None:
    """Two in and one out use up three a second."""
    await bench.sim("channels", {"phone_number_id": PNID, "throughput": 3})
    await bench.sim(f"people/{VISITOR}/send", {"text": "hi"})
    await bench.sim(f"people/{VISITOR}/send", {"text": "hi"})
    assert (await bench.text(VISITOR)).status_code == 200
    assert code(await bench.text(VISITOR)) == 130429


async def test_a_bsuid_reaches_its_person_and_hides_the_number(bench: Bench) -> None:
    """Answer and statuses hold the id that was used; the number is not in them."""
    await bench.sim("people", {"number": VISITOR, "username": "vera", "user_id": "SE.77"})
    await bench.sim(f"people/{VISITOR}/send", {"text": "hi"})
    answer = await bench.graph({"recipient": "SE.77", "text": {"body": "x"}})
    assert answer.json()["contacts"] == [{"input": "SE.77", "user_id": "SE.77"}]
    await bench.settle()
    for status in bench.business.of("statuses"):
        assert status["recipient_user_id"] == "SE.77"
        assert "recipient_id" not in status
    assert all("wa_id" not in contact for contact in bench.business.of("contacts"))


async def test_to_wins_over_recipient(bench: Bench) -> None:
    """Both given: the number is used."""
    await bench.sim(f"people/{VISITOR}/send", {"text": "hi"})
    answer = await bench.text(VISITOR, recipient="SE.1")
    assert answer.json()["contacts"][0]["wa_id"] == VISITOR


async def test_a_bsuid_in_to_is_accepted_and_lost_unless_told_otherwise(bench: Bench) -> None:
    """As reported from the field: a 200, then silence."""
    await bench.sim("people", {"number": VISITOR, "user_id": "SE.77"})
    body = {"to": "SE.77", "text": {"body": "x"}}
    assert (await bench.graph(body)).status_code == 200
    await bench.settle(60)
    assert bench.business.posts == []
    await bench.faults(bsuid_in_to="refuse")
    assert code(await bench.graph(body)) == 100


async def test_read_marks_need_a_message_that_was_received(bench: Bench) -> None:
    """Ours is refused; theirs is noted, with typing."""
    heard = (await bench.sim(f"people/{VISITOR}/send", {"text": "hi"}))["wamid"]
    mark = {"status": "read", "message_id": heard, "typing_indicator": {"type": "text"}}
    assert (await bench.graph(mark)).json() == {"success": True}
    assert code(await bench.graph(mark | {"message_id": "wamid.none"})) == 131009
    (entry,) = (await bench.sim("log?kind=read%20mark"))["entries"]
    assert (entry["wamid"], entry["typing"]) == (heard, True)


async def test_a_reaction_is_only_ever_sent(bench: Bench) -> None:
    """Meta reports no delivery of it; its target must exist."""
    heard = (await bench.sim(f"people/{VISITOR}/send", {"text": "hi"}))["wamid"]
    body = {"to": f"+{VISITOR}", "type": "reaction"}
    good = body | {"reaction": {"message_id": heard, "emoji": "x"}}
    assert (await bench.graph(good)).status_code == 200
    bad = body | {"reaction": {"message_id": "wamid.none", "emoji": "x"}}
    assert code(await bench.graph(bad)) == 131009
    await bench.settle()
    assert [one["status"] for one in bench.business.of("statuses")] == ["sent"]


async def test_reading_a_number_and_a_token(bench: Bench) -> None:
    """The default fields, chosen fields, and whether a token is valid."""
    headers = {"Authorization": "Bearer sim-token"}
    shown = (await bench.http.get(f"/v26.0/{PNID}", headers=headers)).json()
    assert set(shown) == {"id", "display_phone_number", "verified_name", "quality_rating"}
    assert shown["display_phone_number"] == "+46100000001"
    some = await bench.http.get(f"/v26.0/{PNID}?fields=status,unknown", headers=headers)
    assert some.json() == {"id": PNID, "status": "CONNECTED"}
    for token, valid in (("sim-token", True), ("x", False)):
        url = f"/v26.0/debug_token?input_token={token}"
        answer = await bench.http.get(url, headers=headers)
        assert answer.json()["data"]["is_valid"] is valid
