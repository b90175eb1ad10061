"""Endpoints: where deliveries go, and what signs them or lets us in."""

from typing import Final

from msgspec import structs
from quart import Response, request
from quart_schema import document_request, document_response

from kaisa_relay.api.answers import answer, json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.engagement import engagement_shapes as shapes
from kaisa_relay.api.engagement.engagement_shapes import (
    AttemptAnswer,
    EndpointAnswer,
    EndpointList,
    EndpointRequest,
    EndpointTest,
)
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem, quota_reached
from kaisa_relay.api.refusals import EndpointInUse
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import CHANNEL_LANE, ENDPOINT, TRIGGER, EndpointId
from kaisa_relay.domain.engagement.quota import QuotaReached
from kaisa_relay.domain.ids import from_text, to_text
from kaisa_relay.ports.engagement import (
    AttemptView,
    BadEndpoint,
    EndpointChange,
    EndpointView,
    EndpointWish,
    InUse,
    NewEndpoint,
    Options,
)
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope

_NOT_FOUND: Final = problem(NotFound)
_KINDS: Final = ", ".join(each for each in Kind if each is not Kind.TEMPLATE)


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
        if asked.kind not in list(Kind):
            return invalid(FieldError("kind", f"must be one of: {_KINDS}"))
        options = Options(asked.user, asked.sender, asked.provider, asked.account, asked.request)
        wish = EndpointWish(Kind(asked.kind), asked.url, options, asked.password, asked.headers)
        made = await self._engagement.add_endpoint(calling_key().workspace, wish)
        match made:
            case BadEndpoint():
                return _bad(made)
            case QuotaReached():
                return quota_reached(made)
            case NewEndpoint():
                return json_answer(_new(made), 201)

    @document_request(shapes.EndpointChange)
    @document_response(EndpointAnswer)
    async def change(self, endpoint: str) -> Response | Problem:
        """Have deliveries go elsewhere, or switch an endpoint off or on again."""
        asked = read_body(request, await receive_body(request), shapes.EndpointChange)
        if isinstance(asked, Problem):
            return asked
        id, workspace = _id(endpoint), calling_key().workspace
        change = EndpointChange(**structs.asdict(asked))
        found = await self._engagement.change_endpoint(workspace, id, change) if id else None
        if isinstance(found, BadEndpoint):
            return _bad(found)
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
        """Return a webhook's new secret; the one before signs beside it for a day."""
        id = _id(endpoint)
        made = await self._engagement.rotate_secret(calling_key().workspace, id) if id else None
        return _NOT_FOUND if made is None else json_answer(_new(made))

    @document_request(EndpointTest)
    @document_response(AttemptAnswer)
    async def test(self, endpoint: str) -> Response | Problem:
        """Send an example there now, once; the answer says what came back."""
        body = await receive_body(request)
        asked = read_body(request, body, EndpointTest) if body else EndpointTest()
        if isinstance(asked, Problem):
            return asked
        id, workspace = _id(endpoint), calling_key().workspace
        tried = await self._engagement.try_endpoint(workspace, id, asked.to) if id else None
        if isinstance(tried, BadEndpoint):
            return _bad(tried)
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


def shown_endpoint(id: EndpointId) -> str | None:
    """Return an endpoint as it travels; None for what goes out on a channel."""
    return None if id == CHANNEL_LANE else to_text(ENDPOINT, id)


def _id(text: str) -> EndpointId | None:
    id = from_text(ENDPOINT, text)
    return None if id is None else EndpointId(id)


def _bad(endpoint: BadEndpoint) -> Problem:
    return invalid(FieldError(endpoint.field, endpoint.reason))


def _new(made: NewEndpoint) -> EndpointAnswer:
    shown = _answer(made.view)
    return shown if made.secret is None else structs.replace(shown, secret=made.secret)


def _answer(view: EndpointView) -> EndpointAnswer:
    return EndpointAnswer(
        id=to_text(ENDPOINT, view.id),
        kind=view.kind,
        url=view.url,
        created_at=view.created_at,
        disabled_at=view.disabled_at,
        disabled_by=view.disabled_by,
        user=view.options.user,
        sender=view.options.sender,
        provider=view.options.provider,
        account=view.options.account,
        request=None if view.options.request is None else dict(view.options.request),
        header_names=list(view.options.header_names) or None,
        failures=view.failures,
        rests_until=view.rests_until,
    )
