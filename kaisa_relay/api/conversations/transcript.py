"""What was said and what happened in a conversation."""

from collections.abc import Sequence
from typing import TypeVar

from attrs import frozen
from quart import Response, request
from quart_schema import document_querystring, document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.conversations.conversations import read_id
from kaisa_relay.api.conversations.rendering import event_answer, message_answer
from kaisa_relay.api.cursors import Listing, write_cursor
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.queries import Page, read_page
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import EventPage, MessagePage, PageQuery
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope

T = TypeVar("T")


@frozen
class _Asked:
    """A page of an existing conversation of the caller's workspace."""

    workspace: WorkspaceId
    conversation: ConversationId
    page: Page

    @property
    def after(self) -> int:
        return self.page.after or 0

    @property
    def limit(self) -> int:
        """One more than is shown tells whether there is another page."""
        return self.page.limit + 1


class Transcript:
    """The two lists below a conversation; their cursors are versions of its stream."""

    def __init__(self, given: Dependencies) -> None:
        self._archive = given.archive

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        one = "/conversations/<conversation>"
        return (
            Route(f"{one}/messages", self.messages, Scope.READ),
            Route(f"{one}/events", self.events, Scope.READ),
        )

    @document_querystring(PageQuery)
    @document_response(MessagePage)
    async def messages(self, conversation: str) -> Response | Problem:
        """List the messages in order, with how far each has come."""
        asked = await self._asked(conversation, Listing.MESSAGES)
        if isinstance(asked, Problem):
            return asked
        found = await self._archive.messages(
            asked.workspace, asked.conversation, asked.after, asked.limit
        )
        shown, last = _cut(found, asked.page.limit)
        cursor = write_cursor(Listing.MESSAGES, last[0]) if last else None
        return json_answer(MessagePage([message_answer(seen) for _, seen in shown], cursor))

    @document_querystring(PageQuery)
    @document_response(EventPage)
    async def events(self, conversation: str) -> Response | Problem:
        """List what happened, in order."""
        asked = await self._asked(conversation, Listing.EVENTS)
        if isinstance(asked, Problem):
            return asked
        found = await self._archive.events(
            asked.workspace, asked.conversation, asked.after, asked.limit
        )
        shown, last = _cut(found, asked.page.limit)
        cursor = write_cursor(Listing.EVENTS, last.version) if last else None
        items = [event_answer(asked.conversation, recorded) for recorded in shown]
        return json_answer(EventPage(items, cursor))

    async def _asked(self, conversation: str, listing: Listing) -> _Asked | Problem:
        page = read_page(request.args, listing)
        if isinstance(page, Problem):
            return page
        id, workspace = read_id(conversation), calling_key().workspace
        if id is None or await self._archive.conversation(workspace, id) is None:
            return problem(NotFound)
        return _Asked(workspace, id, page)


def _cut(found: Sequence[T], limit: int) -> tuple[Sequence[T], T | None]:
    """Return what is shown and, when there is more, the last of it."""
    shown = found[:limit]
    return shown, shown[-1] if len(found) > limit else None
