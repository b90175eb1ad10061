"""Deliveries: what events have started, how it was tried, and trying it again."""

from collections.abc import Sequence
from typing import Final

from quart import Response, request
from quart_schema import document_querystring, document_request, document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import Errors, read_body, receive_body
from kaisa_relay.api.cursors import Listing, write_cursor
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.engagement.endpoints import shown_endpoint, shown_try
from kaisa_relay.api.engagement.engagement_shapes import (
    DeliveryAnswer,
    DeliveryDetail,
    DeliveryPage,
    DeliveryQuery,
    Replay,
    Replayed,
)
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.queries import Query
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.engagement.ids import (
    DELIVERY,
    ENDPOINT,
    TRIGGER,
    DeliveryId,
    EndpointId,
    TriggerId,
)
from kaisa_relay.domain.ids import CONVERSATION, ConversationId, from_text, to_text
from kaisa_relay.domain.public_events import event_id
from kaisa_relay.ports.engagement import DeliveryState, DeliveryView, WhichDeliveries
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope

_NOT_FOUND: Final = problem(NotFound)


class Deliveries:
    """What is on its way, and what became of it."""

    def __init__(self, given: Dependencies) -> None:
        self._engagement = given.engagement

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/deliveries", self.find, Scope.ENGAGEMENT),
            Route("/deliveries/replay", self.replay_all, Scope.ENGAGEMENT, "POST"),
            Route("/deliveries/<delivery>", self.show, Scope.ENGAGEMENT),
            Route("/deliveries/<delivery>/replay", self.replay, Scope.ENGAGEMENT, "POST"),
        )

    @document_querystring(DeliveryQuery)
    @document_response(DeliveryPage)
    async def find(self) -> Response | Problem:
        """List deliveries, the newest first."""
        query = Query(request.args, DeliveryQuery)
        given = {name: query.text(name) for name in _ASKED}
        which = _which(given, query.errors)
        page = query.page(Listing.DELIVERIES)
        if isinstance(page, Problem):
            return page
        before = DeliveryId(page.after) if page.after is not None else None
        workspace = calling_key().workspace
        found = await self._engagement.deliveries(workspace, which, before, page.limit + 1)
        return json_answer(_page(found, page.limit))

    @document_response(DeliveryDetail)
    async def show(self, delivery: str) -> Response | Problem:
        """Return one delivery and how it was tried."""
        id = _id(delivery)
        found = await self._engagement.attempts(calling_key().workspace, id) if id else None
        if found is None:
            return _NOT_FOUND
        return json_answer(
            DeliveryDetail(_answer(found[0]), [shown_try(each) for each in found[1]])
        )

    @document_request(Replay)
    @document_response(Replayed)
    async def replay_all(self) -> Response | Problem:
        """Try again what is dead, or what else is asked for and has ended."""
        asked = read_body(request, await receive_body(request), Replay)
        if isinstance(asked, Problem):
            return asked
        errors = Errors()
        given = {name: getattr(asked, name) for name in _ASKED}
        which = _which({**given, "state": asked.state or DeliveryState.DEAD.value}, errors)
        if errors.found:
            return errors.problem()
        return json_answer(Replayed(await self._engagement.replay(calling_key().workspace, which)))

    @document_response(Replayed)
    async def replay(self, delivery: str) -> Response | Problem:
        """Try one again that has ended."""
        id, workspace = _id(delivery), calling_key().workspace
        if id is None or await self._engagement.attempts(workspace, id) is None:
            return _NOT_FOUND
        return json_answer(Replayed(await self._engagement.replay(workspace, id)))


_ASKED: Final = ("state", "trigger", "endpoint", "conversation")


def _which(given: dict[str, str | None], errors: Errors) -> WhichDeliveries:
    state = given["state"]
    if state is not None and state not in list(DeliveryState):
        errors.add("state", f"is unknown; known are {', '.join(DeliveryState)}")
        state = None
    trigger = _known(TRIGGER, "trigger", given, errors)
    endpoint = _known(ENDPOINT, "endpoint", given, errors)
    conversation = _known(CONVERSATION, "conversation", given, errors)
    return WhichDeliveries(
        state=None if state is None else DeliveryState(state),
        trigger=None if trigger is None else TriggerId(trigger),
        endpoint=None if endpoint is None else EndpointId(endpoint),
        conversation=None if conversation is None else ConversationId(conversation),
    )


def _known(prefix: str, name: str, given: dict[str, str | None], errors: Errors) -> int | None:
    text = given[name]
    if text is None:
        return None
    id = from_text(prefix, text)
    if id is None:
        errors.add(name, f"must be an id, such as {prefix}_ and 13 characters")
    return id


def _id(text: str) -> DeliveryId | None:
    id = from_text(DELIVERY, text)
    return None if id is None else DeliveryId(id)


def _page(found: Sequence[DeliveryView], limit: int) -> DeliveryPage:
    shown = found[:limit]
    more = len(found) > limit
    cursor = write_cursor(Listing.DELIVERIES, shown[-1].id) if more else None
    return DeliveryPage([_answer(each) for each in shown], cursor)


def _answer(view: DeliveryView) -> DeliveryAnswer:
    conversation = view.conversation
    return DeliveryAnswer(
        id=to_text(DELIVERY, view.id),
        state=view.state,
        trigger=to_text(TRIGGER, view.trigger),
        version=view.version,
        step=view.step,
        event=event_id(view.event),
        conversation=None if conversation is None else to_text(CONVERSATION, conversation),
        endpoint=shown_endpoint(view.endpoint),
        attempts=view.attempts,
        due_at=view.due_at,
        done_at=view.done_at,
    )
