"""Agents as the API shows them, read from the tables."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import AgentView, PersonView
from kaisa_relay.ports.views import AgentChannel
from kaisa_relay.store.agent_table import agent, read_agent
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.tables import contact, pair


def page(
    connection: Connection, workspace: WorkspaceId, after: ContactId | None, limit: int
) -> Sequence[AgentView]:
    """Return a page of agents, by id."""
    known = and_(contact.c.workspace == agent.c.workspace, contact.c.id == agent.c.contact)
    query = (
        select(agent, contact.c.name, contact.c.phone)
        .outerjoin(contact, known)
        .where(agent.c.workspace == workspace, agent.c.contact > (after or 0))
        .order_by(agent.c.contact)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    found = _channels(connection, workspace, [ContactId(row.contact) for row in rows])
    return [_view(row, found.get(ContactId(row.contact), ())) for row in rows]


def _view(row: Any, pairs: Sequence[Any]) -> AgentView:
    contact = ContactId(row.contact)
    busy = [each for each in pairs if each.conversation is not None]
    return AgentView(
        read_agent(row),
        PersonView(contact, row.name, Phone(row.phone) if row.phone else None),
        sum(each.role == Side.AGENT.value for each in busy),
        tuple(
            AgentChannel(ChannelId(each.channel), from_micros(each.inbound_at), _held(each))
            for each in pairs
        ),
    )


def _held(row: Any) -> ConversationId | None:
    return ConversationId(row.conversation) if row.conversation is not None else None


def _channels(
    connection: Connection, workspace: WorkspaceId, contacts: Sequence[ContactId]
) -> dict[ContactId, list[Any]]:
    table = pair.c
    query = (
        select(table.contact, table.channel, table.conversation, table.role, table.inbound_at)
        .where(table.workspace == workspace, table.contact.in_(contacts))
        .where(or_(table.conversation.is_not(None), table.inbound_at.is_not(None)))
        .order_by(table.contact, table.channel)
    )
    found: dict[ContactId, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        found[ContactId(row.contact)].append(row)
    return found
