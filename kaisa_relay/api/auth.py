"""Who is calling, may they, and not too often: decided before any body is read.

Rule 1: a request spends from its key's bucket, or, without a valid key, from its address's.
Rule 2: the key check says nothing about why a key is not valid.
Rule 3: whoever is signed in may do what their role's scopes allow, by the one table here.
"""

from collections.abc import Mapping
from typing import Final

from quart import Request, Response, Websocket, g, request

from kaisa_relay.api.cookie import SeenCookies, SessionCookie
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.limits import Limiter, neighbourhood
from kaisa_relay.api.problem_kinds import KINDS
from kaisa_relay.api.problems import Problem, later, problem
from kaisa_relay.api.refusals import CrossSite, Forbidden, TooMany, Unauthorized
from kaisa_relay.api.routes import Access
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.ports.keys import ApiKey, Scope
from kaisa_relay.ports.users import Role

_REALM = 'Bearer realm="kaisa_relay"'


_SEE: Final = frozenset(scope for scope in Scope if scope.endswith(":read"))
_ACT: Final = _SEE | {Scope.WRITE}
POWERS: Final[Mapping[Role, frozenset[Scope]]] = {
    Role.VIEWER: _SEE,
    Role.SUPERVISOR: _ACT,
    Role.ADMIN: frozenset(Scope),
}
"""What each role may do, in the words of keys."""


class Guard:
    """Stands before every request; `accesses` says by endpoint who may pass."""

    def __init__(self, given: Dependencies, accesses: Mapping[str, Scope | Access]) -> None:
        self._keys = given.keys
        self._users = given.users
        self._cookie = SessionCookie(given.public_url)
        self._accesses = accesses
        self._by_key = Limiter(given.limits.key, given.monotonic)
        self._by_address = Limiter(given.limits.address, given.monotonic)
        self._wrong_cookies = Limiter(given.limits.address, given.monotonic)
        self._known = SeenCookies()

    async def admit(self) -> Response | None:
        """Return None to let the request on, with its key in `g`, or the refusal."""
        # An address that is none of ours has no endpoint; anybody may hear so, not too often.
        access = self._accesses.get(request.endpoint or "", Access.PUBLIC)
        if access is Access.UNLIMITED:
            return None
        if isinstance(access, Scope):
            problem = await self._check(access)
        else:
            problem = self._spend(self._by_address, address_of(request))
        return problem.answer() if problem else None

    async def _check(self, scope: Scope) -> Problem | None:
        bearer = _bearer(request)
        key = await self._keys.authenticate(bearer) if bearer else await self._signed_in()
        if key is None:
            return self._spend(self._by_address, address_of(request)) or _unauthorized(bearer)
        if refusal := self._spend(self._by_key, key.id):
            return refusal
        if scope not in key.scopes:
            return forbidden(scope)
        if key.holder is RequesterKind.USER and self._cookie.is_foreign(request):
            return problem(CrossSite)
        g.key = key
        return None

    async def _signed_in(self) -> ApiKey | None:
        token = self._cookie.read(request)
        if token is None or self._guesses(token):
            return None
        session = await self._users.session(token)
        if session is None:
            self._wrong_cookies.spend(address_of(request))
            return None
        self._known.add(token)
        return ApiKey(session.user, session.workspace, POWERS[session.role], RequesterKind.USER)

    def _guesses(self, token: str) -> bool:
        """Say whether an address that has shown enough wrong cookies shows one more.

        Looking one up reads the database. One that was right before is looked up all the same, so
        that whoever is signed in does not pay for a neighbour.
        """
        return token not in self._known and self._wrong_cookies.wait(address_of(request)) > 0

    def _spend(self, limiter: Limiter, who: int | str) -> Problem | None:
        wait = limiter.spend(who)
        return later(TooMany, wait) if wait > 0 else None


def calling_key() -> ApiKey:
    """Return the key of the request that is being answered."""
    key = g.key
    assert isinstance(key, ApiKey)
    return key


def requester() -> Requester:
    """Return who has the request done, as events name them."""
    key = calling_key()
    return Requester(key.holder, key.id)


def address_of(request: Request | Websocket) -> str:
    """Return who shares the caller's address limit; behind a proxy that is what it passes on."""
    client = request.scope.get("client")
    return neighbourhood(str(client[0])) if client else "local"


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _unauthorized(bearer: str | None) -> Problem:
    challenge = f'{_REALM}, error="invalid_token"' if bearer else _REALM
    return Problem(KINDS[Unauthorized], headers={"WWW-Authenticate": challenge})


def forbidden(scope: Scope) -> Problem:
    """Return the answer to a key without a scope that it needs."""
    challenge = f'{_REALM}, error="insufficient_scope", scope="{scope.value}"'
    return Problem(
        KINDS[Forbidden], extra={"scope": scope.value}, headers={"WWW-Authenticate": challenge}
    )
