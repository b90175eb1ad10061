"""The supervisors' page, served: what the build made, and nothing else.

Rule 1: nothing is loaded from elsewhere and no script or style stands in the page; the browser
is told so, and so refuses what somebody might smuggle into a text that the page shows.
"""

from collections.abc import Mapping
from typing import Final

from quart import Response, request

from kaisa_relay.api.answers import answer
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.refusals import NotBuilt
from kaisa_relay.api.routes import Access, Route
from kaisa_relay.ports.faces import NotFound

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""For what has a digest of itself in its name."""


class Page:
    """The start page and what it loads."""

    def __init__(self, given: Dependencies) -> None:
        self._files = given.page

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/", self.start, Access.PUBLIC),
            Route("/assets/<name>", self.asset, Access.UNLIMITED),
        )

    async def start(self) -> Response | Problem:
        """Show the supervisors' page."""
        file = self._files.get("/")
        if file is None:
            return problem(NotBuilt)
        return answer(file.body, headers=HEADERS, media_type=file.media_type)

    async def asset(self, name: str) -> Response | Problem:
        """Return a script, style or picture of the supervisors' page."""
        file = self._files.get(request.path)
        if file is None:
            return problem(NotFound)
        headers = {**HEADERS, "Cache-Control": FOR_EVER}
        return answer(file.body, headers=headers, media_type=file.media_type)
