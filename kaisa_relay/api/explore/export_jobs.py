"""Exports that are made in the background: asked for, looked at, taken back.

Rule 1: a job has what the same parameters give in a list, or at `/explore/export`.
"""

from typing import Final
from urllib.parse import parse_qsl, urlencode

from quart import Response, request
from quart_schema import document_querystring, document_request, document_response

from kaisa_relay.api.answers import answer, json_answer
from kaisa_relay.api.auth import calling_key, forbidden, requester
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.cursors import Listing, write_cursor
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.explore.export_shapes import ExportAnswer, ExportList, ExportRequest
from kaisa_relay.api.explore.exporting import offered, read_wanted
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.queries import read_page
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import PageQuery
from kaisa_relay.domain.explore.wanted import OWN, Wanted
from kaisa_relay.domain.ids import EXPORT, ExportId, from_text, to_text
from kaisa_relay.domain.requester import PREFIXES
from kaisa_relay.ports import export_jobs as ports
from kaisa_relay.ports.export_jobs import ExportJob, TooManyExports
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope

_NOT_FOUND: Final = problem(NotFound)


class ExportJobs:
    """The jobs of the caller's workspace."""

    def __init__(self, given: Dependencies) -> None:
        self._exports, self._jobs = given.exports, given.export_jobs

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        every, one = "/explore/exports", "/explore/exports/<export>"
        return (
            Route(every, self.ask, Scope.READ, "POST"),
            Route(every, self.find, Scope.READ),
            Route(one, self.read, Scope.READ),
            Route(one, self.drop, Scope.READ, "DELETE"),
        )

    @document_request(ExportRequest)
    @document_response(ExportAnswer, 202)
    async def ask(self) -> Response | Problem:
        """Have a file made. It may be of any size, and is kept for a day at first."""
        asked = read_body(request, await receive_body(request), ExportRequest)
        wanted = asked if isinstance(asked, Problem) else offered(self._exports, _wanted(asked))
        if isinstance(wanted, Problem):
            return wanted
        job = await self._jobs.ask(calling_key().workspace, wanted, requester())
        if isinstance(job, TooManyExports):
            return problem(TooManyExports, most=job.most)
        return json_answer(shown(job, self._jobs), 202)

    @document_querystring(PageQuery)
    @document_response(ExportList)
    async def find(self) -> Response | Problem:
        """List jobs, the newest first. Those without a file are forgotten after a week."""
        page = read_page(request.args, Listing.EXPORTS)
        if isinstance(page, Problem):
            return page
        found = await self._jobs.jobs(calling_key().workspace, page.limit + 1, page.after)
        items = [shown(each, self._jobs) for each in found[: page.limit]]
        more = len(found) > page.limit
        next = write_cursor(Listing.EXPORTS, found[page.limit - 1].id) if more else None
        return json_answer(ExportList(items=items, next=next))

    @document_response(ExportAnswer)
    async def read(self, export: str) -> Response | Problem:
        """Return how far a job is, and, once it is done, where its file is."""
        job = await self._find(export)
        return _NOT_FOUND if job is None else json_answer(shown(job, self._jobs))

    async def drop(self, export: str) -> Response | Problem:
        """Cancel a job, or remove one that has ended, with its file.

        Another's needs `conversations:write`.
        """
        job, key = await self._find(export), calling_key()
        if job is None:
            return _NOT_FOUND
        if Scope.WRITE not in key.scopes and job.asked_by != _caller():
            return forbidden(Scope.WRITE)
        await self._jobs.drop(job.workspace, job.id)
        return answer(b"", 204)

    async def _find(self, export: str) -> ExportJob | None:
        id = from_text(EXPORT, export)
        of = calling_key().workspace
        return None if id is None else await self._jobs.job(of, ExportId(id))


def shown(job: ExportJob, jobs: ports.ExportJobs) -> ExportAnswer:
    """Return a job as it travels."""
    wanted = job.wanted
    return ExportAnswer(
        id=to_text(EXPORT, job.id),
        rows=None if wanted is None else wanted.rows.value,
        format=None if wanted is None else wanted.format.value,
        columns=None if wanted is None else [each.name for each in wanted.columns],
        filter=None if wanted is None else urlencode(wanted.which.pairs()),
        state=job.state.value,
        reason=None if job.reason is None else job.reason.value,
        asked_at=job.asked_at,
        asked_by=job.asked_by,
        started_at=job.started_at,
        ended_at=job.ended_at,
        expires_at=job.expires_at,
        done=job.done,
        total=job.total,
        written=job.written,
        bytes=job.bytes,
        url=jobs.link(job),
    )


def _wanted(asked: ExportRequest) -> Wanted | Problem:
    pairs = parse_qsl(asked.filter or "", keep_blank_values=True)
    for name, _ in pairs:
        if name in OWN:
            return invalid(FieldError("filter", f"has {name}, which is a field of its own"))
    own = [(name, getattr(asked, name) or "") for name in OWN]
    return read_wanted([*own, *pairs])


def _caller() -> str:
    by = requester()
    return to_text(PREFIXES[by.kind], by.id)
