"""Suppressions: who is not to be written to, whatever a trigger says."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Final

from quart import Response, request
from quart_schema import document_querystring, document_request, document_response

from kaisa_relay.api.answers import answer, json_answer, streamed
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import Errors, read_body, receive_body
from kaisa_relay.api.cursors import Listing, write_cursor
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.engagement.suppression_shapes import (
    SuppressionAnswer,
    SuppressionPage,
    SuppressionQuery,
    SuppressionRequest,
)
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.queries import Query
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.engagement.ids import SUPPRESSION, SuppressionId
from kaisa_relay.domain.engagement.suppression import Address, Source, Way, read_address
from kaisa_relay.domain.ids import WorkspaceId, from_text, to_text
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.suppressions import SuppressionView

_NOT_FOUND: Final = problem(NotFound)
_EXPORTED_AT_ONCE: Final = 1_000
_HEADS: Final = ("way", "address", "source", "at")


class Suppressions:
    """Who is on the list, put there, and taken off."""

    def __init__(self, given: Dependencies) -> None:
        self._engagement = given.engagement

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/suppressions", self.find, Scope.ENGAGEMENT),
            Route("/suppressions", self.add, Scope.ENGAGEMENT, "POST"),
            Route("/suppressions.csv", self.export, Scope.ENGAGEMENT),
            Route("/suppressions/<suppression>", self.remove, Scope.ENGAGEMENT, "DELETE"),
        )

    @document_querystring(SuppressionQuery)
    @document_response(SuppressionPage)
    async def find(self) -> Response | Problem:
        """List who is not to be written to, the newest first."""
        query = Query(request.args, SuppressionQuery)
        address = _asked(query.text("way"), query.text("address"), query.errors)
        page = query.page(Listing.SUPPRESSIONS)
        if isinstance(page, Problem):
            return page
        before = SuppressionId(page.after) if page.after is not None else None
        of, most = calling_key().workspace, page.limit + 1
        found = await self._engagement.suppressions(of, address, before, most)
        last = found[page.limit - 1].id if len(found) > page.limit else None
        cursor = None if last is None else write_cursor(Listing.SUPPRESSIONS, last)
        return json_answer(SuppressionPage([_answer(each) for each in found[: page.limit]], cursor))

    @document_request(SuppressionRequest)
    @document_response(SuppressionAnswer, 201)
    async def add(self) -> Response | Problem:
        """Have nobody write there any more. A repeat is answered with what is there."""
        asked = read_body(request, await receive_body(request), SuppressionRequest)
        if isinstance(asked, Problem):
            return asked
        errors = Errors()
        address = _asked(asked.way, asked.address, errors)
        if address is None:
            return errors.problem()
        made = await self._engagement.suppress(calling_key().workspace, address, Source.API)
        return json_answer(_answer(made), 201)

    async def remove(self, suppression: str) -> Response | Problem:
        """Let triggers write there again."""
        id = from_text(SUPPRESSION, suppression)
        allow = self._engagement.allow
        gone = id and await allow(calling_key().workspace, SuppressionId(id))
        return answer(b"", 204) if gone else _NOT_FOUND

    async def export(self) -> Response | Problem:
        """Return the whole list as CSV."""
        if request.args:
            return invalid(FieldError(next(iter(request.args))[:100], "is unknown; there are none"))
        lines = self._lines(calling_key().workspace)
        headers = {"Content-Disposition": 'attachment; filename="suppressions.csv"'}
        return streamed(lines, "text/csv; charset=utf-8", headers)

    async def _lines(self, of: WorkspaceId) -> AsyncIterator[bytes]:
        yield _csv([_HEADS])
        before: SuppressionId | None = None
        while found := await self._engagement.suppressions(of, None, before, _EXPORTED_AT_ONCE):
            yield _csv([(v.address.way, v.address.text, v.source, v.at.isoformat()) for v in found])
            before = found[-1].id


def _asked(way: str | None, address: str | None, errors: Errors) -> Address | None:
    """Return the address that both members name; None where there is neither, or a mistake."""
    if way is None and address is None:
        return None
    if way not in list(Way):
        errors.add("way", f"must be one of: {', '.join(Way)}")
        return None
    read = read_address(Way(way), address or "")
    if isinstance(read, str):
        errors.add("address", read)
        return None
    return read


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _answer(view: SuppressionView) -> SuppressionAnswer:
    return SuppressionAnswer(
        id=to_text(SUPPRESSION, view.id),
        way=view.address.way,
        address=view.address.text,
        source=view.source,
        at=view.at,
    )
