"""Everything that a filter means as one file, however much it is.

Rule 1: the filter is that of Explore's lists: a file has what they list.
Rule 2: the first piece is made before the answer begins, so that what is wrong is still a problem.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Final

from quart import Response, request
from quart_schema import document_querystring

from kaisa_relay.api.answers import streamed
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import Errors
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.explore.export_shapes import ExportQuery
from kaisa_relay.api.problems import FieldError, Problem, invalid
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.explore import wanted as wanting
from kaisa_relay.ports.exports import MOST_SHEETED, Exports, Format, Wanted
from kaisa_relay.ports.keys import Scope

WITHIN: Final = 3600
"""Seconds in which an export must have gone out."""
TYPES: Final = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/x-ndjson",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PARQUET: "application/vnd.apache.parquet",
}


class Export:
    """The view of the resource."""

    def __init__(self, given: Dependencies) -> None:
        self._exports = given.exports

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (Route("/explore/export", self.export, Scope.READ),)

    @document_querystring(ExportQuery)
    async def export(self) -> Response | Problem:
        """Return a row for every conversation, message or offer that is meant, as one file.

        All other parameters are those by which `/explore/conversations` finds.
        """
        wanted = offered(self._exports, read_wanted(request.args.items(multi=True)))
        if isinstance(wanted, Problem):
            return wanted
        of = calling_key().workspace
        if not await self._exports.fits(of, wanted):
            return _too_many()
        pieces = self._exports.pieces(of, wanted)
        first = await anext(pieces, b"")
        name = f'attachment; filename="{wanted.rows}.{wanted.format}"'
        headers = {"Content-Disposition": name}
        response = streamed(_all(first, pieces), TYPES[wanted.format], headers)
        response.timeout = WITHIN
        return response


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _too_many() -> Problem:
    errors = Errors()
    most = f"{MOST_SHEETED:,} conversations, or the rows of {MOST_SHEETED // 10:,}"
    way = f"must be csv or jsonl for so many rows: what goes out whole and at once holds {most}"
    errors.add("format", f"{way}; POST /explore/exports makes larger ones")
    return errors.problem()


def offered(exports: Exports, wanted: Wanted | Problem) -> Wanted | Problem:
    """Return what is wanted, unless this installation cannot make it."""
    if isinstance(wanted, Problem) or exports.offers(wanted.format):
        return wanted
    message = "cannot be parquet here: the relay has no kaisa-relay[parquet] installed"
    return invalid(FieldError("format", message))


def read_wanted(pairs: Iterable[tuple[str, str]]) -> Wanted | Problem:
    """Read an export's parameters, or say all that is wrong with them."""
    wanted = wanting.read_wanted(pairs)
    if isinstance(wanted, Wanted):
        return wanted
    errors = Errors()
    for mistake in wanted:
        errors.add(mistake.name, mistake.message)
    return errors.problem()
