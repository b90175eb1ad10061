"""Saved views: lists and reports under a name, for everybody of the workspace."""

from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from quart import Response, request
from quart_schema import document_request, document_response

from kaisa_relay.api.answers import answer, json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.explore.view_shapes import ViewAnswer, ViewList, ViewRequest
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.explore.views import View, read_view
from kaisa_relay.domain.ids import VIEW, ViewId, from_text, to_text
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.saved_views import TooManyViews

_NOT_FOUND: Final = problem(NotFound)


class SavedViews:
    """The views of the caller's workspace."""

    def __init__(self, given: Dependencies) -> None:
        self._views = given.views

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/explore/views", self.find, Scope.READ),
            Route("/explore/views", self.keep, Scope.WRITE, "POST"),
            Route("/explore/views/<view>", self.drop, Scope.WRITE, "DELETE"),
        )

    @document_response(ViewList)
    async def find(self) -> Response:
        """List the views."""
        found = await self._views.all(calling_key().workspace)
        return json_answer(ViewList(items=[_shown(each) for each in found]))

    @document_request(ViewRequest)
    @document_response(ViewAnswer, 201)
    async def keep(self) -> Response | Problem:
        """Keep a view under a name. One of the same name and place is replaced, keeps its id, and
        is answered with 200.

        The query is read as the list and the reports read it.
        """
        asked = read_body(request, await receive_body(request), ViewRequest)
        if isinstance(asked, Problem):
            return asked
        pairs = parse_qsl(asked.query, keep_blank_values=True)
        view = read_view(self._views.new_id(), asked.name, asked.place, pairs)
        if not isinstance(view, View):
            return invalid(*(FieldError(each.name, each.message) for each in view))
        kept = await self._views.keep(calling_key().workspace, view)
        if isinstance(kept, TooManyViews):
            return problem(TooManyViews, most=kept.most)
        return json_answer(_shown(kept), 201 if kept.id == view.id else 200)

    async def drop(self, view: str) -> Response | Problem:
        """Forget a view."""
        id = from_text(VIEW, view)
        if id is None or not await self._views.drop(calling_key().workspace, ViewId(id)):
            return _NOT_FOUND
        return answer(b"", 204)


def _shown(view: View) -> ViewAnswer:
    return ViewAnswer(
        id=to_text(VIEW, view.id),
        name=view.name,
        place=view.place.value,
        query=urlencode(view.pairs, safe="[]:,", quote_via=quote),
    )
