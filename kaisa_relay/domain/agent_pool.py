"""Which agent is asked next: who is free on the channel, and in which order.

Rule 1: on one channel an agent is in at most one live conversation, in whatever role.
Rule 2: who said no is not asked again; who missed an offer is asked once more, from the queue;
whom an offer did not reach is asked from the queue now and then, as what was in the way may go.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from attrs import frozen

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import Candidate, Strategy
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.ids import ChannelId, ContactId
from kaisa_relay.domain.presence import Agent
from kaisa_relay.domain.replacing import replace
from kaisa_relay.domain.routing import Pair

MOST_MISSES: Final = 2
"""How often somebody may miss an offer of one conversation: the second time from the queue."""

UNREACHED_AGAIN: Final = timedelta(minutes=1)
"""How long an agent is left alone after an offer that Meta would not take for them."""


@frozen
class Standing:
    """How an agent stands: live conversations on all channels, and since when without one."""

    live: int = 0
    idle_since: datetime | None = None


def askable(state: State, at: datetime) -> tuple[Candidate, ...]:
    """Return the agents who may (still) be asked at this instant, in the order of the form.

    An agent who used the link themselves is the visitor, and is not asked to answer themselves.
    Who had it before its end comes first when it goes on, whatever the priorities.
    """
    before = state.former if state.former not in state.missed else None
    first = min(agent.priority for agent in state.agents) - 1
    misses = MOST_MISSES if state.queued_until is not None else 1
    return tuple(
        replace(agent, priority=first) if agent.contact == before else agent
        for agent in state.agents
        if agent.contact != state.visitor
        and agent.contact not in state.declined
        and state.missed.count(agent.contact) < misses
        and _reachable(state, agent.contact, at)
    )


def _reachable(state: State, agent: ContactId, at: datetime) -> bool:
    failed_at = dict(state.unreached).get(agent)
    if failed_at is None:
        return True
    return state.queued_until is not None and failed_at + UNREACHED_AGAIN <= at


def reason(state: State, agent: ContactId, *, known: bool) -> AgentReason:
    """Say why it is this agent; `known` is who spoke to the visitor last, where that counts."""
    if agent == state.former and agent not in state.missed:
        return AgentReason.FORMER
    if state.strategy is Strategy.STICKY and not known:
        return AgentReason.LISTED
    return AgentReason(state.strategy.value)


def others(state: State) -> tuple[Candidate, ...]:
    """Return who could still have it in place of the agent, when the queue has come to them."""
    return tuple(
        agent
        for agent in state.agents
        if agent.contact not in (state.visitor, state.agent, *state.declined)
        and state.missed.count(agent.contact) < MOST_MISSES
    )


def choose_agent(
    strategy: Strategy,
    candidates: Sequence[Candidate],
    standings: Mapping[ContactId, Standing],
    last: ContactId | None = None,
) -> Candidate | None:
    """Choose among candidates who are all free; priority comes first, then the strategy.

    With `sticky` whoever spoke to the visitor `last` comes before any priority.
    """
    if not candidates:
        return None
    known = [agent for agent in candidates if agent.contact == last]
    if strategy is Strategy.STICKY and known:
        return known[0]
    first = min(agent.priority for agent in candidates)
    equals = [agent for agent in candidates if agent.priority == first]

    def rank(agent: Candidate) -> tuple[float, float]:
        standing = standings.get(agent.contact, Standing())
        idle = standing.idle_since.timestamp() if standing.idle_since else 0.0
        match strategy:
            case Strategy.LISTED | Strategy.STICKY | Strategy.BROADCAST:
                return (0.0, 0.0)
            case Strategy.LONGEST_IDLE:
                return (min(standing.live, 1), idle)
            case Strategy.LEAST_BUSY:
                return (standing.live, idle)
            case _:
                assert_never(strategy)

    return min(equals, key=rank)


def choose_agents(
    wanted: int, candidates: Sequence[Candidate], standings: Mapping[ContactId, Standing]
) -> tuple[Candidate, ...]:
    """Choose whom a broadcast asks: the first so many, by priority and in the order of the form."""
    chosen: list[Candidate] = []
    while len(chosen) < wanted:
        rest = [agent for agent in candidates if agent not in chosen]
        best = choose_agent(Strategy.BROADCAST, rest, standings)
        if best is None:
            break
        chosen.append(best)
    return tuple(chosen)


def held_on(pairs: Iterable[Pair], agent: ContactId) -> frozenset[ChannelId]:
    """Return the channels on which an agent has a conversation, or is asked to take one."""
    return frozenset(
        pair.channel
        for pair in pairs
        if pair.contact == agent and pair.conversation is not None and pair.role is Side.AGENT
    )


def has_room(agent: Agent, elsewhere: int) -> bool:
    """Say whether an agent can be asked who has conversations on so many other channels."""
    return agent.capacity is None or elsewhere < agent.capacity
