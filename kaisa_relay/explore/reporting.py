"""Explore's reports: each figure of `domain.explore.reports` counted by the database.

Rule 1: every report is made of the rows that `matching` means, and therefore agrees with the list.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import Connection, func, select

from kaisa_relay.domain.explore.fields import Field, Kind
from kaisa_relay.domain.explore.grouping import FIXED, Calendar, Dimension, written
from kaisa_relay.domain.explore.reports import ReportName, completed
from kaisa_relay.domain.ids import CONTACT, WorkspaceId
from kaisa_relay.explore.counting import COUNTING, Found
from kaisa_relay.explore.engaging import engagement
from kaisa_relay.explore.grouping import PART, Part, divided
from kaisa_relay.explore.matching import matching
from kaisa_relay.explore.shelf import REPORTED_WITHIN, Shelf
from kaisa_relay.ports.reports import MOST_GROUPS, Group, Report, Wanted
from kaisa_relay.store.tables import contact

_NOTHING: Final[Mapping[str, float | None]] = {}


@frozen
class Reporting:
    """`ports.reports.Reports` over the read model."""

    shelf: Shelf

    async def report(self, of: WorkspaceId, wanted: Wanted) -> Report:
        """Return a report, on one snapshot."""
        return await self.shelf.ask(partial(report, of=of, wanted=wanted), REPORTED_WITHIN)


def report(connection: Connection, of: WorkspaceId, wanted: Wanted) -> Report:
    """Return a report of the conversations meant, as a whole and divided."""
    holds = tuple(matching(of, wanted.which, connection.dialect.name))
    if wanted.name is ReportName.ENGAGEMENT:
        return engagement(connection, of, holds, wanted.is_divided)
    count, by = COUNTING[wanted.name], FIXED.get(wanted.name, wanted.by)
    whole = count(connection, divided(connection, of, holds, None, wanted.zone))
    total = completed(wanted.name, whole.get(None, _NOTHING))
    if by is None or not wanted.is_divided:
        return Report(total, (), False)
    part = divided(connection, of, holds, by, wanted.zone)
    keys, more = _keys(connection, part, by)
    if wanted.name in FIXED:
        more = False
    else:
        part = evolve(part, only=tuple(keys))
    found = count(connection, part)
    order = [*keys, *(key for key in found if key not in keys)]
    names = _names(connection, of, by, order)
    groups = (_group(wanted, by, key, names.get(key), found) for key in order if key in found)
    return Report(total, tuple(groups), more)


def _group(wanted: Wanted, by: Dimension, key: Any, label: str | None, found: Found) -> Group:
    shown = written(by, key) if isinstance(by, Calendar) else key
    return Group(shown, label, completed(wanted.name, found[key]))


def _keys(connection: Connection, part: Part, by: Dimension) -> tuple[list[Any], bool]:
    """Return which groups are shown and in which order, and whether there are more."""
    number = func.count().label("number")
    query = part.select(number)
    latest = isinstance(by, Calendar)
    order = (PART.desc(),) if latest else (number.desc(), PART)
    rows = connection.execute(query.order_by(*order).limit(MOST_GROUPS + 1))
    found = [row[0] for row in rows]
    shown = found[:MOST_GROUPS]
    return (shown[::-1] if latest else shown), len(found) > MOST_GROUPS


def _names(
    connection: Connection, of: WorkspaceId, by: Dimension, ids: list[Any]
) -> dict[Any, str | None]:
    if not (isinstance(by, Field) and by.kind is Kind.ID and by.prefix == CONTACT):
        return {}
    known = [id for id in ids if id is not None]
    mine = (contact.c.workspace == of, contact.c.id.in_(known))
    rows = connection.execute(select(contact.c.id, contact.c.name).where(*mine))
    return {row.id: row.name for row in rows}
