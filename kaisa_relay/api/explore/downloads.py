"""The files of exports, for whoever has a link that we signed.

Rule 1: a link says nothing of the file but that it was there; nothing is read for one not ours.
"""

from typing import Final

from quart import Response, request

from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.explore.exporting import TYPES, WITHIN
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.ranges import beyond, partly, read_range
from kaisa_relay.api.refusals import ExportGone
from kaisa_relay.api.routes import Access, Route
from kaisa_relay.domain.files import ANY_TYPE
from kaisa_relay.domain.ids import EXPORT, to_text
from kaisa_relay.ports.auditing import Action, Deed
from kaisa_relay.ports.export_jobs import ExportJob, Gone
from kaisa_relay.ports.faces import NotFound

_GONE: Final = problem(ExportGone)


class Downloads:
    """Anybody with a link of ours."""

    def __init__(self, given: Dependencies) -> None:
        self._jobs, self._audit = given.export_jobs, given.audit

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (Route("/downloads/<token>", self.read, Access.PUBLIC),)

    async def read(self, token: str) -> Response | Problem:
        """Fetch the file of an export, or one range of its bytes. 410 once its time is over."""
        found = await self._jobs.open(token)
        if found is None:
            return problem(NotFound)
        if isinstance(found, Gone):
            return _GONE
        part = read_range(request.headers.get("Range"), found.size)
        if part is None:
            return beyond(found.size)
        what = to_text(EXPORT, found.job.id)
        await self._audit.saw(Deed(found.job.workspace, None, Action.EXPORT_DOWNLOADED, what))
        response = partly(part, _type(found.job), self._jobs.read(found, part.start))
        response.headers["Content-Disposition"] = f'attachment; filename="{_name(found.job)}"'
        response.timeout = WITHIN
        return response


def _type(job: ExportJob) -> str:
    return ANY_TYPE if job.wanted is None else TYPES[job.wanted.format]


def _name(job: ExportJob) -> str:
    """Return a name that says of what it is, and of when."""
    wanted = job.wanted
    return "export" if wanted is None else f"{wanted.rows}-{job.asked_at:%Y-%m-%d}.{wanted.format}"
