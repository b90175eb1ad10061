"""New inbox rows, many callers' in one transaction; the unique key drops repeats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import define
from sqlalchemy import Connection

from kaisa_relay.domain.ids import MessageId
from kaisa_relay.journal.tail import Tail
from kaisa_relay.journal.writes import Row
from kaisa_relay.ports import InboxItem, NewItem
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros
from kaisa_relay.store.operation import Operation


@define
class Arrival:
    """The rows of one call, each with its id."""

    rows: Sequence[tuple[MessageId, NewItem]]
    at: datetime


@define
class Arrived:
    """How many rows of a call were new, and what of them is handed on."""

    new: int
    items: Sequence[InboxItem]


class Arriving(Operation[Arrival, Arrived]):
    """Stores inbox rows. Needs no fence: whoever owns the workspace will find them."""

    def __init__(self, items: Tail[InboxItem]) -> None:
        self._items = items

    def run(
        self, connection: Connection, units: Sequence[Arrival], alone: bool
    ) -> Sequence[Arrived | Exception]:
        """Store the rows and find out which of them were new."""
        rows = [(id, new, unit.at) for unit in units for id, new in unit.rows]
        ids = {row[0] for row in rows}
        if store_rows(connection, rows) != len(rows):
            ids = {id for (id,) in _FOUND.fetch(connection, [(id,) for id in ids])}
        return [_arrived(unit, ids) for unit in units]

    def committed(self, answers: Sequence[Arrived]) -> None:
        """Hand the items on."""
        self._items.tell([item for answer in answers for item in answer.items])


def store_rows(connection: Connection, rows: Sequence[tuple[MessageId, NewItem, datetime]]) -> int:
    """Write inbox rows, each with its id and instant; returns how many were new."""
    return _STORE.run(connection, [_row(*row) for row in rows])


def _arrived(unit: Arrival, ids: set[MessageId]) -> Arrived:
    new = [(id, row) for id, row in unit.rows if id in ids]
    items = [
        InboxItem(id, row.workspace, row.channel, row.item, unit.at)
        for id, row in new
        if row.workspace is not None and row.channel is not None and row.item is not None
    ]
    return Arrived(len(new), items)


def _row(id: MessageId, new: NewItem, at: datetime) -> Row:
    state = "parked" if new.workspace is None else "new"
    where = (new.workspace, new.channel, new.kind.value, new.dedup)
    return (id, *where, new.body, to_micros(at), state, new.reason)


_STORE: Final = Bulk(
    """insert into inbox (id, workspace, channel, kind, dedup, body, received_at, state, reason)
    select v.id, v.workspace, v.channel, v.kind, v.dedup, v.body, v.received_at, v.state, v.reason
    from {rows} where true on conflict (channel, dedup) do nothing""",
    id=int,
    workspace=int,
    channel=int,
    kind=str,
    dedup=str,
    body=bytes,
    received_at=int,
    state=str,
    reason=str,
)

_FOUND: Final = Bulk(
    "select inbox.id from {rows} cross join inbox where inbox.id = v.id",
    id=int,
)
