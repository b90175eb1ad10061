"""What is written can be read: today's classes, and everything that was ever written."""

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from kaisa_relay.domain.content import Content, Text
from kaisa_relay.domain.conversation.events import AgentNudged, Event
from kaisa_relay.domain.conversation.state import State, created
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.outgoing import Outgoing
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.journal import codec
from kaisa_relay.journal.event_columns import NUMBERS
from kaisa_relay.journal.upcasts import CURRENT, UPCASTS
from kaisa_relay.ports import Told
from tests import fakes
from tests.journal.strategies import any_of

EVENTS = get_args(Event)
CONTENTS = get_args(Content | Outgoing)
GOLDEN = json.loads((Path(__file__).parent.parent / "data" / "events_v1.json").read_text())
CANARY = "12025550100"


def _columns(event: Event) -> dict[str, Any]:
    """Return what the columns of an event's row hold of it."""
    names = ("at", "send", "rank", "conversation") if isinstance(event, MessageStatus) else ("at",)
    return {name: getattr(event, name) for name in names}


def test_every_event_has_a_number_of_its_own() -> None:
    assert set(NUMBERS) == set(codec.KINDS.values())
    assert len(set(NUMBERS.values())) == len(NUMBERS)


def test_every_event_has_a_kind_of_its_own() -> None:
    assert set(codec.KINDS) == set(EVENTS)
    assert len(set(codec.KINDS.values())) == len(EVENTS)


def test_every_content_has_a_kind_of_its_own() -> None:
    assert set(codec.CONTENT_KINDS) == set(CONTENTS)
    assert len(set(codec.CONTENT_KINDS.values())) == len(CONTENTS)


@pytest.mark.parametrize("event_class", EVENTS)
@settings(max_examples=30)
@given(data=st.data())
def test_an_event_comes_back(event_class: type[Event], data: st.DataObject) -> None:
    event = data.draw(any_of(event_class))
    assert codec.decode_event(*codec.encode_event(event), _columns(event)) == event


@pytest.mark.parametrize("content_class", CONTENTS)
@settings(max_examples=30)
@given(data=st.data())
def test_a_content_comes_back(content_class: type[Content], data: st.DataObject) -> None:
    content = data.draw(any_of(content_class))
    assert codec.decode_content(codec.encode_content(content)) == content


@given(any_of(Outgoing))
def test_an_outgoing_message_comes_back(outgoing: Outgoing) -> None:
    assert codec.decode_outgoing(codec.encode_content(outgoing)) == outgoing


@given(any_of(State))
def test_a_state_comes_back(state: State) -> None:
    assert codec.decode_state(codec.encode_state(state)) == state


def test_a_snapshot_leaves_out_what_has_not_happened() -> None:
    """Each open conversation has one, and beyond 1,002 bytes SQLite gives it a page of its own."""
    state = created(fakes.created(7, 8, (9,)))
    written = json.loads(codec.encode_state(state))
    assert "declined" not in written
    assert "offer" not in written
    assert "ended_at" not in written
    moved = json.loads(
        codec.encode_state(evolve(state, nudged=True, offers=2, outcome=MessageId(3)))
    )
    assert (moved["nudged"], moved["offers"], moved["outcome"]) == (True, 2, 3)


@given(any_of(Told), any_of(Terms))
def test_outcomes_and_terms_come_back(outcome: Told, terms: Terms) -> None:
    assert codec.decode_outcome(codec.encode_outcome(outcome)) == outcome
    assert codec.decode_terms(codec.encode_terms(terms)) == terms


# --- what was written before


def test_the_golden_file_has_every_kind() -> None:
    """An event that gets a second version stays in the first one's file as it was."""
    assert {each["kind"] for each in GOLDEN} == set(codec.KINDS.values())


def holds(written: Any, golden: Any) -> bool:
    """Whether all of it is there; an object in it may have got fields with defaults since."""
    if not isinstance(golden, dict):
        return bool(written == golden)
    return all(name in written and holds(written[name], golden[name]) for name in golden)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda each: each["kind"])
