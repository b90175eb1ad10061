"""Visitors found by their number, erased, and the receipts of that."""

from typing import Final

from quart import Response, request
from quart_schema import document_querystring, document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key, requester
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.queries import Query
from kaisa_relay.api.routes import Route
from kaisa_relay.api.workspace.erasure_shapes import (
    ErasureAnswer,
    ErasureQuery,
    VisitorAnswer,
    VisitorList,
    VisitorQuery,
)
from kaisa_relay.domain.ids import (
    CONTACT,
    CONVERSATION,
    ERASURE,
    ContactId,
    ErasureId,
    from_text,
    to_text,
)
from kaisa_relay.ports.erasing import Erasure, StillTalking
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope

_NOT_FOUND: Final = problem(NotFound)


class Erasures:
    """Who is known by a number, and erasing them."""

    def __init__(self, given: Dependencies) -> None:
        self._erasing = given.erasing

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/visitors", self.find, Scope.ERASE),
            Route("/visitors/<contact>", self.erase, Scope.ERASE, "DELETE"),
            Route("/erasures/<erasure>", self.receipt, Scope.ERASE),
        )

    @document_querystring(VisitorQuery)
    @document_response(VisitorList)
    async def find(self) -> Response | Problem:
        """List whom a number leads to."""
        query = Query(request.args, VisitorQuery)
        phone = query.phone("phone")
        if phone is None and not query.errors.found:
            query.errors.add("phone", "is required")
        if phone is None or query.errors.found:
            return query.errors.problem()
        found = await self._erasing.visitors(calling_key().workspace, phone)
        return json_answer(
            VisitorList(
                [
                    VisitorAnswer(
                        contact=to_text(CONTACT, each.contact), name=each.name, phone=each.phone
                    )
                    for each in found
                ]
            )
        )

    @document_querystring(ErasureQuery)
    @document_response(ErasureAnswer, 200)
    async def erase(self, contact: str) -> Response | Problem:
        """Erase somebody for good. 200 once it is done, 202 while it is under way."""
        force = request.args.get("force", "false")
        if unknown := set(request.args) - {"force"}:
            return invalid(FieldError(sorted(unknown)[0][:100], "is unknown"))
        if force not in ("true", "false"):
            return invalid(FieldError("force", "must be true or false"))
        id = from_text(CONTACT, contact)
        if id is None:
            return _NOT_FOUND
        done = await self._erasing.erase(
            calling_key().workspace, ContactId(id), requester(), force=force == "true"
        )
        if isinstance(done, Erasure):
            return json_answer(_answer(done), 200 if done.done_at is not None else 202)
        if isinstance(done, StillTalking):
            return problem(StillTalking, conversation=to_text(CONVERSATION, done.conversation))
        return problem(type(done))

    @document_response(ErasureAnswer)
    async def receipt(self, erasure: str) -> Response | Problem:
        """Return a receipt again."""
        id = from_text(ERASURE, erasure)
        of = calling_key().workspace
        found = None if id is None else await self._erasing.receipt(of, ErasureId(id))
        return _NOT_FOUND if found is None else json_answer(_answer(found))


def _answer(receipt: Erasure) -> ErasureAnswer:
    return ErasureAnswer(
        id=to_text(ERASURE, receipt.id),
        contact=to_text(CONTACT, receipt.contact),
        asked_at=receipt.asked_at,
        asked_by=receipt.asked_by,
        done_at=receipt.done_at,
        removed=dict(receipt.removed),
    )
