"""Signing in and out, for people in a browser; programs use keys.

Rule 1: a sign-in makes a new session and ends the one that the browser brought, so that nobody
can plant one beforehand.
"""

from typing import assert_never

from quart import Response, request
from quart_schema import document_request, document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import POWERS, address_of
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.cookie import SessionCookie
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import Problem, later, problem
from kaisa_relay.api.refusals import CrossSite, LockedOut, NotSignedIn, Unauthorized
from kaisa_relay.api.routes import Access, Route
from kaisa_relay.api.session_shapes import SessionAnswer, SignIn
from kaisa_relay.api.shapes import Nothing
from kaisa_relay.domain.ids import USER, WORKSPACE, to_text
from kaisa_relay.ports import users
from kaisa_relay.ports.auditing import Action, Deed
from kaisa_relay.ports.users import Account, Session, SignedIn, WrongSignIn


class Sessions:
    """The session of the browser that asks."""

    def __init__(self, given: Dependencies) -> None:
        self._users, self._audit = given.users, given.audit
        self._clock = given.clock
        self._cookie = SessionCookie(given.public_url)

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/session", self.show, Access.PUBLIC),
            Route("/session", self.sign_in, Access.PUBLIC, "POST"),
            Route("/session", self.sign_out, Access.PUBLIC, "DELETE"),
        )

    @document_response(SessionAnswer)
    async def show(self) -> Response | Problem:
        """Tell who is signed in."""
        token = self._cookie.read(request)
        session = await self._users.session(token) if token else None
        return problem(Unauthorized) if session is None else json_answer(_answer(session))

    @document_request(SignIn)
    @document_response(SessionAnswer, 201)
    async def sign_in(self) -> Response | Problem:
        """Sign in; the answer sets the session's cookie."""
        if self._cookie.is_foreign(request):
            return problem(CrossSite)
        asked = read_body(request, await receive_body(request), SignIn)
        if isinstance(asked, Problem):
            return asked
        address, device = address_of(request), self._cookie.device(request)
        done = await self._users.sign_in(asked.name, asked.password, address, device)
        await self._write_down(done)
        if isinstance(done, users.LockedOut):
            return later(LockedOut, done.seconds)
        if isinstance(done, users.WrongSignIn):
            return problem(NotSignedIn)
        if earlier := self._cookie.read(request):
            await self._users.sign_out(earlier)
        response = json_answer(_answer(done.session), 201)
        self._cookie.remember(response, done.device, self._clock())
        self._cookie.set(response, done.token, done.session.expires_at)
        return response

    async def _write_down(self, done: SignedIn | WrongSignIn | users.LockedOut) -> None:
        """Write down who came in or tried to; of a lock-out the first attempt of ten minutes.

        A name that nobody has is written down too, as nobody's: it must take as long.
        """
        match done:
            case SignedIn(session=it):
                who = to_text(USER, it.user)
                await self._audit.asked(Deed(it.workspace, who, Action.SIGNED_IN, who))
            case WrongSignIn(whose):
                await self._audit.asked(_attempt(whose, Action.SIGN_IN_REFUSED))
            case users.LockedOut(whose=whose):
                await self._audit.saw(_attempt(whose, Action.LOCKED_OUT))
            case _:
                assert_never(done)

    @document_response(Nothing)
    async def sign_out(self) -> Response | Problem:
        """Sign out: the session is over, here and in the database."""
        if self._cookie.is_foreign(request):
            return problem(CrossSite)
        if token := self._cookie.read(request):
            await self._users.sign_out(token)
        response = json_answer(Nothing())
        self._cookie.clear(response)
        return response


def _attempt(whose: Account | None, action: Action) -> Deed:
    if whose is None:
        return Deed(None, None, action)
    return Deed(whose.workspace, None, action, to_text(USER, whose.id))


def _answer(session: Session) -> SessionAnswer:
    return SessionAnswer(
        user=to_text(USER, session.user),
        name=session.name,
        role=session.role,
        powers=sorted(POWERS[session.role]),
        workspace=to_text(WORKSPACE, session.workspace),
        expires_at=session.expires_at,
    )
