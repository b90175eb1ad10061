"""Conversations: made, listed, read, drawn and closed."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import asdict
from quart import Request, Response, request
from quart_schema import (
    document_headers,
    document_querystring,
    document_request,
    document_response,
)

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key, requester
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.conversations.creation import read_creation
from kaisa_relay.api.conversations.rendering import Rendering, choice_answer
from kaisa_relay.api.cursors import Listing, write_cursor
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.idempotency import read_repeatable
from kaisa_relay.api.problems import Problem, problem, refusal_problem
from kaisa_relay.api.queries import Query, read_filter
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import (
    ConversationAnswer,
    ConversationDetail,
    ConversationPage,
    CreateConversation,
    Headers,
    ListQuery,
    Nothing,
    QrQuery,
)
from kaisa_relay.domain.ids import CONVERSATION, ConversationId, WorkspaceId, from_text
from kaisa_relay.ports.faces import (
    ConversationView,
    Ended,
    NewConversation,
    NotFound,
    Reservation,
)
from kaisa_relay.ports.keys import Scope

_NOT_FOUND: Final = problem(NotFound)


class Conversations:
    """The views of the resource itself; a transcript and the images have their own."""

    def __init__(self, given: Dependencies, rendering: Rendering) -> None:
        self._desk = given.desk
        self._archive = given.archive
        self._clock = given.clock
        self._boards = given.boards
        self._rendering = rendering

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        one = "/conversations/<conversation>"
        return (
            Route("/conversations/whatsapp", self.create, Scope.WRITE, "POST"),
            Route("/conversations", self.find, Scope.READ),
            Route(one, self.read, Scope.READ),
            Route(f"{one}/close", self.close, Scope.WRITE, "POST"),
        )

    @document_headers(Headers)
    @document_querystring(QrQuery)
    @document_request(CreateConversation)
    @document_response(ConversationAnswer, 201)
    async def create(self) -> Response | Problem:
        """Reserve a conversation.

        Chooses an agent and a channel that are free for each other, and answers with the link
        that the visitor is to open.
        """
        query = Query(request.args, QrQuery)
        drawn = query.choice("qr", ("none",)) is None
        if query.errors.found:
            return query.errors.problem()
        wanted = await _read_request(request)
        if isinstance(wanted, Problem):
            return wanted
        made = await self._desk.reserve(calling_key().workspace, wanted)
        if not isinstance(made, Reservation):
            return refusal_problem(made, self._clock())
        answer = await self._rendering.reservation(made, drawn)
        return json_answer(answer, 201, {"Location": f"/conversations/{answer.id}"})

    @document_querystring(ListQuery)
    @document_response(ConversationPage)
    async def find(self) -> Response | Problem:
        """List conversations, the newest first, without their QR codes."""
        query = Query(request.args, ListQuery)
        where = read_filter(query)
        page = query.page(Listing.CONVERSATIONS)
        if isinstance(page, Problem):
            return page
        workspace = calling_key().workspace
        before = ConversationId(page.after) if page.after is not None else None
        found = await self._archive.conversations(workspace, where, before, page.limit + 1)
        return json_answer(await self._page(workspace, found, page.limit))

    @document_querystring(QrQuery)
    @document_response(ConversationDetail)
    async def read(self, conversation: str) -> Response | Problem:
        """Read one conversation as it is now."""
        query = Query(request.args, QrQuery)
        drawn = query.choice("qr", ("none",)) is None
        if query.errors.found:
            return query.errors.problem()
        id = read_id(conversation)
        return await self._show(id, drawn) if id is not None else _NOT_FOUND

    @document_request(Nothing)
    @document_response(ConversationDetail)
    async def close(self, conversation: str) -> Response | Problem:
        """End a conversation; both sides get the closing text."""
        body = await receive_body(request)
        if body and isinstance(refused := read_body(request, body, Nothing), Problem):
            return refused
        id = read_id(conversation)
        if id is None:
            return _NOT_FOUND
        outcome = await self._desk.end(calling_key().workspace, id, requester())
        if not isinstance(outcome, Ended):
            return refusal_problem(outcome, self._clock())
        return await self._show(id, drawn=False)

    async def _show(self, id: ConversationId, drawn: bool) -> Response | Problem:
        workspace = calling_key().workspace
        seen = await self._archive.conversation(workspace, id)
        if seen is None:
            return _NOT_FOUND
        answer = await self._rendering.conversation(workspace, seen, drawn)
        chosen = await self._boards.choices(workspace, id)
        why = choice_answer(chosen) if chosen is not None else None
        return json_answer(ConversationDetail(**asdict(answer), why=why))

    async def _page(
        self, workspace: WorkspaceId, found: Sequence[ConversationView], limit: int
    ) -> ConversationPage:
        shown = found[:limit]
        items = [await self._rendering.conversation(workspace, each, False) for each in shown]
        more = len(found) > limit
        return ConversationPage(
            items, write_cursor(Listing.CONVERSATIONS, shown[-1].id) if more else None
        )


def read_id(text: str) -> ConversationId | None:
    """Return the conversation that an address names; a malformed id names none."""
    id = from_text(CONVERSATION, text)
    return ConversationId(id) if id is not None else None


async def _read_request(request: Request) -> NewConversation | Problem:
    body = await receive_body(request)
    repeatable = read_repeatable(request, body)
    if isinstance(repeatable, Problem):
        return repeatable
    asked = read_body(request, body, CreateConversation)
    return asked if isinstance(asked, Problem) else read_creation(asked, repeatable)