def test_the_first_version_stays_readable(golden: dict[str, Any]) -> None:
    """Every field of it still has its meaning: a field that was renamed would be left out."""
    event = codec.decode_event(golden["kind"], 1, json.dumps(golden["data"]), {})
    kind, version, _ = codec.encode_event(event)
    assert kind == golden["kind"]
    if version == 1:
        assert holds(json.loads(msgspec.json.encode(event)), golden["data"])


def test_fields_that_a_newer_version_added_are_left_out() -> None:
    kind, version, data = codec.encode_event(AgentNudged(fakes.EPOCH))
    more = json.dumps({**json.loads(data), "reason": "silence"})
    assert codec.decode_event(kind, version, more, {"at": fakes.EPOCH}) == AgentNudged(fakes.EPOCH)


def test_an_older_version_is_led_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    kind, nudged = "conversation.nudged", AgentNudged(fakes.EPOCH)
    monkeypatch.setitem(CURRENT, kind, 3)
    monkeypatch.setitem(UPCASTS, (kind, 1), lambda data: {"instant": data["time"]})
    monkeypatch.setitem(UPCASTS, (kind, 2), lambda data: {"at": data["instant"]})
    instant = fakes.EPOCH.isoformat()
    assert codec.decode_event(kind, 1, json.dumps({"time": instant}), {}) == nudged
    assert codec.decode_event(kind, 2, json.dumps({"instant": instant}), {}) == nudged
    assert codec.decode_event(*codec.encode_event(nudged), _columns(nudged)) == nudged
    assert codec.encode_event(nudged)[1] == 3
    for version, text in ((1, "{"), (1, "[]"), (2, '{"instant":"soon"}')):
        with pytest.raises(codec.Unreadable, match=f"version {version}"):
            codec.decode_event(kind, version, text, {})


@pytest.mark.parametrize(
    ("kind", "version"),
    [("conversation.created", 2), ("conversation.merged", 1), ("conversation.nudged", 0)],
)
def test_what_this_program_does_not_know_is_said(kind: str, version: int) -> None:
    with pytest.raises(codec.Unreadable, match=kind):
        codec.decode_event(kind, version, "{}", {})


@pytest.mark.parametrize(
    "data", ["", "{", "[]", "{}", "{}{}", f'{{"text":{{"body":{CANARY}}}}}', '{"shout":{}}']
)
def test_damaged_content_is_said_without_quoting_it(data: str) -> None:
    with pytest.raises(codec.Unreadable) as caught:
        codec.decode_content(data)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("data", ['{"text":{"body":"a"},"edit":{}}', '{"location":{}}'])
def test_a_content_of_two_kinds_or_half_a_one_is_refused(data: str) -> None:
    with pytest.raises(codec.Unreadable):
        codec.decode_content(data)


def test_what_only_people_send_is_no_outgoing_message() -> None:
    order = '{"order":{"catalog_id":"c","lines":[]}}'
    with pytest.raises(codec.Unreadable):
        codec.decode_outgoing(order)


def test_only_what_can_stand_below_a_quote_does() -> None:
    template = '{"quoting":{"message":1,"outgoing":{"template":{"name":"a","language":"en"}}}}'
    with pytest.raises(codec.Unreadable):
        codec.decode_outgoing(template)


def test_an_edit_cannot_hold_what_only_we_send() -> None:
    template = '{"edit":{"original":"w","content":{"template":{"name":"a","language":"en"}}}}'
    with pytest.raises(codec.Unreadable):
        codec.decode_content(template)


def test_the_json_is_plain() -> None:
    """What operators and other programs see in the tables."""
    assert codec.encode_event(AgentNudged(fakes.EPOCH)) == (
        "conversation.nudged",
        1,
        "{}",
    )
    assert codec.encode_content(Text("hej")) == '{"text":{"body":"hej"}}'
    assert json.loads(codec.encode_terms(Terms()))["link_expires_after"] == "PT1800S"
