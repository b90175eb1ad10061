"""The audit log, for a workspace's administrators."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Final

from quart import Response, request
from quart_schema import document_querystring, document_response

from kaisa_relay.api.answers import json_answer, streamed
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.cursors import Listing, write_cursor
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import Problem
from kaisa_relay.api.queries import Query
from kaisa_relay.api.routes import Route
from kaisa_relay.api.workspace.audit_shapes import AuditAnswer, AuditFilter, AuditPage, AuditQuery
from kaisa_relay.domain.ids import AUDIT, AuditId, WorkspaceId, to_text
from kaisa_relay.ports.auditing import Action, Entry, Which
from kaisa_relay.ports.keys import Scope

_AT_ONCE: Final = 1_000
_HEADS: Final = ("id", "at", "by", "action", "subject", "outcome")


class AuditLog:
    """Who saw or changed what in the caller's workspace."""

    def __init__(self, given: Dependencies) -> None:
        self._audit = given.audit

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/audit", self.find, Scope.MANAGE),
            Route("/audit.csv", self.export, Scope.MANAGE),
        )

    @document_querystring(AuditQuery)
    @document_response(AuditPage)
    async def find(self) -> Response | Problem:
        """List who saw or changed what, the newest first."""
        query = Query(request.args, AuditQuery)
        which = _which(query)
        page = query.page(Listing.AUDIT)
        if isinstance(page, Problem):
            return page
        below = AuditId(page.after) if page.after is not None else None
        found = await self._audit.entries(calling_key().workspace, which, below, page.limit + 1)
        last = found[page.limit - 1].id if len(found) > page.limit else None
        next = None if last is None else write_cursor(Listing.AUDIT, last)
        return json_answer(AuditPage([_answer(each) for each in found[: page.limit]], next))

    @document_querystring(AuditFilter)
    async def export(self) -> Response | Problem:
        """Return the log as CSV, the newest first."""
        query = Query(request.args, AuditFilter)
        which = _which(query)
        if query.errors.found:
            return query.errors.problem()
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        lines = self._lines(calling_key().workspace, which)
        return streamed(lines, "text/csv; charset=utf-8", headers)

    async def _lines(self, of: WorkspaceId, which: Which) -> AsyncIterator[bytes]:
        yield _csv([_HEADS])
        below: AuditId | None = None
        while found := await self._audit.entries(of, which, below, _AT_ONCE):
            yield _csv([_row(_answer(each)) for each in found])
            below = found[-1].id


def _which(query: Query) -> Which:
    action = query.choice("action", tuple(Action))
    return Which(
        by=query.text("by"),
        action=Action(action) if action in tuple(Action) else None,
        subject=query.text("subject"),
        since=query.instant("since"),
        before=query.instant("before"),
    )


def _answer(entry: Entry) -> AuditAnswer:
    return AuditAnswer(
        id=to_text(AUDIT, entry.id),
        at=entry.at,
        by=entry.by,
        action=entry.action,
        subject=entry.subject,
        outcome=entry.outcome,
    )


def _row(entry: AuditAnswer) -> tuple[str, ...]:
    outcome = "" if entry.outcome is None else str(entry.outcome)
    at, action = entry.at.isoformat(), entry.action.value
    return (entry.id, at, entry.by or "", action, entry.subject or "", outcome)


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
