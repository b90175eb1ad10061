"""Endpoints: where webhooks go, and what signs them."""

from typing import Final

from quart import Response, request
from quart_schema import document_request, document_response

from kaisa_relay.api.answers import answer, json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.engagement_shapes import (
    AttemptAnswer,
    EndpointAnswer,
    EndpointChange,
    EndpointList,
    EndpointRequest,
)
from kaisa_relay.api.problem_kinds import EndpointInUse
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.engagement.trigger import ENDPOINT, TRIGGER, EndpointId
from kaisa_relay.domain.ids import from_text, to_text
from kaisa_relay.ports.engagement import AttemptView, EndpointView, InUse, NewEndpoint
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope

_NOT_FOUND: Final = problem(NotFound)


class Endpoints:
    """Where webhooks go."""

    def __init__(self, given: Dependencies) -> None:
        self._engagement = given.engagement

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        one = "/endpoints/<endpoint>"
        return (
            Route("/endpoints", self.find, Scope.ENGAGEMENT),
            Route("/endpoints", self.add, Scope.ENGAGEMENT, "POST"),
            Route(one, self.change, Scope.ENGAGEMENT, "PATCH"),
            Route(one, self.remove, Scope.ENGAGEMENT, "DELETE"),
            Route(f"{one}/secret", self.rotate, Scope.ENGAGEMENT, "POST"),
            Route(f"{one}/test", self.test, Scope.ENGAGEMENT, "POST"),
        )

    @document_response(EndpointList)
    async def find(self) -> Response | Problem:
        """List every endpoint."""
        found = await self._engagement.endpoints(calling_key().workspace)
        return json_answer(EndpointList([_answer(each) for each in found]))

    @document_request(EndpointRequest)
    @document_response(EndpointAnswer, 201)
    async def add(self) -> Response | Problem:
        """Add an endpoint. The answer has the secret that signs for it, this once."""
        asked = read_body(request, await receive_body(request), EndpointRequest)
        if isinstance(asked, Problem):
            return asked
        wrong = self._engagement.bad_url(asked.url)
        if wrong is not None:
            return invalid(FieldError("url", wrong))
        made = await self._engagement.add_endpoint(calling_key().workspace, asked.url)
        return json_answer(_new(made), 201)

    @document_request(EndpointChange)
    @document_response(EndpointAnswer)
    async def change(self, endpoint: str) -> Response | Problem:
        """Have webhooks go elsewhere, or switch an endpoint off or on again."""
        asked = read_body(request, await receive_body(request), EndpointChange)
        if isinstance(asked, Problem):
            return asked
        wrong = None if asked.url is None else self._engagement.bad_url(asked.url)
        if wrong is not None:
            return invalid(FieldError("url", wrong))
        id, workspace = _id(endpoint), calling_key().workspace
        change = self._engagement.change_endpoint
        found = await change(workspace, id, asked.url, asked.enabled) if id else None
        return _NOT_FOUND if found is None else json_answer(_answer(found))

    async def remove(self, endpoint: str) -> Response | Problem:
        """Remove an endpoint that no trigger names."""
        id = _id(endpoint)
        removed = id and await self._engagement.remove_endpoint(calling_key().workspace, id)
        if isinstance(removed, InUse):
            return problem(EndpointInUse, trigger=to_text(TRIGGER, removed.trigger))
        return answer(b"", 204) if removed else _NOT_FOUND

    @document_response(EndpointAnswer)
    async def rotate(self, endpoint: str) -> Response | Problem:
        """Return a new secret; the one before signs beside it for a day."""
        id = _id(endpoint)
        made = await self._engagement.rotate_secret(calling_key().workspace, id) if id else None
        return _NOT_FOUND if made is None else json_answer(_new(made))

    @document_response(AttemptAnswer)
    async def test(self, endpoint: str) -> Response | Problem:
        """Post an example event there now, once; the answer says what came back."""
        id = _id(endpoint)
        tried = await self._engagement.try_endpoint(calling_key().workspace, id) if id else None
        return _NOT_FOUND if tried is None else json_answer(shown_try(tried))


def shown_try(tried: AttemptView) -> AttemptAnswer:
    """Return one try as it travels."""
    return AttemptAnswer(
        number=tried.number,
        at=tried.at,
        took_ms=tried.took_ms,
        status=tried.status,
        why=tried.why,
        answer=tried.answer,
    )


def _id(text: str) -> EndpointId | None:
    id = from_text(ENDPOINT, text)
    return None if id is None else EndpointId(id)


def _new(made: NewEndpoint) -> EndpointAnswer:
    shown = _answer(made.view)
    return EndpointAnswer(**{name: getattr(shown, name) for name in _SHOWN}, secret=made.secret)


_SHOWN: Final = ("id", "url", "created_at", "disabled_at", "disabled_by")


def _answer(view: EndpointView) -> EndpointAnswer:
    return EndpointAnswer(
        id=to_text(ENDPOINT, view.id),
        url=view.url,
        created_at=view.created_at,
        disabled_at=view.disabled_at,
        disabled_by=view.disabled_by,
    )
