"""A conversation and the agent pool: what it asks for, and what the answers command."""

from datetime import datetime
from typing import assert_never

from kaisa_relay.actors.messages import (
    AgentProposed,
    AgentsProposed,
    AgentWanted,
    AgentWrote,
    NoAgentFree,
    NotNeeded,
    VisitorGone,
)
from kaisa_relay.domain.agent_pool import askable
from kaisa_relay.domain.conversation.messages import (
    Abandon,
    Command,
    End,
    EndedBy,
    NobodyFree,
    OpenWindow,
    ProposeAgent,
    ProposeAgents,
)
from kaisa_relay.domain.conversation.state import State


def wanted(state: State, at: datetime) -> AgentWanted:
    """Return what a conversation asks of the pool."""
    candidates = askable(state, at)
    return AgentWanted(
        state.id,
        state.channel,
        state.visitor,
        candidates,
        state.strategy,
        state.at_once,
        state.opens_at is not None,
    )


def asks_anew(before: State, after: State, at: datetime) -> bool:
    """Say whether the pool should hear at once: an offer ended, or others may be asked now."""
    return not before.wants_agent or askable(after, at) != askable(before, at)


Fact = AgentProposed | AgentsProposed | NoAgentFree | AgentWrote | NotNeeded | VisitorGone
"""What other actors tell a conversation, in a word."""


def command_of(message: Fact, at: datetime) -> Command:
    """Return what a message from another actor asks of a conversation."""
    match message:
        case AgentProposed():
            return _proposal(message, at)
        case AgentsProposed(proposals):
            return ProposeAgents(tuple(_proposal(each, at) for each in proposals), at)
        case NoAgentFree(opens_at):
            return NobodyFree(at, opens_at)
        case AgentWrote(agent, sent_at):
            return OpenWindow(agent, sent_at, at)
        case NotNeeded(instead):
            return Abandon(instead, at)
        case VisitorGone():
            return End(EndedBy.BLOCKED, at)
        case _:
            assert_never(message)


def _proposal(message: AgentProposed, at: datetime) -> ProposeAgent:
    return ProposeAgent(message.agent, message.window_open, at, message.among, message.known)
