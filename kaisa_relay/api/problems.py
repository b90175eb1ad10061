"""Every answer that says no: RFC 9457 problems, from one table.

Rule 1: `KINDS` is the only place that gives a refusal or an exception its status, type and title.
Rule 2: a problem shows what its reader sent or owns, never internals, and none is silent.
"""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Final, assert_never

import structlog
from attrs import field, frozen
from quart import Quart, Response, request
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    RequestTimeout,
)

from kaisa_relay.api.answers import json_answer
from kaisa_relay.domain.conversation.messages import AlreadyEnded, BusySide, NoPairFree
from kaisa_relay.ports import faces
from kaisa_relay.ports.journal import Fenced, StoreUnavailable

MEDIA_TYPE: Final = "application/problem+json"
log: structlog.stdlib.BoundLogger = structlog.get_logger()


class BadJson(Exception):
    """Stands in `KINDS` for a body that does not parse."""


class WrongMediaType(Exception):
    """Stands in `KINDS` for a body that is not called JSON."""


class Invalid(Exception):
    """Stands in `KINDS` for a request that reads well and asks for what cannot be."""


class BadCursor(Exception):
    """Stands in `KINDS` for a cursor that we did not give out."""


class Unauthorized(Exception):
    """Stands in `KINDS` for a missing or wrong key."""


class Forbidden(Exception):
    """Stands in `KINDS` for a key without the scope."""


class TooMany(Exception):
    """Stands in `KINDS` for a rate limit."""


@frozen
class Kind:
    """One sort of problem; its type is `/problems/<slug>`, and `advice` is what that page says."""

    status: int
    slug: str
    title: str
    advice: str

    @property
    def type(self) -> str:
        """The stable URI reference that programs compare; what HTTP says itself needs none."""
        return f"/problems/{self.slug}" if self.slug else "about:blank"


_INVALID = Kind(
    422, "invalid-request", "The request is not valid",
    "`errors` names each field and what is wrong with it. Nothing was done.",
)  # fmt: skip
_NOT_FOUND = Kind(
    404, "not-found", "There is no such thing here",
    "The address is wrong, or what it names does not exist in the key's workspace.",
)  # fmt: skip
_UNAVAILABLE = Kind(
    503, "unavailable", "The service cannot answer now",
    "Nothing is known to have been done. Try again after `Retry-After` seconds, with the same "
    "`Idempotency-Key`.",
)  # fmt: skip
_CRASH = Kind(
    500, "internal-error", "Something went wrong on our side",
    "It was logged. Trying again with the same `Idempotency-Key` is safe.",
)  # fmt: skip

KINDS: Final[Mapping[type, Kind]] = {
    BadJson: Kind(
        400, "bad-json", "The body is not JSON",
        "The body does not parse; `detail` says where it stopped.",
    ),
    BadCursor: Kind(
        400, "bad-cursor", "The cursor is not one of ours",
        "Pass `next` of an earlier page of the same list, unchanged, or begin without a cursor.",
    ),
    Unauthorized: Kind(
        401, "unauthorized", "A valid API key is needed",
        "Send `Authorization: Bearer kr_…`. The key may be mistyped, expired or revoked.",
    ),
    Forbidden: Kind(
        403, "forbidden", "The key does not have this scope",
        "`scope` names what is missing; an operator can make a key that has it.",
    ),
    NotFound: _NOT_FOUND,
    faces.NotFound: _NOT_FOUND,
    MethodNotAllowed: Kind(
        405, "method-not-allowed", "This address does not take that method",
        "The `Allow` header lists the methods it takes.",
    ),
    RequestTimeout: Kind(
        408, "too-slow", "The body did not arrive in time",
        "Send the whole body promptly.",
    ),
    NoPairFree: Kind(
        409, "no-pair-free", "No free pair of visitor, agent and channel",
        "A person is in at most one live conversation per channel. `busy` says which side is in "
        "use: `visitor`, `agents` or `channels`; `free_at` when the first pair may be free.",
    ),
    faces.NoChannels: Kind(
        409, "no-channel", "The workspace has no channel yet",
        "An operator adds one with `kaisa-relay channel add`.",
    ),
    faces.KeyReused: Kind(
        409, "idempotency-key-reused", "The idempotency key came with another request before",
        "Use a new key for a new request, and the same body when repeating one.",
    ),
    AlreadyEnded: Kind(
        409, "already-ended", "The conversation has ended already",
        "`ended_at` says when. There is nothing left to close.",
    ),
    RequestEntityTooLarge: Kind(
        413, "too-large", "The body is too large",
        "API bodies have at most 256 KiB, webhooks at most 3 MiB.",
    ),
    WrongMediaType: Kind(
        415, "wrong-media-type", "The body must be JSON",
        "Send `Content-Type: application/json`.",
    ),
    Invalid: _INVALID,
    faces.SamePerson: _INVALID,
    faces.ChannelAsPerson: _INVALID,
    TooMany: Kind(
        429, "too-many-requests", "Too many requests",
        "Wait for `Retry-After` seconds. The limit is per key, and per address without one.",
    ),
    Exception: _CRASH,
    InternalServerError: _CRASH,
    faces.Busy: _UNAVAILABLE,
    StoreUnavailable: _UNAVAILABLE,
    Fenced: _UNAVAILABLE,
}  # fmt: skip


