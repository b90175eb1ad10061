"""Agents as their rows have them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.domain.presence import Agent
from kaisa_relay.store.agent_table import agent, read_agent
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.tables import ACCEPTED, conversation


def agents(
    connection: Connection, workspace: WorkspaceId, contacts: Sequence[ContactId]
) -> dict[ContactId, Agent]:
    """Return the rows of those contacts that are known as agents."""
    table = agent.c
    query = select(agent).where(table.workspace == workspace, table.contact.in_(contacts))
    return {ContactId(row.contact): read_agent(row) for row in connection.execute(query)}


def pauses(connection: Connection, workspace: WorkspaceId) -> list[tuple[datetime, ContactId]]:
    """Return who is paused, and until when, the earliest first."""
    table = agent.c
    query = (
        select(table.paused_until, table.contact)
        .where(table.workspace == workspace, table.paused_until.is_not(None))
        .order_by(table.paused_until, table.contact)
    )
    return [(from_micros(until), ContactId(who)) for until, who in connection.execute(query)]


def last_agent(
    connection: Connection, workspace: WorkspaceId, visitor: ContactId
) -> ContactId | None:
    """Return the agent of the visitor's latest conversation that had one."""
    table = conversation.c
    query = (
        select(table.agent)
        .where(ACCEPTED, table.workspace == workspace, table.visitor == visitor)
        .order_by(table.id.desc())
        .limit(1)
    )
    found = connection.scalar(query)
    return None if found is None else ContactId(found)
