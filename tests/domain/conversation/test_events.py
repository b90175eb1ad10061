"""What may be in an event, and that any history folds to a state."""

import types
import typing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, get_args, get_type_hints

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import State, evolve, next_deadline
from kaisa_relay.domain.conversation.changing_hands import RECENT
from kaisa_relay.domain.conversation.deadlines import expires_at
from kaisa_relay.domain.conversation.messages import Event, MessageReceived
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ContactId, MessageId
from tests.domain.builders import EVERY_PHASE, T0, reserved

EVENTS: tuple[type, ...] = get_args(Event)
ATOMS = (int, bool, datetime, timedelta, types.NoneType)
CODES = {
    ("MessageReceived", "kind"),
    ("ConversationCreated", "language"),
    ("Candidate", "language"),
    ("State", "language"),
    ("State", "reason"),
    ("ChannelLimited", "reason"),
    ("ChannelDown", "reason"),
    ("ChannelQualityChanged", "reason"),
    ("ChannelQualityChanged", "tier"),
    ("TemplateChanged", "template"),
    ("TemplateChanged", "language"),
    ("TemplateChanged", "status"),
    ("TemplateChanged", "reason"),
    ("OutreachSent", "template"),
    ("OutreachSent", "language"),
    ("AlertRaised", "template"),
    ("AlertRaised", "language"),
    ("AlertRaised", "reason"),
}
"""Where a string is a code or a language tag, never what somebody wrote."""


def atoms(kind: Any) -> Iterator[Any]:
    """The types that a field's type is made of."""
    while isinstance(kind, typing.NewType):
        kind = kind.__supertype__
    parts = [part for part in get_args(kind) if part is not Ellipsis]
    if not parts:
        yield kind
    for part in parts:
        yield from atoms(part)


def strings(cls: type) -> Iterator[tuple[str, str]]:
    """The fields of a class, and of the classes in it, that hold free text or anything else."""
    for name, kind in get_type_hints(cls).items():
        for atom in atoms(kind):
            if attrs.has(atom):
                yield from strings(atom)
            elif not issubclass(atom, (*ATOMS, Enum)):
                yield cls.__name__, name


@pytest.mark.parametrize("cls", [*EVENTS, State])
def test_no_event_and_no_state_holds_personal_data(cls: type) -> None:
    """Ids, codes, times and sizes; whatever people say or are called is in content rows."""
    assert set(strings(cls)) <= CODES


def test_the_walk_finds_a_string() -> None:
    """Somebody's name in a class within a class would be seen."""

    @attrs.frozen
    class Inner:
        name: str | None

    Outer = attrs.make_class("Outer", {"inner": attrs.field(type=tuple[Inner, ...])})
    assert set(strings(Outer)) == {("Inner", "name")}


@pytest.mark.parametrize("cls", EVENTS)
def test_events_are_frozen_and_say_when(cls: type) -> None:
    """A fact does not change, and every fact has its instant."""
    assert attrs.has(cls)
    assert "at" in get_type_hints(cls)
    assert cls.__setattr__ is not object.__setattr__
    assert cls.__doc__


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type, also an impossible one."""
    while isinstance(kind, typing.NewType):
        kind = kind.__supertype__
    if attrs.has(kind):
        return instances(kind)
    if kind is datetime:
        return st.integers(-(10**6), 10**6).map(lambda each: T0 + timedelta(seconds=each))
    if kind is timedelta:
        return st.integers(0, 10**6).map(lambda each: timedelta(seconds=each))
    if typing.get_origin(kind) is tuple:
        return st.lists(values(get_args(kind)[0]), max_size=3).map(tuple)
    if parts := get_args(kind):
        return st.one_of([values(part) for part in parts])
    return st.integers(0, 4) if kind is int else st.from_type(kind)


def instances(cls: type) -> st.SearchStrategy[Any]:
    """Any instance of a frozen class."""
    return st.builds(cls, **{name: values(kind) for name, kind in get_type_hints(cls).items()})


ANY_EVENT = st.one_of([instances(cls) for cls in EVENTS])


@given(st.sampled_from(Phase), st.lists(ANY_EVENT, max_size=12))
def test_evolve_is_total(phase: Phase, history: list[Any]) -> None:
    """Any event on any state gives a state that has a deadline exactly while it lives."""
    state = EVERY_PHASE[phase]().state
    for event in history:
        state = evolve(state, event)
        assert (next_deadline(state) is not None) == state.phase.live
        assert (expires_at(state) is not None) == state.phase.live
        assert len(state.recent) <= RECENT
        assert len(set(state.recent)) == len(state.recent)


def test_only_the_latest_messages_are_remembered() -> None:
    """Enough for a repeat that comes soon; a state must not grow with the talk."""
    state = reserved().state
    for number in range(100):
        event = MessageReceived(MessageId(number), Side.VISITOR, "text", T0, T0)
        state = evolve(evolve(state, event), event)
    assert state.recent == tuple(range(100 - RECENT, 100))


def test_a_window_is_opened_by_the_latest_message() -> None:
    """Webhooks come in any order; an older message does not close what a newer one opened."""
    state = reserved().state
    hours = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (5, 9, 7)]
    for side in Side:
        for number, sent_at in enumerate(hours):
            event = MessageReceived(MessageId(number), side, "text", sent_at, T0)
            state = evolve(state, event)
    assert (state.visitor_wrote_at, state.agent_wrote_at) == (hours[1], hours[1])


def test_who_stands_where() -> None:
    """Sides and languages as the form and the acceptance have them."""
    state = EVERY_PHASE[Phase.ACTIVE]().state
    assert [state.side_of(ContactId(each)) for each in (1, 2, 3)] == [
        Side.VISITOR,
        Side.AGENT,
        None,
    ]
    assert [state.language_of(ContactId(each)) for each in (1, 2, 3, 4)] == ["en", "en", "sv", "en"]
