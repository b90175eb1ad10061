"""Agents: listed, read, paused and back."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.domain.ids import (
    CHANNEL,
    CONTACT,
    CONVERSATION,
    ChannelId,
    ContactId,
    ConversationId,
    to_text,
)
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.presence import Agent, Presence, TeamPauses, TeamResumes
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.schedule import Schedule, read_schedule
from kaisa_relay.ports.faces import AgentView, PersonView
from kaisa_relay.ports.views import AgentChannel
from tests.api.bench import READER, STRANGER, Bench
from tests.api.fakes import EPOCH

OFFICE = read_schedule("Europe/Stockholm", "mon-tue 09:00-17:00")
ANNA = AgentView(
    Agent(ContactId(13), capacity=2, on_call=True),
    PersonView(ContactId(13), "Anna Berg", Phone("+46701234569")),
    load=1,
    channels=(
        AgentChannel(ChannelId(7), EPOCH, None),
        AgentChannel(ChannelId(8), None, ConversationId(100)),
    ),
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
        "invited_at": None,
        "opted_in_at": None,
        "channels": [
            {
                "channel": to_text(CHANNEL, 7),
                "window_closes_at": "2026-11-23T08:00:00Z",
                "conversation": None,
            },
            {
                "channel": to_text(CHANNEL, 8),
                "window_closes_at": None,
                "conversation": to_text(CONVERSATION, 100),
            },
        ],
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


ADDRESS = f"/agents/{to_text(CONTACT, 13)}"
KEY = Requester(RequesterKind.KEY, 1)


async def test_one_agent(bench: Bench) -> None:
    bench.rows.agents = [ANNA]
    assert (await bench.get(ADDRESS)).json["name"] == "Anna Berg"
    for nobody in (f"/agents/{to_text(CONTACT, 15)}", "/agents/13"):
        assert (await bench.get(nobody)).problem == "not-found"


@pytest.mark.parametrize(
    ("body", "time", "presence"),
    [({}, None, "away"), ({"duration": "2h"}, timedelta(hours=2), "paused")],
)
async def test_a_pause_and_its_end(
    bench: Bench, body: object, time: timedelta | None, presence: str
) -> None:
    """For a time, or until somebody says otherwise; the answer is how they stand."""
    bench.rows.agents = [ANNA]
    paused = await bench.post(f"{ADDRESS}/pause", body)
    assert (paused.status, paused.json["presence"]) == (200, presence)
    assert (paused.json["paused_until"] is None) == (time is None)
    back = await bench.call("POST", f"{ADDRESS}/resume")
    assert (back.status, back.json["presence"]) == (200, "available")
    assert bench.desk.wishes == [TeamPauses(time, KEY), TeamResumes(KEY)]


async def test_a_pause_without_a_body(bench: Bench) -> None:
    bench.rows.agents = [ANNA]
    assert (await bench.call("POST", f"{ADDRESS}/pause")).json["presence"] == "away"


@pytest.mark.parametrize("duration", ["30s", "31d", "soon", ""])
async def test_a_pause_of_no_time(bench: Bench, duration: str) -> None:
    bench.rows.agents = [ANNA]
    answer = await bench.post(f"{ADDRESS}/pause", {"duration": duration})
    assert list(answer.errors) == ["duration"]
    assert not bench.desk.wishes


@pytest.mark.parametrize("what", ["pause", "resume"])
async def test_who_may_pause_whom(bench: Bench, what: str) -> None:
    bench.rows.agents = [ANNA]
    assert (await bench.post(f"{ADDRESS}/{what}", {}, READER)).problem == "forbidden"
    assert (await bench.post(f"{ADDRESS}/{what}", {}, STRANGER)).problem == "not-found"
    assert (await bench.post(f"/agents/anna/{what}", {})).problem == "not-found"
    assert list((await bench.post(f"{ADDRESS}/{what}", {"x": 1})).errors) == ["x"]
