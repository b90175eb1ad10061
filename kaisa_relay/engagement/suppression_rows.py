"""Suppressed addresses in their table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select

from kaisa_relay.domain.engagement.ids import SuppressionId
from kaisa_relay.domain.engagement.suppression import Address, Source, Way, alike
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports.suppressions import SuppressionView
from kaisa_relay.store import Concealing
from kaisa_relay.store.engagement_table import suppression
from kaisa_relay.store.instants import from_micros, to_micros


def holds(
    connection: Connection, of: WorkspaceId, address: Address, concealing: Concealing
) -> bool:
    """Say whether somebody is not to be written to there, however their number is written."""
    way = address.way.value
    texts = [form for each in alike(address) for form in concealing.forms(of, way, each.text)]
    mine = (suppression.c.workspace == of, suppression.c.way == address.way)
    query = select(suppression.c.id).where(*mine, suppression.c.address.in_(texts))
    return connection.scalar(query) is not None


def add(connection: Connection, of: WorkspaceId, new: SuppressionView) -> SuppressionView:
    """Put an address on the list; one that is there already stays as it is."""
    row = connection.execute(select(suppression).where(*_is(of, new.address))).one_or_none()
    if row is not None:
        return _view(row)
    connection.execute(
        insert(suppression).values(
            workspace=of, id=new.id, way=new.address.way, address=new.address.text,
            source=new.source, at=to_micros(new.at),
        )
    )  # fmt: skip
    return new


def remove(connection: Connection, of: WorkspaceId, id: SuppressionId) -> bool:
    """Take an address off the list."""
    mine = (suppression.c.workspace == of, suppression.c.id == id)
    return connection.execute(delete(suppression).where(*mine)).rowcount == 1


def page(
    connection: Connection,
    of: WorkspaceId,
    address: Address | None,
    before: SuppressionId | None,
    limit: int,
) -> Sequence[SuppressionView]:
    """Return up to `limit` of the list with ids below `before`, the newest first."""
    query = select(suppression).where(suppression.c.workspace == of)
    if address is not None:
        query = query.where(*_is(of, address))
    if before is not None:
        query = query.where(suppression.c.id < before)
    rows = connection.execute(query.order_by(suppression.c.id.desc()).limit(limit))
    return [_view(row) for row in rows]


def _is(of: WorkspaceId, address: Address) -> tuple[ColumnElement[bool], ...]:
    columns = suppression.c
    return columns.workspace == of, columns.way == address.way, columns.address == address.text


def _view(row: Row[Any]) -> SuppressionView:
    at: datetime = from_micros(row.at)
    return SuppressionView(row.id, Address(Way(row.way), row.address), Source(row.source), at)
