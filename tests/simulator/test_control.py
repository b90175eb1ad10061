"""The control API: what it creates, and how it refuses."""

from typing import Any

import pytest

from tests.simulator.bench import PNID, VISITOR, Bench


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("people", {"name": "x"}, 400, "number"),
        ("people", {"number": "none"}, 400, "country's code"),
        ("people", {"number": "0701112233"}, 400, "country's code"),
        ("channels", {"phone_number_id": "7", "number": "070"}, 400, "country's code"),
        ("people", {"number": "+46", "nam": "x"}, 400, "nam"),
        ("channels", {"phone_number_id": "7"}, 400, "number"),
        ("channels", {"phone_number_id": "7", "number": "+4", "throughput": 0}, 400, "throughput"),
        ("people/4600/send", {"text": "x"}, 404, "there is no person 4600"),
        (f"people/{VISITOR}/send", {"channel": "404", "text": "x"}, 404, "no channel 404"),
        (f"people/{VISITOR}/send", {"channel": 1, "text": "x"}, 400, "channel"),
        (f"people/{VISITOR}/send", {}, 400, "text"),
        (f"people/{VISITOR}/send", {"type": "image"}, 400, "type"),
        (f"people/{VISITOR}/send", {"text": "x", "txet": 1}, 400, "txet"),
        (f"people/{VISITOR}/send", {"text": "x", "wamid": 1}, 400, "wamid"),
        (f"people/{VISITOR}/tap", {}, 400, "label"),
        (f"people/{VISITOR}/tap", {"label": "Accept"}, 404, "inbox?wait=5"),
        ("templates", {"name": "x"}, 400, "languages"),
        ("webhook", {"url": "nonsense"}, 400, "http://"),
    ],
)
async def test_refusals_say_what_is_wrong(
    bench: Bench, path: str, body: dict[str, Any], status: int, says: str
) -> None:
    """As JSON, with a word that helps."""
    answer = await bench.http.post(f"/_sim/{path}", json=body)
    assert answer.status_code == status
    assert says in answer.json()["error"]


async def test_broken_json_and_wrong_numbers_are_refused(bench: Bench) -> None:
    """Bodies and query."""
    assert (await bench.http.post("/_sim/people", content=b"{")).status_code == 400
    for query in ("after=x", "after=-1", "wait=nan"):
        answer = await bench.http.get(f"/_sim/people/{VISITOR}/inbox?{query}")
        assert answer.status_code == 400, query


async def test_the_index_names_every_route(bench: Bench) -> None:
    """So that nobody has to read the code to drive it."""
    routes = {route["path"]: route for route in (await bench.sim(""))["routes"]}
    assert routes["/_sim/people/<number>/tap"]["methods"] == ["POST"]
    assert all(route["does"] for route in routes.values())


async def test_unknown_paths_are_refused_as_json(bench: Bench) -> None:
    """Under the control API with its error, elsewhere with Graph's."""
    answer = await bench.http.post("/_sim/people/1/sing", json={})
    assert (answer.status_code, answer.json()["error"]) == (
        404, "POST /_sim/people/1/sing is not simulated",
    )  # fmt: skip
    assert (await bench.http.delete("/_sim/people")).status_code == 405
    answer = await bench.http.post("/v26.0/1/nothing", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 2500)


async def test_creating_twice_changes_only_what_is_given(bench: Bench) -> None:
    """People and channels alike."""
    await bench.sim("people", {"number": VISITOR, "username": "vera"})
    shown = await bench.sim("people", {"number": VISITOR, "name": "Vera Vik"})
    assert (shown["name"], shown["username"], shown["number"]) == (
        "Vera Vik", "vera", f"+{VISITOR}",
    )  # fmt: skip
    assert len((await bench.sim("people"))["people"]) == 2
    await bench.sim("channels", {"phone_number_id": PNID, "verified_name": "Boats"})
    (channel,) = (await bench.sim("channels"))["channels"]
    assert (channel["verified_name"], channel["number"]) == ("Boats", "+46100000001")
    assert "token" not in channel


async def test_a_template_of_ones_own(bench: Bench) -> None:
    """Named by languages alone, it shows its parameters; an account's own comes first."""
    body = {"name": "waiting", "languages": ["en"], "parameters": 1, "buttons": ["Read"]}
    await bench.sim("templates", body)
    parameters = [{"type": "text", "text": "3"}]
    template = {
        "name": "waiting",
        "language": {"code": "en"},
        "components": [{"type": "body", "parameters": parameters}],
    }
    message = {"to": f"+{VISITOR}", "type": "template", "template": template}
    assert (await bench.graph(message)).status_code == 200
    inbox = await bench.sim(f"people/{VISITOR}/inbox")
    assert inbox["messages"][0]["text"] == "Hello: 3"
    await bench.sim("templates", body | {"waba": "waba-1", "status": "PAUSED"})
    assert (await bench.graph(message)).json()["error"]["code"] == 132015


async def test_reset_goes_back_to_the_configuration(bench: Bench) -> None:
    """Inbox, log, faults, windows and added people are gone."""
    await bench.sim("people", {"number": "+4699"})
    await bench.sim(f"people/{VISITOR}/send", {"text": "hi"})
    await bench.text(VISITOR)
    await bench.faults(downtime=1.0)
    assert await bench.sim("reset", {}) == {"reset": True}
    assert (await bench.sim("log"))["entries"] == []
    assert len((await bench.sim("people"))["people"]) == 2
    assert (await bench.text(VISITOR)).json()["error"]["code"] == 131047


async def test_the_log_can_be_read_on_from_an_index(bench: Bench) -> None:
    """What was read is not read again."""
    await bench.text(VISITOR)
    (first,) = (await bench.sim("log"))["entries"]
    assert (first["kind"], first["outcome"], first["code"]) == ("send", "refused", 131047)
    await bench.text(VISITOR)
    entries = (await bench.sim(f"log?after={first['index']}"))["entries"]
    assert [entry["index"] for entry in entries] == [first["index"] + 1]
