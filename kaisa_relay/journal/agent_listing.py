"""Agents as the API shows them, read from the tables."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, select

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import AgentView, PersonView
from kaisa_relay.store.agent_table import agent, read_agent
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
    loads = _loads(connection, workspace, [ContactId(row.contact) for row in rows])
    return [
        AgentView(
            read_agent(row),
            PersonView(ContactId(row.contact), row.name, Phone(row.phone) if row.phone else None),
            loads.get(ContactId(row.contact), 0),
        )
        for row in rows
    ]


def _loads(
    connection: Connection, workspace: WorkspaceId, contacts: Sequence[ContactId]
) -> dict[ContactId, int]:
    query = (
        select(pair.c.contact, func.count())
        .where(
            pair.c.workspace == workspace,
            pair.c.contact.in_(contacts),
            pair.c.conversation.is_not(None),
            pair.c.role == Side.AGENT.value,
        )
        .group_by(pair.c.contact)
    )
    return {ContactId(who): load for who, load in connection.execute(query)}
