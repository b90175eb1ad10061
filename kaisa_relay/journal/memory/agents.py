"""What changes do to the rows of agents, in memory."""

from typing import assert_never

from attrs import evolve as replace

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.domain.presence import Agent
from kaisa_relay.journal.memory.rows import Transaction
from kaisa_relay.ports.agents import AgentChange, CountMiss, KnowAgent, SavePresence


def change_agent(tx: Transaction, workspace: WorkspaceId, change: AgentChange) -> None:
    """Write one change."""
    contact = change.agent.contact if isinstance(change, SavePresence) else change.contact
    key = (workspace, contact)
    known = tx.rows.agents.get(key)
    agent = known or Agent(contact)
    match change:
        case KnowAgent():
            room = agent.capacity if change.capacity is None else change.capacity
            tx.put(tx.rows.agents, key, replace(agent, capacity=room))
        case SavePresence(agent=now):
            # What an operator set, and what was missed, is not the stream's, and stays.
            saved = replace(now, missed=agent.missed, capacity=agent.capacity)
            saved = replace(saved, schedule=agent.schedule)
            tx.put(tx.rows.agents, key, replace(saved, on_call=agent.on_call))
        case CountMiss(missed=True):
            tx.put(tx.rows.agents, key, replace(agent, missed=agent.missed + 1))
        case CountMiss():
            if known is not None:
                tx.put(tx.rows.agents, key, replace(known, missed=0))
        case _:
            assert_never(change)
