"""Webhooks on the lean listener: the answers that `webhooks` gives behind Quart, without Quart.

Rule 1: status, headers and body are those of the main port; a test asks both the same.
Rule 2: this is an HTTP boundary: what the lane raises is logged and answered here.
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote

import structlog
from attrs import frozen
from quart.wrappers.response import DataBody
from werkzeug.exceptions import (
    InternalServerError,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    RequestTimeout,
)

from kaisa_relay.api.dependencies import WebhookReceiver
from kaisa_relay.api.problem_kinds import KINDS, Kind
from kaisa_relay.api.problems import Problem, later, problem
from kaisa_relay.api.webhooks.short_way import HEADERS, PATH
from kaisa_relay.listener import Refusal, Request, Respond, Response
from kaisa_relay.ports import faces
from kaisa_relay.ports.journal import Fenced, StoreUnavailable

log: structlog.stdlib.BoundLogger = structlog.get_logger()

SIGNATURE: Final = b"x-hub-signature-256"
METHODS: Final = "GET, HEAD, POST"
STORED: Final = (200, b"")
TAKEN: Final = Response(*STORED[:1], HEADERS)
WAIT: Final = 5
"""Seconds after which to try again what is unavailable now."""


@frozen
class WebhookAnswers:
    """The handler of a listener that takes webhooks and nothing else."""

    lane: WebhookReceiver

    def __call__(self, request: Request, respond: Respond) -> None:
        """Answer one request, whatever happens."""
        try:
            answer = self._answer(request, respond)
        except Exception as crash:
            log.error("request_crashed", endpoint=request.method, exc_info=crash)
            answer = say(problem(InternalServerError))
        if answer is not None:
            respond(answer)

    def _answer(self, request: Request, respond: Respond) -> Response | None:
        """Return the answer; None where it is given later."""
        app = _app_of(request.path)
        if app is None:
            return NOT_FOUND
        match request.method:
            case "POST":
                signature = request.headers.get(SIGNATURE)
                text = None if signature is None else signature.decode("latin-1")
                self.lane.receive_nowait(
                    app, text, request.body, partial(_stored, request, respond)
                )
                return None
            case "GET" | "HEAD":
                status, said = self.lane.handshake(_arguments(request.query))
                return Response(status, HEADERS, said)
            case _:
                return NOT_ALLOWED


def _stored(request: Request, respond: Respond, answer: tuple[int, bytes] | Exception) -> None:
    if isinstance(answer, Exception):
        respond(_failed(request, answer))
    elif answer == STORED:
        respond(TAKEN)
    else:
        respond(Response(answer[0], HEADERS, answer[1]))


def _failed(request: Request, error: Exception) -> Response:
    """Return what is said of a request that could not be answered, and log why."""
    if isinstance(error, StoreUnavailable | Fenced):
        log.warning("request_unavailable", endpoint=request.method, error=type(error).__name__)
        return say(later(type(error), WAIT))
    log.error("request_crashed", endpoint=request.method, exc_info=error)
    return say(problem(InternalServerError))


def refuse(refusal: Refusal) -> Response:
    """Say what never became a request."""
    return REFUSED[refusal]


def say(told: Problem) -> Response:
    """Return a problem as the listener sends it: the very bytes that Quart would send."""
    answer = told.answer()
    body = answer.response
    assert isinstance(body, DataBody)  # of an answer that was made of bytes
    headers = tuple(
        (name.lower().encode(), text.encode())
        for name, text in answer.headers.items()
        if name != "Content-Length"  # which the listener says itself
    )
    return Response(answer.status_code, headers, body.data)


def _app_of(path: str) -> str | None:
    """Return whose webhooks come to this address: the app without a name, a name, or nobody's."""
    if path == PATH:
        return ""
    path = unquote(path)
    if path == PATH:
        return ""
    app = path.removeprefix(f"{PATH}/")
    return app if app != path and app and "/" not in app else None


def _arguments(query: str) -> Mapping[str, str]:
    """Return the first of each argument; what is no UTF-8 stays as it was sent, as in Quart."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="werkzeug.url_quote")
    return dict(reversed(pairs))


def _refused(refusal: Refusal) -> Problem:
    match refusal:
        case Refusal.BODY_TOO_LARGE:
            return problem(RequestEntityTooLarge)
        case Refusal.TOO_SLOW:
            return problem(RequestTimeout)
        case Refusal.OVERLOADED:
            return later(faces.Busy, WAIT)
        case _:
            kind = Kind(refusal.status, "", HTTPStatus(refusal.status).phrase, "")
            return Problem(kind, refusal.reason)


NOT_FOUND: Final = say(problem(NotFound))
NOT_ALLOWED: Final = say(Problem(KINDS[MethodNotAllowed], headers={"Allow": METHODS}))
REFUSED: Final = {refusal: say(_refused(refusal)) for refusal in Refusal}
