"""The block list as the API shows it, read from the tables."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select

from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.ids import ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import BlockView, PersonView
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.tables import block, contact


def page(
    connection: Connection, workspace: WorkspaceId, after: ContactId | None, limit: int
) -> Sequence[BlockView]:
    """Return a page of the list, by contact."""
    query = _listed(workspace).where(block.c.contact > (after or 0)).order_by(block.c.contact)
    return [_view(row) for row in connection.execute(query.limit(limit))]


def one(connection: Connection, workspace: WorkspaceId, id: ContactId) -> BlockView | None:
    """Return one of the list."""
    row = connection.execute(_listed(workspace).where(block.c.contact == id)).one_or_none()
    return None if row is None else _view(row)


def _listed(workspace: WorkspaceId) -> Select[Any]:
    known = and_(contact.c.workspace == block.c.workspace, contact.c.id == block.c.contact)
    query = select(block, contact.c.name, contact.c.phone).outerjoin(contact, known)
    return query.where(block.c.workspace == workspace)


def _view(row: Row[Any]) -> BlockView:
    phone = Phone(row.phone) if row.phone else None
    return BlockView(
        person=PersonView(ContactId(row.contact), row.name, phone),
        by=BlockedBy(row.by),
        at=from_micros(row.at),
        agent=None if row.agent is None else ContactId(row.agent),
        conversation=None if row.conversation is None else ConversationId(row.conversation),
    )
