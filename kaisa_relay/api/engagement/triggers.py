"""Triggers: which events start which deliveries."""

from collections.abc import Mapping
from typing import Any, Final

import trio
from attrs import asdict
from quart import Response, request
from quart_schema import document_request, document_response

from kaisa_relay.api.answers import answer, json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import Errors, read_json, receive_body
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.engagement.engagement_shapes import (
    StepAnswer,
    StepList,
    TriggerAnswer,
    TriggerList,
    TriggerRequest,
)
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem, quota_reached
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.engagement.actions import kind_of
from kaisa_relay.domain.engagement.definition import BadDefinition
from kaisa_relay.domain.engagement.ids import ENDPOINT, TRIGGER, TriggerId
from kaisa_relay.domain.engagement.quota import QuotaReached
from kaisa_relay.domain.engagement.trigger import (
    LONGEST_NAME,
    EventTypes,
    Trigger,
    read_trigger,
    write_trigger,
)
from kaisa_relay.domain.engagement.wording import Fault
from kaisa_relay.domain.ids import from_text, to_text
from kaisa_relay.domain.public_events import TYPES
from kaisa_relay.ports.engagement import NoSuchEndpoint, TriggerView
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope

KNOWN: Final = EventTypes(frozenset(TYPES.values()))
_NOT_FOUND: Final = problem(NotFound)
OURS: Final = ("name", "enabled")
"""Members that say nothing of what a trigger does."""
ANSWERED: Final = ("id", "version", "changed_at")
"""Members of an answer, which may be sent back as they came."""


class Triggers:
    """What starts what."""

    def __init__(self, given: Dependencies) -> None:
        self._engagement = given.engagement
        self._clock = given.clock

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/triggers", self.find, Scope.ENGAGEMENT),
            Route("/triggers", self.add, Scope.ENGAGEMENT, "POST"),
            Route("/triggers/<trigger>", self.show, Scope.ENGAGEMENT),
            Route("/triggers/<trigger>/recoveries", self.recoveries, Scope.ENGAGEMENT),
            Route("/triggers/<trigger>", self.change, Scope.ENGAGEMENT, "PUT"),
            Route("/triggers/<trigger>", self.remove, Scope.ENGAGEMENT, "DELETE"),
        )

    @document_response(TriggerList)
    async def find(self) -> Response | Problem:
        """List every trigger."""
        found = await self._engagement.triggers(calling_key().workspace)
        return json_answer(TriggerList([_answer(each) for each in found]))

    @document_request(TriggerRequest)
    @document_response(TriggerAnswer, 201)
    async def add(self) -> Response | Problem:
        """Add a trigger: only what happens from now on starts it."""
        asked = await self._asked(OURS)
        if isinstance(asked, Problem):
            return asked
        name, enabled, definition = asked
        workspace = calling_key().workspace
        made = await self._engagement.add_trigger(workspace, name, enabled, definition)
        match made:
            case NoSuchEndpoint():
                return missing(made, definition)
            case QuotaReached():
                return quota_reached(made)
            case TriggerView():
                return _shown(made, 201)

    @document_response(TriggerAnswer)
    async def show(self, trigger: str) -> Response | Problem:
        """Return one trigger."""
        id = trigger_id(trigger)
        found = await self._engagement.trigger(calling_key().workspace, id) if id else None
        return _NOT_FOUND if found is None else _shown(found)

    @document_response(StepList)
    async def recoveries(self, trigger: str) -> Response | Problem:
        """Count what each version and step of a trigger has led to."""
        id = trigger_id(trigger)
        found = await self._engagement.recoveries(calling_key().workspace, id) if id else None
        if found is None:
            return _NOT_FOUND
        return json_answer(StepList([StepAnswer(**asdict(each)) for each in found]))

    @document_request(TriggerRequest)
    @document_response(TriggerAnswer)
    async def change(self, trigger: str) -> Response | Problem:
        """Replace a trigger. Switched off, what it still waits for is cancelled."""
        asked = await self._asked((*OURS, *ANSWERED))
        if isinstance(asked, Problem):
            return asked
        id = trigger_id(trigger)
        if id is None:
            return _NOT_FOUND
        name, enabled, definition = asked
        wanted = TriggerView(id, name, enabled, 0, self._clock(), definition)
        made = await self._engagement.change_trigger(calling_key().workspace, wanted)
        if made is None:
            return _NOT_FOUND
        return missing(made, definition) if isinstance(made, NoSuchEndpoint) else _shown(made)

    async def remove(self, trigger: str) -> Response | Problem:
        """Remove a trigger, and cancel what it still waits for."""
        id = trigger_id(trigger)
        gone = id and await self._engagement.remove_trigger(calling_key().workspace, id)
        return answer(b"", 204) if gone else _NOT_FOUND

    async def _asked(self, beside: tuple[str, ...]) -> tuple[str, bool, Trigger] | Problem:
        """Read name, whether it is enabled, and what it does."""
        body = read_json(request, await receive_body(request))
        if isinstance(body, Problem):
            return body
        if not isinstance(body, dict):
            return invalid(FieldError("body", "must be an object"))
        wrong = _wrong(body)
        members = {name: value for name, value in body.items() if name not in beside}
        definition = await read_aside(members, self._engagement.bad_text)
        if isinstance(definition, BadDefinition):
            note_faults(definition, wrong)
        elif not wrong.found:
            return body["name"], body.get("enabled", True), definition
        return wrong.problem()


def _wrong(body: Mapping[str, Any]) -> Errors:
    errors = Errors()
    name = body.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= LONGEST_NAME:
        errors.add("name", f"must be a text of 1 to {LONGEST_NAME} characters")
    elif not name.isprintable():
        errors.add("name", "must be one line of characters that can be seen")
    if not isinstance(body.get("enabled", True), bool):
        errors.add("enabled", "must be true or false")
    return errors


def note_faults(bad: BadDefinition, errors: Errors) -> None:
    """Note all that is wrong with a definition; what is wrong with the whole of it, with `body`."""
    for each in bad.every:
        errors.add(each.field or "body", each.reason)


async def read_aside(members: Mapping[str, Any], fault: Fault) -> Trigger | BadDefinition:
    """Read a definition off the loop: a quarter of a megabyte of words takes seconds."""
    return await trio.to_thread.run_sync(read_trigger, members, KNOWN, fault)


def missing(refused: NoSuchEndpoint, definition: Trigger) -> Problem:
    """Return the answer to a definition that names endpoints which are not there."""
    errors = Errors()
    for number, step in enumerate(definition.steps):
        for place, action in enumerate(step.actions):
            kind = kind_of(action)
            if (action.endpoint, kind) in refused.missing:
                id = to_text(ENDPOINT, action.endpoint)
                path = f"steps[{number}].actions[{place}].{kind}"
                errors.add(path, f"there is no endpoint {id} for {kind}")
    return errors.problem()


def trigger_id(text: str) -> TriggerId | None:
    """Return the id of a trigger in a path."""
    id = from_text(TRIGGER, text)
    return None if id is None else TriggerId(id)


def _shown(view: TriggerView, status: int = 200) -> Response:
    return json_answer(_answer(view), status)


def _answer(view: TriggerView) -> TriggerAnswer:
    return TriggerAnswer(
        id=to_text(TRIGGER, view.id),
        name=view.name,
        enabled=view.enabled,
        version=view.version,
        changed_at=view.changed_at,
        **write_trigger(view.definition),
    )
