"""The feed's description agrees with the feed: what travels is valid by it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kaisa_relay.api.feed.shapes import StandingAnswer
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.domain.public_events import TYPES, cloud_event
from kaisa_relay.feed.asyncapi import document
from kaisa_relay.feed.frames import Refused, error_frame, events_frame, gap_frame
from tests.contracts.world import World
from tests.feed.serving import serving
from tests.feed.test_feed import happen
from tests.journal.strategies import any_of

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MESSAGES = {"subscribe", "snapshot", "events", "gap", "error"}


@cache
def described() -> dict[str, Any]:
    """The document as a client reads it."""
    made: dict[str, Any] = json.loads(msgspec.json.encode(document(StandingAnswer, "1.2.3")))
    return made


def check(frame: object, schema: str) -> None:
    """Fail unless a frame is valid by the schema of this name."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": described()["components"]}
    Draft202012Validator(whole).validate(frame)


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def resolved(reference: str) -> Any:
    """What a reference points at."""
    found: Any = described()
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_the_document_is_whole() -> None:
    made = described()
    assert made["asyncapi"] == "3.0.0"
    assert made["info"]["version"] == "1.2.3"
    assert all(resolved(reference) for reference in references(made))
    for parts in made["components"].values():
        assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in parts)
    for schema in made["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_an_operation_names_messages_of_its_channel() -> None:
    made = described()
    of_channel = {f"#/channels/feed/messages/{name}" for name in MESSAGES}
    assert {f"#/channels/feed/messages/{n}" for n in made["channels"]["feed"]["messages"]} == (
        of_channel
    )
    said = {
        operation["action"]: {each["$ref"].rpartition("/")[2] for each in operation["messages"]}
        for operation in made["operations"].values()
    }
    assert said == {"receive": {"subscribe"}, "send": MESSAGES - {"subscribe"}}
    for name, message in made["components"]["messages"].items():
        tag = resolved(message["payload"]["$ref"])["properties"]["type"]
        assert tag in ({"const": name}, {"enum": [name]})


@pytest.mark.parametrize("of", get_args(Event), ids=lambda of: TYPES[of])
@settings(max_examples=20)
@given(data=st.data())
def test_every_event_is_as_described(of: type[Event], data: st.DataObject) -> None:
    event = data.draw(any_of(of))
    told = cloud_event(WorkspaceId(4), 5, ConversationId(3), event)
    frame = events_frame("pos_1-5", [msgspec.json.encode(told).decode()])
    check(json.loads(frame)["events"][0], TYPES[of])


def test_an_event_of_another_shape_is_not() -> None:
    [name, *_] = TYPES.values()
    assert not Draft202012Validator(described()["components"]["schemas"][name]).is_valid({})


def test_small_frames_are_as_described() -> None:
    check(json.loads(gap_frame("pos_1-5")), "Gap")
    check(json.loads(error_frame(Refused("bad_frame", "no"))), "Error")
    check({"type": "subscribe", "types": ["agent.*"], "after": "pos_1-5"}, "Subscribe")
    check({"type": "subscribe", "outcome": "sold", "metadata": {"plan": "gold"}}, "Subscribe")


async def test_what_a_watcher_gets_is_as_described(world: World) -> None:
    await happen(world)
    async with serving(world) as feed, httpx.AsyncClient(base_url=feed.url) as http:
        served = (await http.get("/asyncapi.json")).json()
        assert served["components"] == described()["components"]
        watcher = await feed.watch()
        await watcher.subscribe()
        check(await watcher.frame(), "Snapshot")
        await happen(world, 3)
        check(await watcher.frame(), "Events")
