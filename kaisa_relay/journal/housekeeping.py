"""Rows whose time is over go, a few at a time, so that nobody waits for it.

Rule 1: one call is one short transaction; the caller calls again while it returns True.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Table, delete, select, tuple_

from kaisa_relay.domain.ids import MessageId
from kaisa_relay.store import Store, audit_rows
from kaisa_relay.store.instants import to_micros
from kaisa_relay.store.tables import idempotency, inbox, token

KEEP_DONE: Final = timedelta(days=8)
"""How long a decided row is kept to know a repeat: longer than Meta repeats (7 days)."""
KEEP_UNROUTED: Final = timedelta(days=30)
"""How long a row that belongs to nobody is kept for an operator; it holds what somebody wrote."""
KEEP_AUDIT: Final = timedelta(days=400)
"""How long it is known who saw or changed what: a year, and some time to look at it."""
KEEP_TOKENS: Final = timedelta(days=30)
"""How long after its end a link is still answered with "this link has ended"."""
UNIT: Final = 200
"""Rows per transaction: about a millisecond."""


class Housekeeping:
    """Takes away what is over. Remembers how far it has looked through the inbox."""

    def __init__(self, store: Store, keep_done: timedelta = KEEP_DONE) -> None:
        self._store = store
        self._keep_done = keep_done
        self._after = MessageId(0)

    async def tidy(self) -> bool:
        """Take one unit of rows away; False when nothing more is to be done for now."""
        at = self._store.wall()
        more = [
            await self._store.write(lambda c: _tidy_decided(c, at - self._keep_done)),
            await self._store.write(lambda c: self._tidy_inbox(c, at - self._keep_done)),
            await self._store.write(lambda c: _tidy(c, idempotency, at)),
            await self._store.write(lambda c: _tidy(c, token, at - KEEP_TOKENS)),
            await self._store.write(lambda c: audit_rows.tidy(c, at - KEEP_AUDIT, UNIT)),
        ]
        return any(more)

    def _tidy_inbox(self, connection: Connection, before: datetime) -> bool:
        """Delete what is over in the order of ids; what is parked for somebody is passed over.

        Decided rows are here only from before they had a place of their own.
        """
        query = select(inbox.c.id, inbox.c.state, inbox.c.workspace, inbox.c.received_at)
        page = query.where(inbox.c.id > self._after).order_by(inbox.c.id).limit(UNIT)
        rows = connection.execute(page).all()
        old = [row for row in rows if row.received_at < to_micros(before)]
        nobodys = to_micros(before - (KEEP_UNROUTED - KEEP_DONE))
        over = [
            row.id
            for row in old
            if row.state == "done" or (row.workspace is None and row.received_at < nobodys)
        ]
        connection.execute(delete(inbox).where(inbox.c.id.in_(over)))
        more = len(old) == UNIT
        # The next round begins at the start again: what was passed over may be done by then.
        self._after = MessageId(old[-1].id) if more else MessageId(0)
        return more


def _tidy_decided(connection: Connection, before: datetime) -> bool:
    """Delete the decided rows that are over: they lie below zero, the oldest first."""
    oldest = select(inbox.c.id, inbox.c.received_at).where(inbox.c.id < 0)
    rows = connection.execute(oldest.order_by(inbox.c.id).limit(UNIT)).all()
    over = [row.id for row in rows if row.received_at < to_micros(before)]
    if over:
        connection.execute(delete(inbox).where(inbox.c.id.in_(over)))
    return len(over) == UNIT


def _tidy(connection: Connection, table: Table, before: datetime) -> bool:
    key = table.primary_key.columns
    page = select(*key).where(table.c.until < to_micros(before)).limit(UNIT)
    rows = connection.execute(page).all()
    if rows:
        connection.execute(delete(table).where(tuple_(*key).in_([tuple(row) for row in rows])))
    return len(rows) == UNIT
