"""Triggers tried out: what one would send, and one of it sent to the caller."""

from collections.abc import Mapping
from typing import Any, Final

from quart import Response, request
from quart_schema import document_request, document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key, forbidden
from kaisa_relay.api.bodies import Errors, read_body, read_json, receive_body
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.engagement.endpoints import shown_endpoint, shown_try
from kaisa_relay.api.engagement.engagement_shapes import AttemptAnswer
from kaisa_relay.api.engagement.rehearsing_shapes import (
    PreviewAnswer,
    PreviewedAction,
    PreviewRequest,
    TrialRequest,
)
from kaisa_relay.api.engagement.triggers import (
    ANSWERED,
    OURS,
    missing,
    note_faults,
    read_aside,
    trigger_id,
)
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.durations import write_duration
from kaisa_relay.domain.engagement.definition import BadDefinition
from kaisa_relay.domain.ids import CONVERSATION, ConversationId, from_text
from kaisa_relay.ports.engagement import BadEndpoint, NoSuchEndpoint
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.rehearsing import Preview, Rehearsed, Scene, Trial

_NOT_FOUND: Final = problem(NotFound)
_NONE: Final = FieldError("conversation", "is none of this workspace's")
_SCENE: Final = ("conversation", "metadata", "language")
LONGEST_LANGUAGE: Final = 20


class Rehearsing:
    """Nobody else gets anything of it."""

    def __init__(self, given: Dependencies) -> None:
        self._engagement = given.engagement

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/triggers/preview", self.preview, Scope.ENGAGEMENT, "POST"),
            Route("/triggers/<trigger>/test", self.test, Scope.ENGAGEMENT, "POST"),
        )

    @document_request(PreviewRequest)
    @document_response(PreviewAnswer)
    async def preview(self) -> Response | Problem:
        """Return what a trigger would send. Nothing is saved or sent."""
        body = read_json(request, await receive_body(request))
        if isinstance(body, Problem):
            return body
        if not isinstance(body, dict):
            return invalid(FieldError("body", "must be an object"))
        scene = _scene({name: body.get(name) for name in _SCENE})
        if isinstance(scene, Problem):
            return scene
        beside = (*OURS, *ANSWERED, *_SCENE)
        members = {name: value for name, value in body.items() if name not in beside}
        definition = await read_aside(members, self._engagement.bad_text)
        if isinstance(definition, BadDefinition):
            errors = Errors()
            note_faults(definition, errors)
            return errors.problem()
        workspace = calling_key().workspace
        found = await self._engagement.preview(workspace, definition, scene)
        if isinstance(found, NoSuchEndpoint):
            return missing(found, definition)
        return invalid(_NONE) if found is None else json_answer(_answer(found))

    @document_request(TrialRequest)
    @document_response(AttemptAnswer)
    async def test(self, trigger: str) -> Response | Problem:
        """Send one action of a trigger now, once, to the caller; the answer says what came back.

        A webhook's endpoint gets the example that it gets from its own test.
        """
        asked = read_body(request, await receive_body(request), TrialRequest)
        if isinstance(asked, Problem):
            return asked
        scene = _scene({name: getattr(asked, name) for name in _SCENE})
        if isinstance(scene, Problem):
            return scene
        id, workspace = trigger_id(trigger), calling_key().workspace
        trial = Trial(asked.step, asked.action, asked.to, scene)
        tried = await self._engagement.try_trigger(workspace, id, trial) if id else None
        if isinstance(tried, BadEndpoint):
            return invalid(FieldError(tried.field, tried.reason))
        return _NOT_FOUND if tried is None else json_answer(shown_try(tried))


def _scene(given: Mapping[str, Any]) -> Scene | Problem:
    """Read what a trigger is tried on; a conversation may be read only by who may read it."""
    metadata, language = given["metadata"] or {}, given["language"]
    if not isinstance(metadata, dict):
        return invalid(FieldError("metadata", "must be an object"))
    if language is not None and not (isinstance(language, str) and _short(language)):
        return invalid(FieldError("language", "must be a language such as sv or pt-BR"))
    if given["conversation"] is None:
        return Scene(None, metadata, language)
    if Scope.READ not in calling_key().scopes:
        return forbidden(Scope.READ)
    id = from_text(CONVERSATION, str(given["conversation"]))
    if id is None:
        return invalid(_NONE)
    return Scene(ConversationId(id), metadata, language)


def _short(language: str) -> bool:
    return 1 <= len(language) <= LONGEST_LANGUAGE


def _answer(made: Preview) -> PreviewAnswer:
    return PreviewAnswer(
        event=dict(made.event),
        starts=made.starts,
        actions=[_action(each) for each in made.actions],
    )


def _action(made: Rehearsed) -> PreviewedAction:
    return PreviewedAction(
        step=made.step,
        action=made.action,
        after=write_duration(made.after),
        kind=made.kind,
        endpoint=shown_endpoint(made.endpoint),
        problem=made.problem,
        **made.parts,
    )
