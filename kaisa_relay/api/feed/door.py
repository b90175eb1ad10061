"""The live feed's door: who may watch, from where, and the socket itself.

Rule 1: whoever is refused hears it as a problem, before there is a WebSocket.
Rule 2: a browser's page on another site may not watch with somebody's ticket (Origin).
"""

from datetime import timedelta
from typing import Final

from attrs import frozen
from quart import Response, request, websocket
from quart_schema import document_response
from quart_trio import QuartTrio

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import address_of, calling_key
from kaisa_relay.api.cookie import SessionCookie
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.feed.seats import Seats
from kaisa_relay.api.feed.shapes import TicketAnswer
from kaisa_relay.api.feed.tickets import LIVES, Pass, Tickets
from kaisa_relay.api.limits import Limiter
from kaisa_relay.api.problem_kinds import KINDS
from kaisa_relay.api.problems import Problem, later
from kaisa_relay.api.refusals import Forbidden, TooMany, TooManyWatchers, Unauthorized
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.requester import RequesterKind
from kaisa_relay.ports.keys import ApiKey, Scope

PATH = "/feed"
SEAT_WITHIN: Final = 10.0
"""Seconds after which it is worth asking again for a seat; nobody knows when one is free."""


@frozen
class SocketWire:
    """The accepted WebSocket of the request that is being served."""

    async def send(self, text: str) -> None:
        """Send one text frame."""
        await websocket.send(text)

    async def receive(self) -> str | bytes | None:
        """Return the next frame."""
        frame: str | bytes | None = await websocket.receive()
        return frame

    async def close(self, code: int, reason: str) -> None:
        """End the connection."""
        await websocket.close(code, reason)


class LiveFeed:
    """`POST /feed/tickets`, and `GET /feed` as a WebSocket."""

    def __init__(self, given: Dependencies) -> None:
        self._feed = given.feed
        self._keys = given.keys
        self._clock = given.clock
        self._origin = given.public_url
        self._users = given.users
        self._cookie = SessionCookie(given.public_url)
        self._tickets = Tickets(given.monotonic)
        self._seats = Seats(given.watchers)
        self._by_key = Limiter(given.limits.key, given.monotonic)
        self._by_address = Limiter(given.limits.address, given.monotonic)

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (Route(f"{PATH}/tickets", self.ticket, Scope.FEED, "POST"),)

    def install(self, app: QuartTrio) -> None:
        """Add the WebSocket."""
        app.add_websocket(PATH, f"WEBSOCKET {PATH}", self.watch)

    @document_response(TicketAnswer, 201)
    async def ticket(self) -> Response | Problem:
        """Give a browser what opens `GET /feed?ticket=…` once, within 30 s.

        A browser's page cannot read why a WebSocket was refused, so a full feed is said here.
        """
        if full := self._seats.full(calling_key()):
            return later(TooManyWatchers, SEAT_WITHIN, full)
        until = self._clock() + timedelta(seconds=LIVES)
        return json_answer(TicketAnswer(self._tickets.issue(self._caller()), until), 201)

    async def watch(self) -> Response | None:
        """Serve one watcher to the end of the connection."""
        admitted = await self._admit()
        if isinstance(admitted, Problem):
            return admitted.answer()
        with self._seats.take(admitted.key):
            await websocket.accept()
            key, named = admitted.key, Scope.READ in admitted.key.scopes
            await self._feed.serve(SocketWire(), key.workspace, admitted.still_valid, named)
        return None

    async def _admit(self) -> Pass | Problem:
        origin = websocket.headers.get("Origin")
        if origin is not None and origin not in self._allowed():
            return Problem(KINDS[Forbidden], "pages of another origin may not watch")
        ticket = websocket.args.get("ticket")
        holder = self._tickets.redeem(ticket) if ticket else await self._with_key()
        if holder is None:
            wait = self._by_address.spend(address_of(websocket))
            refused = Problem(KINDS[Unauthorized], headers={"WWW-Authenticate": "Bearer"})
            return later(TooMany, wait) if wait > 0 else refused
        if Scope.FEED not in holder.key.scopes:
            return Problem(KINDS[Forbidden], extra={"scope": Scope.FEED.value})
        return self._room_for(holder.key) or holder

    def _room_for(self, key: ApiKey) -> Problem | None:
        """Return why this key may not open one more connection now."""
        if full := self._seats.full(key):
            return later(TooManyWatchers, SEAT_WITHIN, full)
        wait = self._by_key.spend((key.holder, key.id))
        return later(TooMany, wait) if wait > 0 else None

    async def _with_key(self) -> Pass | None:
        scheme, _, token = websocket.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        key = await self._keys.authenticate(token.strip())
        return None if key is None else self._of_key(key)

    def _caller(self) -> Pass:
        key, token = calling_key(), self._cookie.read(request)
        if key.holder is not RequesterKind.USER or token is None:
            return self._of_key(key)
        signed_in: str = token

        async def still_signed_in() -> bool:
            return await self._users.session(signed_in) is not None

        return Pass(key, still_signed_in)

    def _of_key(self, key: ApiKey) -> Pass:
        async def still_valid() -> bool:
            return self._keys.valid(key)

        return Pass(key, still_valid)

    def _allowed(self) -> frozenset[str]:
        host = websocket.headers.get("Host", "")
        return frozenset({self._origin, f"http://{host}", f"https://{host}"})
