"""Listing agents."""

from datetime import timedelta

from attrs import evolve

from kaisa_relay.domain.ids import CONTACT, ContactId, to_text
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.presence import Agent, Presence
from kaisa_relay.domain.schedule import Schedule, read_schedule
from kaisa_relay.ports.faces import AgentView, PersonView
from tests.api.bench import READER, STRANGER, Bench
from tests.api.fakes import EPOCH

OFFICE = read_schedule("Europe/Stockholm", "mon-tue 09:00-17:00")
ANNA = AgentView(
    Agent(ContactId(13), capacity=2, on_call=True),
    PersonView(ContactId(13), "Anna Berg", Phone("+46701234569")),
    load=1,
)
ERASED = AgentView(Agent(ContactId(14)), PersonView(ContactId(14), None, None), load=0)


async def test_an_agent_as_they_stand(bench: Bench) -> None:
    assert isinstance(OFFICE, Schedule)
    bench.rows.agents = [evolve(ANNA, agent=evolve(ANNA.agent, schedule=OFFICE, missed=2)), ERASED]
    answer = await bench.get("/agents", READER)
    anna, erased = answer.json["items"]
    assert (answer.status, answer.json["next"]) == (200, None)
    assert anna == {
        "id": to_text(CONTACT, 13),
        "name": "Anna Berg",
        "phone": "+46701234569",
        "presence": "available",
        "paused_until": None,
        "missed": 2,
        "load": 1,
        "capacity": 2,
        "hours": {
            "zone": "Europe/Stockholm",
            "week": "mon 09:00-17:00, tue 09:00-17:00",
        },
        "on_call": True,
    }
    assert (erased["name"], erased["phone"], erased["hours"]) == (None, None, None)


async def test_a_pause_that_is_over_is_not_shown(bench: Bench) -> None:
    for seconds, presence in ((60, "paused"), (0, "available"), (-60, "available")):
        until = EPOCH + timedelta(seconds=seconds)
        paused = evolve(ANNA.agent, presence=Presence.PAUSED, paused_until=until)
        bench.rows.agents = [evolve(ANNA, agent=paused)]
        (agent,) = (await bench.get("/agents")).json["items"]
        assert agent["presence"] == presence
        assert (agent["paused_until"] is None) == (presence == "available")


async def test_pages(bench: Bench) -> None:
    bench.rows.agents = [ANNA, ERASED]
    first = (await bench.get("/agents?limit=1")).json
    assert [each["name"] for each in first["items"]] == ["Anna Berg"]
    second = (await bench.get(f"/agents?limit=1&cursor={first['next']}")).json
    assert ([each["name"] for each in second["items"]], second["next"]) == ([None], None)
    bad = await bench.get("/agents?cursor=nonsense")
    assert bad.status == 400


async def test_another_workspace_sees_nobody(bench: Bench) -> None:
    bench.rows.agents = [ANNA]
    assert (await bench.get("/agents", STRANGER)).json == {"items": [], "next": None}
