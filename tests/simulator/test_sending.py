"""What Graph answers to a send, and what reaches the phone and the webhook."""

from tests.simulator.bench import PNID, VISITOR, Bench


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
    inbox = await bench.sim(f"people/+{VISITOR}/inbox")
    assert [one["text"] for one in inbox["messages"]] == ["hello"]
    assert inbox["messages"][0]["channel"] == PNID
