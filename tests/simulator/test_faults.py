"""Every fault knob does what its name says, as often as it was told to."""

import json
from random import Random
from typing import Any

import httpx
import pytest
import trio

from kaisa_relay.simulator.faults import KNOBS, Faults
from tests.simulator.bench import AGENT, CONFIG, PNID, VISITOR, Bench, open_bench

ONCE = {"times": 1}


async def write(bench: Bench, text: str = "hi") -> str:
    """The visitor writes; the wamid."""
    wamid: str = (await bench.sim(f"people/{VISITOR}/send", {"text": text}))["wamid"]
    return wamid


async def sends(bench: Bench) -> list[tuple[str, str | None]]:
    """Outcome and answer of every send in the log."""
    entries = (await bench.sim("log?kind=send"))["entries"]
    return [(entry["outcome"], entry.get("answer")) for entry in entries]


async def texts(bench: Bench, number: str = VISITOR) -> list[str]:
    """The texts that arrived at a phone."""
    return [one["text"] for one in (await bench.sim(f"people/{number}/inbox"))["messages"]]


async def test_a_dropped_answer_was_accepted(bench: Bench) -> None:
    """The connection breaks, the message arrives, the status tells our opaque data."""
    await write(bench)
    await bench.faults(drop_answer=ONCE)
    with pytest.raises(httpx.RemoteProtocolError):
        await bench.text(VISITOR, "lost", biz_opaque_callback_data="w.c.1")
    await bench.settle()
    assert await texts(bench) == ["lost"]
    assert await sends(bench) == [("accepted", "dropped")]
    assert bench.business.of("statuses")[0]["biz_opaque_callback_data"] == "w.c.1"


@pytest.mark.parametrize(
    ("knob", "status", "arrives"),
    [
        ("error_before_accept", 500, False),
        ("error_after_accept", 500, True),
        ("downtime", 503, False),
        ("expired_token", 401, False),
        ("throughput", 400, False),
        ("pair_limit", 400, False),
    ],
)
async def test_errors_once(bench: Bench, knob: str, status: int, arrives: bool) -> None:
    """The first send fails, the second passes; whether the first arrived is the knob's."""
    await write(bench)
    await bench.faults(**{knob: ONCE})
    first = await bench.text(VISITOR, "first")
    assert first.status_code == status
    if knob.startswith("error"):
        assert "fbtrace_id" not in first.text
    else:
        assert first.json()["error"]["fbtrace_id"]
    assert (await bench.text(VISITOR, "second")).status_code == 200
    assert await texts(bench) == (["first", "second"] if arrives else ["second"])


async def test_downtime_has_graphs_code_2(bench: Bench) -> None:
    """The one 503 with an error body."""
    await bench.faults(downtime=1.0)
    assert (await bench.text(VISITOR)).json()["error"]["code"] == 2


async def test_a_slow_answer_comes_after_the_statuses(bench: Bench) -> None:
    """Accepted at once, answered later."""
    await write(bench)
    await bench.faults(slow_answer={"times": 1, "seconds": 3})
    started = trio.current_time()
    assert (await bench.text(VISITOR)).status_code == 200
    assert trio.current_time() - started == pytest.approx(3)
    assert len(bench.business.of("statuses")) == 3


async def test_a_stalled_send_is_neither_accepted_nor_answered(bench: Bench) -> None:
    """The connection closes in the end; until then nothing is said, nor afterwards by a status."""
    await write(bench)
    await bench.faults(stall={"times": 1, "seconds": 40})
    started = trio.current_time()
    with pytest.raises(httpx.RemoteProtocolError):
        await bench.text(VISITOR, "lost")
    assert trio.current_time() - started == pytest.approx(40)
    await bench.settle()
    assert await texts(bench) == []
    assert await sends(bench) == [("not accepted", "dropped")]


async def test_a_status_may_precede_the_answer(bench: Bench) -> None:
    """The business has the webhook before it has the wamid; it is not told twice."""
    await write(bench)
    await bench.faults(status_before_answer=ONCE)
    await bench.text(VISITOR)
    assert [one["status"] for one in bench.business.of("statuses")] == ["sent"]
    await bench.settle()
    assert [one["status"] for one in bench.business.of("statuses")] == ["sent", "delivered", "read"]


async def test_a_duplicate_has_the_same_bytes(bench: Bench) -> None:
    """Two POSTs, one message."""
    await bench.faults(duplicate_webhook=ONCE)
    await write(bench)
    await bench.settle()
    one, other = bench.business.posts
    assert one.content == other.content


