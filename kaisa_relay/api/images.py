"""A conversation's link as an image."""

from quart import Response, request
from quart_schema import document_querystring

from kaisa_relay.api.answers import answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.conversations.conversations import read_id
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.qr import PNG_SIZE, QUIET_ZONE, QrCodes
from kaisa_relay.api.queries import Query
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import ImageQuery
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope

SIZES = range(64, 2049)
"""Pixels."""
BORDERS = range(21)
"""Modules."""


class Images:
    """The QR code of a link, in two forms."""

    def __init__(self, given: Dependencies, codes: QrCodes) -> None:
        self._archive = given.archive
        self._codes = codes

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        one = "/conversations/<conversation>"
        return (
            Route(f"{one}/qr.svg", self.svg, Scope.READ),
            Route(f"{one}/qr.png", self.png, Scope.READ),
        )

    @document_querystring(ImageQuery)
    async def svg(self, conversation: str) -> Response | Problem:
        """Draw the link as SVG; without a size it fills its place."""
        query = Query(request.args, ImageQuery)
        size = query.number("size", SIZES, 0) or None
        border = query.number("border", BORDERS, QUIET_ZONE)
        url = await self._link(conversation, query)
        if isinstance(url, Problem):
            return url
        return answer(await self._codes.svg(url, size, border), media_type="image/svg+xml")

    @document_querystring(ImageQuery)
    async def png(self, conversation: str) -> Response | Problem:
        """Draw the link as PNG, at most `size` pixels wide."""
        query = Query(request.args, ImageQuery)
        size = query.number("size", SIZES, PNG_SIZE)
        border = query.number("border", BORDERS, QUIET_ZONE)
        url = await self._link(conversation, query)
        if isinstance(url, Problem):
            return url
        return answer(await self._codes.png(url, size, border), media_type="image/png")

    async def _link(self, conversation: str, query: Query) -> str | Problem:
        if query.errors.found:
            return query.errors.problem()
        id = read_id(conversation)
        seen = await self._archive.conversation(calling_key().workspace, id) if id else None
        return seen.url if seen and seen.url else problem(NotFound)
