"""Receipts in their table."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kaisa_relay.domain.ids import (
    CONTACT,
    AuditId,
    ContactId,
    ErasureId,
    WorkspaceId,
    to_text,
)
from kaisa_relay.ports.auditing import Action, Entry
from kaisa_relay.ports.erasing import Erasure
from kaisa_relay.store import audit_rows
from kaisa_relay.store.erasure_table import erasure
from kaisa_relay.store.instants import from_micros, to_micros
from kaisa_relay.store.tables import workspace


def add(connection: Connection, new: Erasure) -> None:
    """Write a receipt down, unless it is there, or its workspace is not."""
    mine = (erasure.c.workspace == new.workspace, erasure.c.id == new.id)
    known = connection.scalar(select(erasure.c.id).where(*mine))
    place = connection.scalar(select(workspace.c.id).where(workspace.c.id == new.workspace))
    if known is None and place is not None:
        connection.execute(
            insert(erasure).values(
                workspace=new.workspace,
                id=new.id,
                contact=new.contact,
                asked_at=to_micros(new.asked_at),
                asked_by=new.asked_by,
                done_at=None,
                removed="{}",
            )
        )


def begin(connection: Connection, new: Erasure, entry: AuditId) -> None:
    """Write a receipt down, and into the audit log who wants it."""
    add(connection, new)
    subject = to_text(CONTACT, new.contact)
    asked = (new.asked_at, new.asked_by, Action.VISITOR_ERASED, subject)
    audit_rows.add(connection, Entry(entry, new.workspace, *asked))


def one(connection: Connection, of: WorkspaceId, id: ErasureId) -> Erasure | None:
    """Return one."""
    query = select(erasure).where(erasure.c.workspace == of, erasure.c.id == id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _receipt(row)


def last(connection: Connection, of: WorkspaceId, contact: ContactId) -> Erasure | None:
    """Return the last one of a contact."""
    query = select(erasure).where(erasure.c.workspace == of, erasure.c.contact == contact)
    row = connection.execute(query.order_by(erasure.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _receipt(row)


def undone(connection: Connection, of: Sequence[WorkspaceId]) -> list[Erasure]:
    """Return those of these workspaces that are not done, the oldest first."""
    waiting = (erasure.c.workspace.in_(of), erasure.c.done_at.is_(None))
    query = select(erasure).where(*waiting).order_by(erasure.c.id)
    return [_receipt(row) for row in connection.execute(query)]


def count(connection: Connection, of: Erasure, what: str, number: int) -> None:
    """Note that so many more were taken out, in the transaction that did it."""
    if number > 0:
        mine = (erasure.c.workspace == of.workspace, erasure.c.id == of.id)
        removed = json.loads(connection.scalar(select(erasure.c.removed).where(*mine)) or "{}")
        removed[what] = removed.get(what, 0) + number
        told = json.dumps(removed, sort_keys=True)
        connection.execute(update(erasure).where(*mine).values(removed=told))


def done(connection: Connection, of: Erasure, at: datetime) -> None:
    """All of it was taken out."""
    mine = (erasure.c.workspace == of.workspace, erasure.c.id == of.id)
    connection.execute(update(erasure).where(*mine).values(done_at=to_micros(at)))


def _receipt(row: Row[Any]) -> Erasure:
    asked_at: datetime = from_micros(row.asked_at)
    return Erasure(
        id=ErasureId(row.id),
        workspace=WorkspaceId(row.workspace),
        contact=ContactId(row.contact),
        asked_at=asked_at,
        asked_by=row.asked_by,
        done_at=from_micros(row.done_at),
        removed=json.loads(row.removed),
    )