async def test_a_lost_first_attempt_is_made_up_for(bench: Bench) -> None:
    """The business sees one POST; the log sees two attempts."""
    await bench.faults(drop_first_attempt=ONCE)
    wamid = await write(bench)
    await bench.settle()
    assert [message["id"] for message in bench.business.of("messages")] == [wamid]
    outcomes = [one["outcome"] for one in (await bench.sim("log?kind=webhook"))["entries"]]
    assert outcomes == ["lost on purpose", 200]


async def test_reordering_lets_later_updates_overtake(bench: Bench) -> None:
    """All arrive, not all in order."""
    await bench.faults(reorder_webhook={"probability": 1, "seconds": 5})
    wamids = [await write(bench) for _ in range(10)]
    await bench.settle(10)
    got = [message["id"] for message in bench.business.of("messages")]
    assert sorted(got) == sorted(wamids)
    assert got != wamids


async def test_delay(bench: Bench) -> None:
    """Nothing before its time."""
    await bench.faults(delay_webhook={"times": 1, "seconds": 5})
    await write(bench)
    await bench.settle(4.9)
    assert bench.business.posts == []
    await bench.settle(0.2)
    assert len(bench.business.posts) == 1


async def test_what_a_webhook_says_may_be_spoilt(bench: Bench) -> None:
    """Context gone, phones empty, fields nobody knows, another field, errors before it."""
    first = await write(bench)
    await bench.settle()
    bench.business.posts.clear()
    await bench.faults(
        missing_context=ONCE,
        empty_phone=ONCE,
        malformed_extra_fields=ONCE,
        standby_field=ONCE,
        value_errors=ONCE,
    )
    await bench.sim(f"people/{VISITOR}/send", {"text": "x", "reply_to": first})
    await bench.settle()
    errors, change = sorted(bench.business.changes, key=lambda one: "messages" in one["value"])
    assert errors["value"]["errors"][0]["code"] == 130429
    (message,) = change["value"]["messages"]
    assert change["field"] == "standby"
    assert "context" not in message
    assert message["from"] == change["value"]["contacts"][0]["wa_id"] == ""
    assert "simulated_extra" in message


async def test_only_limits_a_fault_to_one_phone(bench: Bench) -> None:
    """The other one is served, and the countdown is not used up."""
    for person in (VISITOR, AGENT):
        await bench.sim(f"people/{person}/send", {"text": "hi"})
    await bench.faults(error_after_accept={"times": 1, "only": f"+{AGENT}"})
    assert (await bench.text(VISITOR)).status_code == 200
    assert (await bench.text(AGENT)).status_code == 500
    shown = (await bench.sim("faults"))["knobs"]["error_after_accept"]
    assert (shown["times"], shown["struck"]) == (0, 1)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"drop_answers": 1}, "drop_answer"),
        ({"drop_answer": 3}, "times"),
        ({"drop_answer": {"time": 3}}, "time"),
        ({"drop_answer": "yes"}, "drop_answer"),
        ({"slow_answer": {"seconds": -1}}, "negative"),
        ({"batch": 0}, "1000"),
        ({"escapes": "latin"}, "utf8"),
        ([], "object"),
    ],
)
async def test_a_wrong_patch_says_what_is_wrong_and_changes_nothing(
    bench: Bench, body: Any, says: str
) -> None:
    """The name of the key, or what it may be."""
    before = await bench.sim("faults")
    answer = await bench.http.patch("/_sim/faults", content=json.dumps(body))
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert await bench.sim("faults") == before


async def test_a_new_seed_repeats_faults_and_no_message_id(bench: Bench) -> None:
    """A wamid that came before is a repeat, which the relay drops."""
    seen = set()
    for _ in range(3):
        await bench.faults(seed=3)
        sent = await bench.sim(f"people/{VISITOR}/send", {"text": "hello", "channel": PNID})
        seen.add(sent["wamid"])
    assert len(seen) == 3


async def test_a_second_simulator_of_the_same_seed_has_other_message_ids(
    autojump_clock: trio.testing.MockClock,
) -> None:
    seen = set()
    for _ in range(2):
        async with open_bench(CONFIG) as bench:
            sent = await bench.sim(f"people/{VISITOR}/send", {"text": "hello", "channel": PNID})
            seen.add(sent["wamid"])
        await trio.sleep(1)
    assert len(seen) == 2


def test_every_knob_rests_and_every_knob_can_strike() -> None:
    """By countdown exactly, by probability as the seed says."""
    faults = Faults(Random(7))
    for name in KNOBS:
        assert faults.strikes(name, PNID) is None
        faults.patch({name: {"times": 2}})
        assert [faults.strikes(name) is not None for _ in range(3)] == [True, True, False]
    rolls = []
    for _ in range(2):
        faults.patch({"seed": 3, "drop_answer": 0.5})
        rolls.append([faults.strikes("drop_answer") is not None for _ in range(50)])
    assert rolls[0] == rolls[1]
    assert 10 < sum(rolls[0]) < 40
