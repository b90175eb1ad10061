"""What a mail's reader sees behind the link that stops the next ones.

Rule 1: to look changes nothing, for mail programs look at links before their readers do.
Rule 2: one request without a question is enough for a program's own button (RFC 8058).
"""

from html import escape
from typing import Final

from quart import Response, request

from kaisa_relay.api.answers import answer
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.pages import HEADERS, MEDIA_TYPE, page
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.routes import Access, Route
from kaisa_relay.ports.faces import NotFound

_TEXTS: Final = {
    "en": ("No more e-mails?", "Yes, stop them", "You will get no more e-mails from us."),
    "sv": ("Inga fler mejl?", "Ja, sluta skicka", "Du får inga fler mejl från oss."),
    "es": ("¿No más correos?", "Sí, dejar de enviarlos", "No recibirá más correos nuestros."),
}
"""The question, its button, and what is said afterwards."""
_USUAL: Final = "en"


class Unsubscribing:
    """Anybody with a link of ours."""

    def __init__(self, given: Dependencies) -> None:
        self._engagement = given.engagement

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        rule = "/unsubscribe/<token>"
        return (
            Route(rule, self.ask, Access.PUBLIC),
            Route(rule, self.stop, Access.PUBLIC, "POST"),
        )

    async def ask(self, token: str) -> Response | Problem:
        """Ask whether e-mails shall stop: a page with one button."""
        if not await self._engagement.unsubscribe(token, ask=True):
            return problem(NotFound)
        question, yes, _ = _TEXTS[_language()]
        return _shown(question, f'<form method="post"><button>{escape(yes)}</button></form>')

    async def stop(self, token: str) -> Response | Problem:
        """Stop e-mails to whoever got this link."""
        if not await self._engagement.unsubscribe(token, ask=False):
            return problem(NotFound)
        *_, done = _TEXTS[_language()]
        return _shown(done, "")


def _language() -> str:
    return request.accept_languages.best_match(_TEXTS) or _USUAL


def _shown(title: str, body: str) -> Response:
    return answer(page(title, [body], _language()), 200, HEADERS, MEDIA_TYPE)
