"""What starts, what stops, and when each step is due."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.definition import BadDefinition
from kaisa_relay.domain.engagement.ids import ENDPOINT, EndpointId
from kaisa_relay.domain.engagement.trigger import (
    EventTypes,
    Trigger,
    endpoints,
    plan,
    quiet_for,
    read_trigger,
    starts,
    stops,
    write_trigger,
)
from kaisa_relay.domain.ids import to_text
from kaisa_relay.domain.public_events import TYPES


def no_fault(text: str) -> str | None:
    """Say what is wrong with a text: here, that it holds a curse."""
    return "holds a curse" if "curse" in text else None


KNOWN = EventTypes(frozenset(TYPES.values()))
HOOK = to_text(ENDPOINT, 7)
OTHER = to_text(ENDPOINT, 8)
LADDER = {
    "on": ["conversation.abandoned", "agent.*"],
    "when": {"field": "event.data.reason", "eq": "unscanned"},
    "unless": ["conversation.started", "conversation.created"],
    "hours": {"zone": "Europe/Stockholm", "quiet": "21:00-08:00"},
    "limit": {"times": 2, "per": "7d"},
    "steps": [
        {"after": "30m", "actions": [{"webhook": HOOK}, {"webhook": OTHER}]},
        {"after": "2h", "actions": [{"webhook": HOOK}]},
    ],
}


def read(value: Any) -> Trigger:
    """Read what must be right."""
    trigger = read_trigger(value, KNOWN, no_fault)
    assert isinstance(trigger, Trigger), trigger
    return trigger


def at(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_what_is_written_reads_the_same() -> None:
    """All of it, and the least there can be."""
    assert write_trigger(read(LADDER)) == LADDER
    least = {"on": ["conversation.closed"], "steps": [{"actions": [{"webhook": HOOK}]}]}
    assert write_trigger(read(least))["steps"] == [{"after": "0s", "actions": [{"webhook": HOOK}]}]
    hooks = {(EndpointId(7), Kind.WEBHOOK), (EndpointId(8), Kind.WEBHOOK)}
    assert endpoints(read(LADDER)) == hooks


def test_what_starts_and_what_stops() -> None:
    """By its type, and what is known of it."""
    ladder = read(LADDER)
    unscanned = {"event": {"data": {"reason": "unscanned"}}}
    assert starts(ladder, "conversation.abandoned", unscanned)
    assert starts(ladder, "agent.paused", unscanned)
    assert not starts(ladder, "conversation.abandoned", {"event": {"data": {}}})
    assert not starts(ladder, "conversation.closed", unscanned)
    assert stops(ladder, "conversation.started")
    assert not stops(ladder, "conversation.abandoned")
    assert not stops(read({**LADDER, "unless": ["contact.*"]}), "conversation.started")


def test_steps_are_due_so_long_after_the_event() -> None:
    """Every action of each, in order."""
    due = plan(read(LADDER), at("2026-11-23 09:00"))
    assert [(each.step, each.action, each.wanted.endpoint) for each in due] == [
        (0, 0, 7),
        (0, 1, 8),
        (1, 0, 7),
    ]
    assert [each.at for each in due] == [
        at("2026-11-23 09:30"),
        at("2026-11-23 09:30"),
        at("2026-11-23 11:00"),
    ]


@pytest.mark.parametrize(
    ("happened", "first", "second"),
    [
        ("2026-11-23 19:29", "2026-11-23 19:59", "2026-11-24 07:00"),
        ("2026-11-23 19:30", "2026-11-24 07:00", "2026-11-24 07:00"),
        ("2026-11-24 06:29", "2026-11-24 07:00", "2026-11-24 08:29"),
        ("2026-07-01 05:31", "2026-07-01 06:01", "2026-07-01 07:31"),
    ],
)
def test_quiet_hours_are_waited_out(happened: str, first: str, second: str) -> None:
    """By the clock on the wall there, in summer and in winter."""
    due = plan(read(LADDER), at(happened))
    assert (due[0].at, due[2].at) == (at(first), at(second))


def test_without_quiet_hours_nothing_waits() -> None:
    """Also at night."""
    least = {"on": ["conversation.closed"], "steps": [{"actions": [{"webhook": HOOK}]}]}
    night = at("2026-11-23 02:00")
    assert [each.at - night for each in plan(read(least), night)] == [timedelta()]


STEP = {"actions": [{"webhook": HOOK}]}


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ([], ""),
        ({"steps": [STEP]}, "on"),
        ({"on": ["conversation.closed"]}, "steps"),
        ({"on": ["conversation.closed"], "steps": [STEP], "if": {}}, "if"),
        ({"on": "conversation.closed", "steps": [STEP]}, "on"),
        ({"on": ["conversation.closd"], "steps": [STEP]}, "on[0]"),
        ({"on": ["conversation.closed", "sales.*"], "steps": [STEP]}, "on[1]"),
        ({"on": ["conversation.closed"], "steps": [STEP], "unless": [5]}, "unless[0]"),
        ({"on": ["conversation.closed"], "steps": []}, "steps"),
        ({"on": ["conversation.closed"], "steps": [STEP] * 11}, "steps"),
        ({"on": ["conversation.closed"], "steps": [{}]}, "steps[0].actions"),
        ({"on": ["conversation.closed"], "steps": [{**STEP, "after": "soon"}]}, "steps[0].after"),
        ({"on": ["conversation.closed"], "steps": [{**STEP, "after": "31d"}]}, "steps[0].after"),
        (
            {"on": ["conversation.closed"], "steps": [{"actions": [{"webhook": "trg_1"}]}]},
            "steps[0].actions[0].webhook",
        ),
        (
            {"on": ["conversation.closed"], "steps": [{"actions": [{"fax": HOOK}]}]},
            "steps[0].actions[0].fax",
        ),
        ({**LADDER, "limit": {"times": 0, "per": "7d"}}, "limit.times"),
        ({**LADDER, "limit": {"times": True, "per": "7d"}}, "limit.times"),
        ({**LADDER, "limit": {"times": 1.5, "per": "7d"}}, "limit.times"),
        ({**LADDER, "limit": {"times": 1, "per": "31d"}}, "limit.per"),
        ({**LADDER, "limit": {"times": 1}}, "limit.per"),
        ({**LADDER, "hours": {"zone": "Mars/Base", "quiet": "21:00-08:00"}}, "hours.zone"),
        ({**LADDER, "hours": {"zone": "Europe/Stockholm", "quiet": "9-5"}}, "hours.quiet"),
        ({**LADDER, "hours": {"zone": "Europe/Stockholm", "quiet": "08:00-08:00"}}, "hours.quiet"),
        ({**LADDER, "when": {"field": "event.type", "is": "x"}}, "when.is"),
    ],
)
def test_a_mistake_is_named_by_its_path(written: Any, field: str) -> None:
    """As its author wrote it."""
    refused = read_trigger(written, KNOWN, no_fault)
    assert isinstance(refused, BadDefinition)
    assert refused.field == field


def test_how_long_it_is_quiet() -> None:
    """Until the morning in their zone; not at all by day, or for who has no quiet hours."""
    ladder = read(LADDER)
    assert quiet_for(ladder, at("2026-11-23T22:00")) == timedelta(hours=9)
    assert quiet_for(ladder, at("2026-11-23T12:00")) == timedelta()
    plain = read({name: value for name, value in LADDER.items() if name != "hours"})
    assert quiet_for(plain, at("2026-11-23T22:00")) == timedelta()
