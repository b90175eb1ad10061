"""Entries of the audit log in their table.

Rule 1: an entry goes in with the transaction of what it tells of, wherever that is one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, tuple_, update

from kaisa_relay.domain.ids import AuditId, WorkspaceId
from kaisa_relay.ports.auditing import Action, Entry, Which
from kaisa_relay.store.audit_table import audit
from kaisa_relay.store.instants import from_micros, to_micros
from kaisa_relay.store.operation import Operation

_RELAY: Final = WorkspaceId(0)
_A: Final = audit.c


class Noting(Operation[Entry, None]):
    """Entries of many callers go in together."""

    def run(
        self, connection: Connection, units: Sequence[Entry], alone: bool
    ) -> Sequence[Exception | None]:
        """Write them down."""
        add(connection, *units)
        return [None] * len(units)


def add(connection: Connection, *entries: Entry) -> None:
    """Write entries down."""
    connection.execute(insert(audit), [_values(each) for each in entries])


def conclude(connection: Connection, entry: Entry) -> None:
    """Note what came of one, and of what it was."""
    mine = (_A.workspace == (entry.workspace or _RELAY), _A.id == entry.id)
    values = {"outcome": entry.outcome, "subject": entry.subject}
    connection.execute(update(audit).where(*mine).values(values))


def page(
    connection: Connection, of: WorkspaceId | None, which: Which, below: AuditId | None, most: int
) -> list[Entry]:
    """Return some entries, the newest first."""
    query = select(audit).where(_A.workspace == (of or _RELAY))
    if below is not None:
        query = query.where(_A.id < below)
    exact = ((_A.done_by, which.by), (_A.action, which.action), (_A.subject, which.subject))
    for column, wanted in exact:
        if wanted is not None:
            query = query.where(column == str(wanted))
    if which.since is not None:
        query = query.where(_A.at >= to_micros(which.since))
    if which.before is not None:
        query = query.where(_A.at < to_micros(which.before))
    rows = connection.execute(query.order_by(_A.id.desc()).limit(most))
    return [_entry(row) for row in rows]


def tidy(connection: Connection, before: datetime, most: int) -> bool:
    """Delete some that are older; says whether there may be more."""
    key = (_A.workspace, _A.id)
    old = select(*key).where(_A.at < to_micros(before)).order_by(_A.at).limit(most)
    rows = connection.execute(old).all()
    if rows:
        connection.execute(delete(audit).where(tuple_(*key).in_([tuple(row) for row in rows])))
    return len(rows) == most


def _values(entry: Entry) -> dict[str, Any]:
    return {
        "workspace": entry.workspace or _RELAY,
        "id": entry.id,
        "at": to_micros(entry.at),
        "done_by": entry.by,
        "action": entry.action.value,
        "subject": entry.subject,
        "outcome": entry.outcome,
    }


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=AuditId(row.id),
        workspace=WorkspaceId(row.workspace) or None,
        at=from_micros(row.at),
        by=row.done_by,
        action=Action(row.action),
        subject=row.subject,
        outcome=row.outcome,
    )
