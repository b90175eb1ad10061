"""The block list: whose messages as a visitor reach nobody."""

from collections.abc import Sequence
from typing import Final

from quart import Response, request
from quart_schema import document_querystring, document_request, document_response

from kaisa_relay.api.answers import answer, json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.cursors import Listing, write_cursor
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.queries import read_page
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import PageQuery
from kaisa_relay.api.workspace.block_shapes import BlockAnswer, BlockPage, BlockRequest
from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.ids import CONTACT, CONVERSATION, ContactId, from_text, to_text
from kaisa_relay.domain.phone import BadPhone, parse
from kaisa_relay.ports.blocks import BlockView, Whom
from kaisa_relay.ports.faces import ChannelAsPerson, NotFound
from kaisa_relay.ports.keys import Scope

_NOT_FOUND: Final = problem(NotFound)
_NEITHER: Final = invalid(FieldError("phone", "is required, or `contact` instead of it"))
_BOTH: Final = invalid(FieldError("contact", "cannot be given together with `phone`"))


class Blocks:
    """Who is on the list, put there, and taken off."""

    def __init__(self, given: Dependencies) -> None:
        self._desk = given.desk
        self._archive = given.archive

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/blocks", self.find, Scope.READ),
            Route("/blocks", self.add, Scope.WRITE, "POST"),
            Route("/blocks/<contact>", self.remove, Scope.WRITE, "DELETE"),
        )

    @document_querystring(PageQuery)
    @document_response(BlockPage)
    async def find(self) -> Response | Problem:
        """List who is blocked."""
        page = read_page(request.args, Listing.BLOCKS)
        if isinstance(page, Problem):
            return page
        after = ContactId(page.after) if page.after is not None else None
        found = await self._archive.blocks(calling_key().workspace, after, page.limit + 1)
        return json_answer(_page(found, page.limit))

    @document_request(BlockRequest)
    @document_response(BlockAnswer, 201)
    async def add(self) -> Response | Problem:
        """Block somebody; what they are in as a visitor ends. A repeat is answered with 200."""
        asked = read_body(request, await receive_body(request), BlockRequest)
        whom = asked if isinstance(asked, Problem) else _read_whom(asked)
        if isinstance(whom, Problem):
            return whom
        workspace = calling_key().workspace
        listed = await self._desk.block(workspace, whom, BlockedBy.API)
        if isinstance(listed, ChannelAsPerson):
            return invalid(FieldError("phone", "is the number of a channel, not of a person"))
        if isinstance(listed, NotFound):
            return _NOT_FOUND
        seen = await self._archive.block(workspace, listed.contacts[0])
        if seen is None:
            return _NOT_FOUND  # somebody else has taken them off meanwhile
        return json_answer(_answer(seen), 201 if listed.news else 200)

    async def remove(self, contact: str) -> Response | Problem:
        """Let somebody write to us again."""
        id = from_text(CONTACT, contact)
        if id is None:
            return _NOT_FOUND
        workspace = calling_key().workspace
        listed = await self._desk.unblock(workspace, ContactId(id), BlockedBy.API)
        return _NOT_FOUND if isinstance(listed, NotFound) else answer(b"", 204)


def _read_whom(asked: BlockRequest) -> Whom | Problem:
    if asked.contact is not None:
        id = from_text(CONTACT, asked.contact)
        if asked.phone is not None:
            return _BOTH
        return ContactId(id) if id is not None else _NOT_FOUND
    if asked.phone is None:
        return _NEITHER
    phone = parse(asked.phone, asked.region)
    if isinstance(phone, BadPhone):
        return invalid(FieldError("phone", phone.reason))
    return phone


def _page(found: Sequence[BlockView], limit: int) -> BlockPage:
    shown = found[:limit]
    last = shown[-1].person.contact if len(found) > limit else None
    cursor = write_cursor(Listing.BLOCKS, last) if last is not None else None
    return BlockPage([_answer(each) for each in shown], cursor)


def _answer(seen: BlockView) -> BlockAnswer:
    conversation = seen.conversation
    return BlockAnswer(
        contact=to_text(CONTACT, seen.person.contact),
        name=seen.person.name or None,
        phone=seen.person.phone,
        by=seen.by,
        blocked_at=seen.at,
        agent=to_text(CONTACT, seen.agent) if seen.agent is not None else None,
        conversation=to_text(CONVERSATION, conversation) if conversation is not None else None,
    )
