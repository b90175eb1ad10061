"""A conversation and the agent pool: what it asks for, and what the answers command."""

from datetime import datetime
from typing import assert_never

from kaisa_relay.actors.messages import (
    AgentLeft,
    AgentProposed,
    AgentWanted,
    NoAgentFree,
    NotNeeded,
)
from kaisa_relay.domain.agent_pool import askable
from kaisa_relay.domain.conversation.messages import (
    Abandon,
    AgentGone,
    Command,
    NobodyFree,
    ProposeAgent,
)
from kaisa_relay.domain.conversation.state import State


def wanted(state: State) -> AgentWanted:
    """Return what a conversation asks of the pool."""
    return AgentWanted(state.id, state.channel, askable(state), state.strategy)


def command_of(
    message: AgentProposed | NoAgentFree | AgentLeft | NotNeeded, at: datetime
) -> Command:
    """Return what a message from another actor asks of a conversation."""
    match message:
        case AgentProposed(agent, window_open):
            return ProposeAgent(agent, window_open, at)
        case NoAgentFree():
            return NobodyFree(at)
        case AgentLeft(agent):
            return AgentGone(agent, at)
        case NotNeeded(instead):
            return Abandon(instead, at)
        case _:
            assert_never(message)
