"""Explore's reports: the conversations of a filter in figures.

Rule 1: a report takes the same parameters as the list, and reads them in the same way.
"""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
from quart import Response, request
from quart_schema import document_querystring, document_response
from werkzeug.datastructures import MultiDict

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import Errors
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.explore.report_shapes import (
    ReportAnswer,
    ReportFigure,
    ReportGroup,
    ReportQuery,
)
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.queries import Query
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.explore.fields import METADATA, Field, Kind
from kaisa_relay.domain.explore.filtering import Filter, read_filter
from kaisa_relay.domain.explore.grouping import (
    BY,
    FIXED,
    Dimension,
    Own,
    named,
    period_before,
    read_dimension,
    read_zone,
)
from kaisa_relay.domain.explore.reports import FIGURES, ReportName, Values
from kaisa_relay.domain.ids import WorkspaceId, to_text
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.reports import Group, Report, Wanted

_OWN: Final = ("by", "zone", "compare")
_UTC: Final = ZoneInfo("UTC")


@frozen
class Asked:
    """A report without its zone, if none was named; `before` has the filter to compare with."""

    wanted: Wanted
    zone: ZoneInfo | None
    before: Filter | None


class Reports:
    """Every report over the read model."""

    def __init__(self, given: Dependencies) -> None:
        self._reports = given.reports
        self._managing = given.managing
        self._clock = given.clock

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (Route("/explore/reports/<report>", self.report, Scope.READ),)

    @document_querystring(ReportQuery)
    @document_response(ReportAnswer)
    async def report(self, report: str) -> Response | Problem:
        """Count conversations: `funnel`, `times`, `agents`, `channels` or `engagement`.

        The parameters of `GET /explore/conversations` say which. `figures` defines every figure.
        """
        if report not in tuple(ReportName):
            return problem(NotFound)
        asked = read_asked(ReportName(report), request.args, self._clock())
        if isinstance(asked, Problem):
            return asked
        of = calling_key().workspace
        zone = asked.zone or await self._zone(of)
        wanted = evolve(asked.wanted, zone=zone)
        found, before = await self._reports.report(of, wanted), None
        if asked.before is not None:
            past = evolve(wanted, which=asked.before, is_divided=False)
            before = (await self._reports.report(of, past)).total
        return json_answer(_answer(wanted, found, before))

    async def _zone(self, of: WorkspaceId) -> ZoneInfo:
        """Return the zone of the workspace's business hours; UTC if it has none."""
        hours = (await self._managing.workspace(of)).settings.get("hours")
        return (hours and read_zone(hours["zone"])) or _UTC


def read_asked(name: ReportName, args: MultiDict[str, str], now: datetime) -> Asked | Problem:
    """Read a report's parameters, or say all that is wrong with them."""
    pairs = list(args.items(multi=True))
    own = MultiDict((name, text) for name, text in pairs if name in _OWN)
    query = Query(own, ReportQuery)
    which = read_filter((name, text) for name, text in pairs if name not in _OWN)
    if not isinstance(which, Filter):
        for each in which:
            query.errors.add(each.name, each.message)
    by, zone = _dimension(name, query), _named_zone(query)
    compares = query.choice("compare", ("true", "false")) == "true"
    if not isinstance(which, Filter):
        return query.errors.problem()
    before = _before(which, now, query.errors) if compares else None
    if query.errors.found:
        return query.errors.problem()
    return Asked(Wanted(name, which, by), zone, before)


def _dimension(name: ReportName, query: Query) -> Dimension | None:
    text = query.text("by")
    if text is None:
        return FIXED.get(name)
    by = read_dimension(text)
    if by is None:
        query.errors.add("by", f"is unknown; known are {', '.join(BY)}, {METADATA}KEY")
    elif by != FIXED.get(name, by):
        query.errors.add("by", f"must be {named(FIXED[name])} for this report")
    elif isinstance(by, Own) and name not in FIXED:
        query.errors.add("by", "is of another report")
    return by


def _named_zone(query: Query) -> ZoneInfo | None:
    text = query.text("zone")
    zone = None if text is None else read_zone(text)
    if text is not None and zone is None:
        query.errors.add("zone", "is no time zone that is known, such as Europe/Stockholm")
    return zone


def _before(which: Filter, now: datetime, errors: Errors) -> Filter | None:
    before = period_before(which, now)
    if before is None:
        wanted = "needs created_at[gte], before created_at[lt] or now, and no other created_at"
        errors.add("compare", wanted)
    return before


def _answer(wanted: Wanted, found: Report, before: Values | None) -> ReportAnswer:
    by = wanted.by
    return ReportAnswer(
        report=wanted.name.value,
        by=None if by is None else named(by),
        zone=wanted.zone.key,
        figures=[ReportFigure(e.name, e.unit.value, e.says) for e in FIGURES[wanted.name]],
        total=dict(found.total),
        before=None if before is None else dict(before),
        groups=[_group(by, each) for each in found.groups],
        more=found.more,
    )


def _group(by: Dimension | None, group: Group) -> ReportGroup:
    key = group.key
    if isinstance(by, Field) and by.kind is Kind.ID and key is not None:
        key = to_text(by.prefix, int(key))
    return ReportGroup(None if key is None else str(key), group.label, dict(group.values))
