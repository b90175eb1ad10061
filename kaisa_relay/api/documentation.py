"""The API's own description, for programs and for people."""

from typing import Any

import msgspec
from quart import Response

from kaisa_relay.api.answers import JSON, answer
from kaisa_relay.api.pages import HEADERS, MEDIA_TYPE, operations_page, problem_page
from kaisa_relay.api.problem_kinds import KINDS
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.routes import Access, Route
from kaisa_relay.ports.faces import NotFound


class Documentation:
    """Made once, when all routes are known (`describe`), and served as it is."""

    def __init__(self) -> None:
        self._openapi = b"{}"
        self._asyncapi = b"{}"
        self._page = b""
        self._kinds = {kind.slug: kind for kind in KINDS.values()}

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/openapi.json", self.openapi, Access.PUBLIC),
            Route("/asyncapi.json", self.asyncapi, Access.PUBLIC),
            Route("/docs", self.docs, Access.PUBLIC),
            Route("/problems/<slug>", self.problem, Access.PUBLIC),
        )

    def describe(self, document: dict[str, Any], feed: dict[str, Any]) -> None:
        """Take the finished documents of the API and of its live feed."""
        self._openapi = msgspec.json.encode(document)
        self._asyncapi = msgspec.json.encode(feed)
        self._page = operations_page(document, list(self._kinds.values()))

    async def openapi(self) -> Response:
        """Describe this API in OpenAPI 3.1."""
        return answer(self._openapi, media_type=JSON)

    async def asyncapi(self) -> Response:
        """Describe the live feed in AsyncAPI 3.0."""
        return answer(self._asyncapi, media_type=JSON)

    async def docs(self) -> Response:
        """Show this page."""
        return answer(self._page, headers=HEADERS, media_type=MEDIA_TYPE)

    async def problem(self, slug: str) -> Response | Problem:
        """Explain a problem's type."""
        if slug not in self._kinds:
            return problem(NotFound)
        page = problem_page(self._kinds[slug])
        return answer(page, headers=HEADERS, media_type=MEDIA_TYPE)
