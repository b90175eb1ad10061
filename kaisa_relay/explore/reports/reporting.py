"""Explore's reports: each figure of `domain.explore.reports` counted by the database.

Rule 1: every report is made of the rows that `matching` means, and therefore agrees with the list.
"""

from functools import partial
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import Connection, func, select

from kaisa_relay.domain.explore.fields import FIELDS, Field, Kind, MetadataKey
from kaisa_relay.domain.explore.grouping import FIXED, Calendar, Dimension, written
from kaisa_relay.domain.explore.reports import ReportName, completed
from kaisa_relay.domain.ids import CONTACT, WorkspaceId
from kaisa_relay.explore.finding.matching import matching
from kaisa_relay.explore.model import tables
from kaisa_relay.explore.model.shelf import REPORTED_WITHIN, Shelf
from kaisa_relay.explore.reports.counting import COUNTING
from kaisa_relay.explore.reports.engaging import engagement
from kaisa_relay.explore.reports.grouping import PART, Part, divided
from kaisa_relay.explore.reports.percentiles import Found, Tally, merged, spelled
from kaisa_relay.ports.reports import MOST_GROUPS, Group, Report, Wanted
from kaisa_relay.store.tables import contact


@frozen
class Reporting:
    """`ports.reports.Reports` over the read model."""

    shelf: Shelf

    async def report(self, of: WorkspaceId, wanted: Wanted) -> Report:
        """Return a report, on one snapshot."""
        return await self.shelf.ask(partial(report, of=of, wanted=wanted), REPORTED_WITHIN)


def report(connection: Connection, of: WorkspaceId, wanted: Wanted) -> Report:
    """Return a report of the conversations meant, as a whole and divided."""
    if wanted.name is ReportName.ENGAGEMENT:
        holds = tuple(matching(of, wanted.which, connection.dialect.name))
        return engagement(connection, of, holds, wanted.is_divided)
    by = FIXED.get(wanted.name, wanted.by if wanted.is_divided else None)
    whole, found, keys, more = _counted(connection, of, wanted, by)
    total = completed(wanted.name, spelled(whole))
    if by is None or not wanted.is_divided:
        return Report(total, (), False)
    names = _names(connection, of, by, keys)
    groups = (_group(wanted, by, key, names.get(key), found[key]) for key in keys if key in found)
    return Report(total, tuple(groups), more)


def _counted(
    connection: Connection, of: WorkspaceId, wanted: Wanted, by: Dimension | None
) -> tuple[Tally, Found, list[Any], bool]:
    """Return what all come to, each group shown, their keys in order, and whether there are more.

    Where every conversation is in one group, the groups are counted, and added up.
    """
    count = COUNTING[wanted.name]
    part = divided(connection, of, wanted.which, by, wanted.zone)
    if by is not None and not isinstance(by, MetadataKey) and by != FIELDS["form"]:
        found = count(connection, part)
        keys = _ordered(found, by)
        shown = len(keys) if wanted.name in FIXED else MOST_GROUPS
        return merged(found.values(), _LARGEST), found, *_cut(keys, by, shown)
    whole = count(connection, evolve(part, source=tables.conversation, key=None)).get(None, {})
    if by is None:
        return whole, {}, [], False
    if _has_few(connection, of, by):
        found = count(connection, part)
        return whole, found, *_cut(_ordered(found, by), by, MOST_GROUPS)
    keys, more = _keys(connection, part)
    return whole, count(connection, evolve(part, only=tuple(keys))), keys, more


def _has_few(connection: Connection, of: WorkspaceId, by: Dimension) -> bool:
    """Say whether a metadata key has so few values that all of them may be shown."""
    if not isinstance(by, MetadataKey):
        return False
    label = tables.label.c
    values = select(label.value).where(label.workspace == of, label.key == by.key).distinct()
    number = select(func.count()).select_from(values.limit(MOST_GROUPS + 1).subquery())
    return (connection.scalar(number) or 0) <= MOST_GROUPS


_LARGEST: Final = "most_at_once"
_NUMBERS: Final = ("created", "conversations")


def _ordered(found: Found, by: Dimension) -> list[Any]:
    """Return the keys as they are shown: days as they follow, else the largest first."""
    if isinstance(by, Calendar):
        return sorted(found)

    def place(key: Any) -> tuple[int, bool, Any]:
        number = next((n for each in _NUMBERS if isinstance(n := found[key].get(each), int)), 0)
        return -number, key is None, key

    return sorted(found, key=place)


def _cut(keys: list[Any], by: Dimension, most: int) -> tuple[list[Any], bool]:
    latest = isinstance(by, Calendar)
    return (keys[-most:] if latest else keys[:most]), len(keys) > most


def _group(wanted: Wanted, by: Dimension, key: Any, label: str | None, tally: Tally) -> Group:
    shown = written(by, key) if isinstance(by, Calendar) else key
    return Group(shown, label, completed(wanted.name, spelled(tally)))


def _keys(connection: Connection, part: Part) -> tuple[list[Any], bool]:
    """Return the largest groups in their order, and whether there are more."""
    number = func.count().label("number")
    query = part.select(number).order_by(number.desc(), PART).limit(MOST_GROUPS + 1)
    found = [row[0] for row in connection.execute(query)]
    return found[:MOST_GROUPS], len(found) > MOST_GROUPS


def _names(
    connection: Connection, of: WorkspaceId, by: Dimension, ids: list[Any]
) -> dict[Any, str | None]:
    if not (isinstance(by, Field) and by.kind is Kind.ID and by.prefix == CONTACT):
        return {}
    known = [id for id in ids if id is not None]
    mine = (contact.c.workspace == of, contact.c.id.in_(known))
    rows = connection.execute(select(contact.c.id, contact.c.name).where(*mine))
    return {row.id: row.name for row in rows}
