"""Agents and hours in the tables: executed inside a transaction of the store's.

Rule 1: what agents say of themselves (presence) is written by the actors and only shown here.
"""

from typing import Any

from attrs import evolve
from sqlalchemy import Connection, Row, Select, and_, func, insert, select, update

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.agents import AddAgent, AgentFacts, Agents, SetAgent, SetHours
from kaisa_relay.accounts.commands import Why, WorkspaceFacts
from kaisa_relay.accounts.facts import workspace_facts
from kaisa_relay.accounts.listing import find_workspace
from kaisa_relay.accounts.refusal import Refusal, require_valid
from kaisa_relay.accounts.validation import (
    agent_problems,
    hours_problems,
    language_problems,
    name_problems,
)
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.ids import CONTACT, WorkspaceId, to_text
from kaisa_relay.domain.phone import BadPhone, Phone, candidates, parse
from kaisa_relay.store import tables
from kaisa_relay.store.agent_table import agent
from kaisa_relay.store.identities import phone_key
from kaisa_relay.store.instants import from_micros


def set_hours(command: SetHours, connection: Connection) -> WorkspaceFacts:
    """Set a workspace's business hours."""
    require_valid(hours_problems(command.hours))
    rows.version(connection, lock=True)
    row = find_workspace(connection, command.workspace)
    row = evolve(row, settings=evolve(row.settings, hours=command.hours))
    rows.set_workspace(connection, row)
    return workspace_facts(row)


def list_agents(workspace: str, connection: Connection) -> Agents:
    """Return the agents of a workspace."""
    found = find_workspace(connection, workspace)
    rows = connection.execute(_agents(found.id).order_by(agent.c.contact))
    return Agents(tuple(map(_facts, rows)))


def add_agent(command: AddAgent, id: int, connection: Connection) -> AgentFacts:
    """Make an agent known; somebody known by this number already becomes an agent."""
    require_valid((*name_problems(command.name), *language_problems(command.language)))
    phone = _phone(command.number)
    rows.version(connection, lock=True)
    workspace = find_workspace(connection, command.workspace)
    contact = _contact(connection, workspace.id, phone)
    if contact is None:
        contact, language = id, command.language or workspace.settings.language
        _add_contact(connection, workspace.id, (contact, command.name, language), phone)
    if _known(connection, workspace.id, contact):
        raise Refusal(Why.DUPLICATE, "this number is an agent already")
    values = {"presence": "available", "missed": 0, "version": 0, "on_call": False}
    connection.execute(insert(agent).values(workspace=workspace.id, contact=contact, **values))
    return _one(connection, workspace.id, contact)


def set_agent(command: SetAgent, connection: Connection) -> AgentFacts:
    """Change what an agent may do; the pool goes by it from the next offer on."""
    require_valid(agent_problems(command))
    phone = _phone(command.number)
    workspace = find_workspace(connection, command.workspace)
    contact = _contact(connection, workspace.id, phone)
    if contact is None or not _known(connection, workspace.id, contact):
        raise Refusal(Why.UNKNOWN, "this number is no agent: see kaisa-relay agent list")
    mine = (agent.c.workspace == workspace.id, agent.c.contact == contact)
    values = _values(command)
    if values:
        connection.execute(update(agent).where(*mine).values(**values))
    return _one(connection, workspace.id, contact)


def _values(command: SetAgent) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if command.capacity is not None:
        values["capacity"] = command.capacity or None
    if command.schedule is not None:
        values["schedule"] = command.schedule or None
    if command.on_call is not None:
        values["on_call"] = command.on_call
    return values


def _phone(number: str) -> Phone:
    parsed = parse(number, None)
    if isinstance(parsed, BadPhone):
        raise Refusal(Why.INVALID, parsed.reason)
    return parsed


def _contact(connection: Connection, workspace: WorkspaceId, phone: Phone) -> int | None:
    identity = tables.identity.c
    keys = [phone_key(each) for each in candidates(phone)]
    query = select(identity.contact).where(
        identity.workspace == workspace,
        identity.portfolio == keys[0][0],
        identity.kind == keys[0][1],
        identity.value.in_([key[2] for key in keys]),
    )
    return connection.scalars(query.order_by(identity.contact)).first()


def _known(connection: Connection, workspace: WorkspaceId, contact: int) -> bool:
    mine = (agent.c.workspace == workspace, agent.c.contact == contact)
    return connection.scalar(select(agent.c.contact).where(*mine)) is not None


def _add_contact(
    connection: Connection, workspace: WorkspaceId, person: tuple[int, str, str], phone: Phone
) -> None:
    id, name, language = person
    values = {"id": id, "name": name, "language": language, "phone": phone}
    connection.execute(insert(tables.contact).values(workspace=workspace, **values))
    for portfolio, kind, value in dict.fromkeys(map(phone_key, candidates(phone))):
        key = {"portfolio": portfolio, "kind": kind, "value": value, "contact": id}
        connection.execute(insert(tables.identity).values(workspace=workspace, **key))


def _one(connection: Connection, workspace: WorkspaceId, contact: int) -> AgentFacts:
    return _facts(connection.execute(_agents(workspace).where(agent.c.contact == contact)).one())


def _agents(workspace: WorkspaceId) -> Select[Any]:
    contact, pair = tables.contact, tables.pair
    load = (
        select(func.count())
        .where(
            pair.c.workspace == agent.c.workspace,
            pair.c.contact == agent.c.contact,
            pair.c.conversation.is_not(None),
            pair.c.role == Side.AGENT.value,
        )
        .scalar_subquery()
    )
    known = and_(contact.c.workspace == agent.c.workspace, contact.c.id == agent.c.contact)
    query = select(agent, contact.c.name, contact.c.phone, load.label("load"))
    return query.outerjoin(contact, known).where(agent.c.workspace == workspace)


def _facts(row: Row[Any]) -> AgentFacts:
    return AgentFacts(
        id=to_text(CONTACT, row.contact),
        name=row.name or "",
        number=row.phone,
        presence=row.presence,
        paused_until=from_micros(row.paused_until),
        missed=row.missed,
        load=row.load,
        capacity=row.capacity,
        schedule=row.schedule,
        on_call=row.on_call,
        invited_at=from_micros(row.invited_at),
        opted_in_at=from_micros(row.opted_in_at),
    )
