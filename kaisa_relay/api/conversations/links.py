"""`POST /conversations/{id}/link`: a fresh link that leads back into the same conversation."""

from datetime import timedelta
from typing import Final

from msgspec.structs import replace
from quart import Response, request
from quart_schema import (
    document_headers,
    document_querystring,
    document_request,
    document_response,
)

from kaisa_relay.api.answers import answer, json_answer
from kaisa_relay.api.auth import calling_key, requester
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.conversations.conversations import read_id
from kaisa_relay.api.conversations.creation import LONGEST_SILENCE, SHORTEST
from kaisa_relay.api.conversations.link_shapes import LinkAnswer, WantLink
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.idempotency import read_repeatable
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem, refusal_problem
from kaisa_relay.api.qr import QrCodes
from kaisa_relay.api.queries import Query
from kaisa_relay.api.routes import Access, Route
from kaisa_relay.api.shapes import ChannelAnswer, Headers, QrQuery
from kaisa_relay.domain.durations import BadDuration, read_duration
from kaisa_relay.domain.ids import (
    CHANNEL,
    CONVERSATION,
    WORKSPACE,
    WorkspaceId,
    from_text,
    to_text,
)
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.linking import LinkMade, NewLink

LONGEST_TOKEN: Final = 64


class Links:
    """The view."""

    def __init__(self, given: Dependencies, codes: QrCodes) -> None:
        self._desk = given.desk
        self._clock = given.clock
        self._codes = codes

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/conversations/<conversation>/link", self.make, Scope.WRITE, "POST"),
            Route("/qr/<workspace>/<token>.png", self.image, Access.PUBLIC),
        )

    @document_headers(Headers)
    @document_querystring(QrQuery)
    @document_request(WantLink)
    @document_response(LinkAnswer, 201)
    async def make(self, conversation: str) -> Response | Problem:
        """Make a link that leads back into a conversation, also after its end.

        Nothing comes back to life before its visitor writes by it.
        """
        query = Query(request.args, QrQuery)
        drawn = query.choice("qr", ("none",)) is None
        if query.errors.found:
            return query.errors.problem()
        wanted = await _read()
        if isinstance(wanted, Problem):
            return wanted
        id = read_id(conversation)
        if id is None:
            return problem(NotFound)
        made = await self._desk.link(calling_key().workspace, id, wanted)
        if not isinstance(made, LinkMade):
            return refusal_problem(made, self._clock())
        return json_answer(await self._answer(made, drawn), 201)

    async def image(self, workspace: str, token: str) -> Response | Problem:
        """Draw the link that holds this token, for mails: whoever has the token has the link."""
        of = from_text(WORKSPACE, workspace)
        known = of is not None and len(token) <= LONGEST_TOKEN
        url = await self._desk.link_of(WorkspaceId(of or 0), token) if known else None
        if url is None:
            return problem(NotFound)
        return answer(await self._codes.png(url), media_type="image/png")

    async def _answer(self, made: LinkMade, drawn: bool) -> LinkAnswer:
        shown = LinkAnswer(
            conversation=to_text(CONVERSATION, made.conversation),
            link=made.link,
            url=made.url,
            channel=ChannelAnswer(to_text(CHANNEL, made.channel), made.channel_phone),
            created_at=made.created_at,
            expires_at=made.expires_at,
        )
        if not drawn:
            return shown
        return replace(shown, qr=await self._codes.data_uris(made.url))


async def _read() -> NewLink | Problem:
    body = await receive_body(request)
    repeatable = read_repeatable(request, body)
    if isinstance(repeatable, Problem):
        return repeatable
    asked = read_body(request, body, WantLink) if body else WantLink()
    if isinstance(asked, Problem):
        return asked
    lasts: timedelta | None = None
    if asked.expires_after is not None:
        read = read_duration(asked.expires_after, SHORTEST, LONGEST_SILENCE)
        if isinstance(read, BadDuration):
            return invalid(FieldError("expires_after", read.reason))
        lasts = read
    return NewLink(lasts, by=requester(), repeatable=repeatable)
