"""What starts an outreach, what cancels it, and the steps of its ladder.

Rule 1: a version of a trigger never changes; what it has started goes on as it began.
Rule 2: a step's time runs from the event; in quiet hours it waits for their end.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from attrs import frozen

from kaisa_relay.domain.durations import BadDuration, read_duration, write_duration
from kaisa_relay.domain.engagement.actions import (
    Action,
    Kind,
    kind_of,
    read_action,
    write_action,
)
from kaisa_relay.domain.engagement.conditions import (
    ALWAYS,
    Condition,
    Facts,
    holds,
    read_condition,
    write_condition,
)
from kaisa_relay.domain.engagement.definition import (
    BadDefinition,
    Json,
    each_of,
    part,
    words,
)
from kaisa_relay.domain.engagement.hours import Hours, read_hours
from kaisa_relay.domain.engagement.ids import EndpointId
from kaisa_relay.domain.engagement.limit import Limit, read_limit
from kaisa_relay.domain.engagement.wording import Fault

ANY: Final = "*"
MOST_TYPES: Final = 40
MOST_STEPS: Final = 10
MOST_ACTIONS: Final = 5
"""Actions of one step."""
LONGEST_NAME: Final = 100
LONGEST_WAIT: Final = timedelta(days=30)
_ALWAYS: Final[Condition] = ALWAYS


@frozen
class Step:
    """What is done so long after the event."""

    after: timedelta
    actions: tuple[Action, ...]


@frozen
class Trigger:
    """Which events start the steps, and which, in the same conversation, stop what is to come.

    A type is an event's whole type, or its first part and a star: `conversation.*`.
    """

    on: tuple[str, ...]
    steps: tuple[Step, ...]
    when: Condition = ALWAYS
    unless: tuple[str, ...] = ()
    hours: Hours | None = None
    limit: Limit | None = None


@frozen
class Due:
    """One action of a step, and when it is due."""

    step: int
    action: int
    wanted: Action
    at: datetime


def starts(trigger: Trigger, type: str, facts: Facts) -> bool:
    """Say whether an event of this type, of which this is known, starts the steps."""
    return named(trigger.on, type) and holds(trigger.when, facts)


def stops(trigger: Trigger, type: str) -> bool:
    """Say whether an event of this type stops what its conversation still waits for."""
    return named(trigger.unless, type)


def named(types: Sequence[str], type: str) -> bool:
    """Say whether a type is among these, or begins as one with a star."""
    return any(
        type == each or (each.endswith(ANY) and type.startswith(each.removesuffix(ANY)))
        for each in types
    )


def plan(trigger: Trigger, at: datetime) -> tuple[Due, ...]:
    """Return everything that an event of this instant starts, in order."""
    return tuple(
        Due(number, place, action, _when(trigger, at + step.after))
        for number, step in enumerate(trigger.steps)
        for place, action in enumerate(step.actions)
    )


def endpoints(trigger: Trigger) -> frozenset[tuple[EndpointId, Kind]]:
    """Return every endpoint that it names, and as what."""
    actions = (action for step in trigger.steps for action in step.actions)
    wanted = ((action.endpoint, kind_of(action)) for action in actions)
    return frozenset(each for each in wanted if each[1] is not Kind.TEMPLATE)


def quiet_for(trigger: Trigger, at: datetime) -> timedelta:
    """Return for how long nobody is to be reached from this instant on; zero is not at all."""
    return _when(trigger, at) - at


def _when(trigger: Trigger, at: datetime) -> datetime:
    return at if trigger.hours is None else trigger.hours.schedule.opens_after(at)


# --- as their author writes them


@frozen
class EventTypes:
    """The types that there are; a trigger that waits for what never comes is a mistake."""

    known: frozenset[str]

    def read(self, value: Json, path: str) -> tuple[str, ...]:
        """Read a list of types. Raises `BadDefinition`."""
        return each_of(value, path, MOST_TYPES, self._one)

    def _one(self, value: Json, path: str) -> str:
        text = words(value, path, LONGEST_NAME)
        if not any(named((text,), type) for type in self.known):
            raise BadDefinition(path, "is no event's type; `conversation.*` means all of these")
        return text


def read_trigger(value: Json, types: EventTypes, fault: Fault) -> Trigger | BadDefinition:
    """Read a definition: `on` and `steps`, and if wanted `when`, `unless`, `hours`, `limit`.

    `fault` says what is wrong with a text that an action sends.
    """
    try:
        return _read(value, types, fault)
    except BadDefinition as wrong:
        return wrong


def _read(value: Json, types: EventTypes, fault: Fault) -> Trigger:
    given = part(value, "", ("on", "steps"), ("when", "unless", "hours", "limit"))
    read = Trigger(
        on=given.read("on", types.read, ()),
        steps=given.read("steps", partial(_steps, fault=fault), ()),
        when=given.read("when", read_condition, _ALWAYS),
        unless=given.read("unless", types.read, ()),
        hours=given.read("hours", read_hours, None),
        limit=given.read("limit", read_limit, None),
    )
    given.check()
    return read


def _steps(value: Json, path: str, fault: Fault) -> tuple[Step, ...]:
    return each_of(value, path, MOST_STEPS, partial(_step, fault=fault))


def _step(value: Json, path: str, fault: Fault) -> Step:
    given = part(value, path, ("actions",), ("after",))

    def actions(each: Json, where: str) -> tuple[Action, ...]:
        return each_of(each, where, MOST_ACTIONS, partial(read_action, fault=fault))

    read = Step(given.read("after", _after, timedelta()), given.read("actions", actions, ()))
    given.check()
    return read


def _after(value: Json, path: str) -> timedelta:
    read = read_duration(words(value, path, LONGEST_NAME), timedelta(), LONGEST_WAIT)
    if isinstance(read, BadDuration):
        raise BadDefinition(path, read.reason)
    return read


def write_trigger(trigger: Trigger) -> dict[str, Any]:
    """Write a definition as its author would; it reads the same again."""
    written: dict[str, Any] = {"on": list(trigger.on)}
    if trigger.when != ALWAYS:
        written["when"] = write_condition(trigger.when)
    if trigger.unless:
        written["unless"] = list(trigger.unless)
    if trigger.hours is not None:
        written["hours"] = trigger.hours.write()
    if trigger.limit is not None:
        written["limit"] = trigger.limit.write()
    written["steps"] = [_written(step) for step in trigger.steps]
    return written


def _written(step: Step) -> dict[str, Any]:
    actions = [write_action(action) for action in step.actions]
    return {"after": write_duration(step.after), "actions": actions}
