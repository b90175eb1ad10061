"""A visitor who waits for an agent that is away: a colleague is asked to take over.

Rule 1: it is a transfer: whoever has the conversation keeps it until somebody accepts.
Rule 2: a word of the agent's takes the question back; the visitor hears of a new agent only.
"""

from typing import assert_never

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import ending, offering, transferring
from kaisa_relay.domain.conversation.absence import stand_ins
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.events import AgentCameBack, AgentWentAway, ReplyOverdue
from kaisa_relay.domain.conversation.orders import Handover
from kaisa_relay.domain.conversation.presence import AgentBack, AgentGone
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.replacing import replace
from kaisa_relay.domain.texts import TextKey


def hear(decision: Decision, command: AgentGone | AgentBack) -> None:
    """An agent goes, or is back: an offer of theirs is declined, a conversation stays with them."""
    state, agent = decision.state, command.agent
    has_it = state.phase is Phase.ACTIVE and state.agent == agent
    match command:
        case AgentGone():
            offering.leave(decision, command)
            if has_it and state.away_since is None:
                decision.add(AgentWentAway(agent, command.at))
        case AgentBack():
            if has_it and state.away_since is not None:
                decision.add(AgentCameBack(agent, command.at))
        case _:
            assert_never(command)


def look(decision: Decision, handover: Handover | None) -> None:
    """The visitor has waited long enough: ask the next colleague who is free."""
    state, known = decision.state, handover or transferring.NOBODY
    agent, may = state.agent, stand_ins(state)
    assert agent is not None
    decision.add(ReplyOverdue(agent, decision.at))
    free = [each.contact for each in may if each.contact in known.free]
    if free:
        transferring.offer(decision, free[0], replace(known, away=True), None)
        if not state.asked_instead:
            decision.tell(Side.AGENT, TextKey.AWAY_ASKED, who=free[0])
    elif not may or (state.overdue_at is None and not state.asked_instead):
        decision.tell(Side.AGENT, TextKey.AWAY_WAITING)


def take_back(decision: Decision) -> None:
    """The agent has answered after all."""
    asked = decision.state.offer
    if asked is not None and asked.stand_in:
        ending.take_back(decision)
