"""Every answer that says no: RFC 9457 problems, from one table.

Rule 1: a problem shows what its reader sent or owns, never internals, and none is silent.
"""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Final, assert_never

import structlog
from attrs import field, frozen
from quart import Quart, Response, request
from werkzeug.exceptions import HTTPException

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.problem_kinds import CRASH, KINDS, Kind
from kaisa_relay.api.refusals import Invalid
from kaisa_relay.domain.conversation.links import ChannelLeft, LinkRefusal, NoWayBack
from kaisa_relay.domain.conversation.messages import AlreadyEnded, BusySide, NoPairFree
from kaisa_relay.domain.conversation.orders import (
    AgentNotFree,
    NoAgent,
    NobodyToAsk,
    NotStarted,
    OrderRefusal,
    TransferUnderWay,
    UnknownAgent,
)
from kaisa_relay.domain.engagement.quota import QuotaReached
from kaisa_relay.domain.ids import CONTACT, to_text
from kaisa_relay.ports import faces
from kaisa_relay.ports.explore import TooSlow
from kaisa_relay.ports.journal import Fenced, StoreUnavailable

MEDIA_TYPE: Final = "application/problem+json"
log: structlog.stdlib.BoundLogger = structlog.get_logger()


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


def quota_reached(refused: QuotaReached) -> Problem:
    """Say that a workspace has enough of something."""
    return problem(QuotaReached, quota=refused.what, most=refused.most)


Refusal = faces.ReserveRefusal | faces.NotFound | AlreadyEnded | OrderRefusal | LinkRefusal


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
        case TransferUnderWay(agent=agent) | AgentNotFree(agent=agent):
            return problem(type(refusal), agent=to_text(CONTACT, agent))
        case UnknownAgent():
            return invalid(FieldError("to", "names none of the conversation's other agents"))
        case NotStarted() | NoAgent() | NobodyToAsk() | NoWayBack() | ChannelLeft():
            return problem(type(refusal))
        case faces.VisitorBlocked() | faces.KeyReused() | faces.NoChannels() | faces.NotFound():
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
    app.register_error_handler(TooSlow, _too_slow)
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


async def _too_slow(_: Exception) -> Response:
    log.warning("request_too_slow", endpoint=request.endpoint)
    return problem(TooSlow).answer()


async def _crashed(error: Exception) -> Response:
    log.error("request_crashed", endpoint=request.endpoint, exc_info=error)
    return Problem(CRASH).answer()
