"""An agent who is away and keeps a conversation: since when, and since when the visitor waits.

Rule 1: only while the agent is away is anything counted here; others cost a message nothing.
Rule 2: a wait begins with a word that nobody answers, and asks each colleague at most once.
"""

from datetime import datetime, timedelta

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.events import (
    AgentCameBack,
    AgentOffered,
    AgentWentAway,
    Event,
    MessageReceived,
    ReplyOverdue,
)
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.conversation.terms import AgentReason, Candidate
from kaisa_relay.domain.replacing import replace


def stand_ins(state: State) -> tuple[Candidate, ...]:
    """Return who may be asked to take over in this wait, the first to be asked first."""
    out = (state.visitor, state.agent, *state.declined, *state.asked_instead)
    may = (each for each in state.agents if each.contact not in out)
    return tuple(sorted(may, key=lambda each: each.priority))


def next_search(state: State) -> tuple[datetime, timedelta] | None:
    """Return when somebody else is looked for, and how long that is waited for; None: not at all.

    Where nobody was free it is tried again after as long as the visitor has waited by then.
    """
    began, time = state.waits_since, state.terms.first_reply_time
    if began is None:
        return None
    if state.overdue_at is None:
        return began + time, time
    if not stand_ins(state):
        return None
    waited = state.overdue_at - began
    return state.overdue_at + waited, waited


def evolve(state: State, event: Event) -> State:
    """Return the state after an event about the agent's absence; after any other the same."""
    match event:
        case AgentWentAway(at=at):
            waits = at if state.owing is Side.AGENT else None
            return replace(state, away_since=at, waits_since=waits)
        case AgentCameBack():
            return present(state)
        case ReplyOverdue(at=at):
            return replace(state, overdue_at=at)
        case _:
            return state


def asked(state: State, event: AgentOffered) -> State:
    """Remember who was asked because the agent is away."""
    if event.why is not AgentReason.AWAY:
        return state
    return replace(state, asked_instead=(*state.asked_instead, event.agent))


def heard(state: State, event: MessageReceived) -> State:
    """Somebody wrote while the agent is away: a wait begins, or is over."""
    if event.side is Side.AGENT:
        return answered(state)
    began = state.waits_since is None and event.opens_window
    return replace(state, waits_since=event.at) if began else state


def answered(state: State) -> State:
    """The visitor waits for nothing any more."""
    if state.waits_since is None:
        return state
    return replace(state, waits_since=None, overdue_at=None, asked_instead=())


def present(state: State) -> State:
    """The agent is there, or another one has it."""
    return state if state.away_since is None else replace(answered(state), away_since=None)