@frozen
class Problem:
    """One refusal on its way out; `extra` are its own members beside the standard ones."""

    kind: Kind
    detail: str | None = None
    extra: Mapping[str, object] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)

    def answer(self) -> Response:
        """Return it as an HTTP response."""
        body: dict[str, object] = {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.kind.status,
        }
        if self.detail is not None:
            body["detail"] = self.detail
        return json_answer({**body, **self.extra}, self.kind.status, self.headers, MEDIA_TYPE)


def problem(of: type, detail: str | None = None, **extra: object) -> Problem:
    """Return the problem that the table has for this."""
    return Problem(KINDS[of], detail, extra)


def later(of: type, seconds: float, detail: str | None = None, **extra: object) -> Problem:
    """Return a problem that may be gone after so many seconds, with `Retry-After`."""
    headers = {"Retry-After": str(max(1, ceil(seconds)))}
    return Problem(KINDS[of], detail, extra, headers)


@frozen
class FieldError:
    """What is wrong with one field, for its author to read."""

    field: str
    message: str


def invalid(*errors: FieldError) -> Problem:
    """Return the problem of a request whose fields are wrong."""
    listed = [{"field": each.field, "message": each.message} for each in errors]
    return problem(Invalid, errors=listed)


Refusal = faces.ReserveRefusal | faces.NotFound | AlreadyEnded


def refusal_problem(refusal: Refusal, now: datetime) -> Problem:
    """Say a refusal of the actors to whoever asked."""
    match refusal:
        case NoPairFree(busy=busy, free_at=free_at):
            return _no_pair_free(busy, free_at, now)
        case faces.SamePerson(first=first, second=second):
            return invalid(FieldError(_person(second), f"is the same person as {_person(first)}"))
        case faces.ChannelAsPerson(index=index):
            return invalid(
                FieldError(_person(index), "is the number of a channel, not of a person")
            )
        case AlreadyEnded(at=at):
            return problem(AlreadyEnded, ended_at=at)
        case faces.KeyReused() | faces.NoChannels() | faces.NotFound():
            return problem(type(refusal))
        case _:
            assert_never(refusal)


_BUSY: Final = {
    BusySide.VISITOR: "The visitor is in a live conversation on every channel.",
    BusySide.AGENTS: "Every agent is in a live conversation wherever the visitor is free.",
    BusySide.CHANNELS: "No channel has the visitor and one of the agents free at once.",
}


def _no_pair_free(busy: BusySide, free_at: datetime | None, now: datetime) -> Problem:
    if free_at is None:
        return problem(NoPairFree, _BUSY[busy], busy=busy, free_at=None)
    wait = (free_at - now).total_seconds()
    return later(NoPairFree, wait, _BUSY[busy], busy=busy, free_at=free_at)


def _person(index: int) -> str:
    return "visitor.phone" if index < 0 else f"agents[{index}].phone"


def install(app: Quart) -> None:
    """Have every exception that leaves a request answered as a problem."""
    app.register_error_handler(HTTPException, _http_exception)
    for passing in (faces.Busy, StoreUnavailable, Fenced):
        app.register_error_handler(passing, _unavailable)
    app.register_error_handler(Exception, _crashed)


_KEPT: Final = {"Allow", "Retry-After"}


async def _http_exception(error: HTTPException) -> Response:
    kind = KINDS.get(type(error)) or Kind(error.code or 500, "", error.name, "")
    headers = dict(error.get_headers())
    kept = {name: text for name, text in headers.items() if name in _KEPT}
    return Problem(kind, headers=kept).answer()


async def _unavailable(error: Exception) -> Response:
    log.warning("request_unavailable", endpoint=request.endpoint, error=type(error).__name__)
    return later(type(error), 1 if isinstance(error, faces.Busy) else 5).answer()


async def _crashed(error: Exception) -> Response:
    log.error("request_crashed", endpoint=request.endpoint, exc_info=error)
    return Problem(_CRASH).answer()
