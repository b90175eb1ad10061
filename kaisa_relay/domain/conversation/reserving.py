"""A reservation: from the form to the first message, or to nobody ever coming.

Rule 1: a reservation holds the visitor's pair; the agent is only noted, and asked later.
Rule 2: the channel is the one where the best agent is free, then the least loaded; one that is
limited or down is the last choice.
"""

from datetime import datetime
from typing import Final

from attrs import frozen

from kaisa_relay.domain import agent_pool
from kaisa_relay.domain.channel_health import Burden
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import offering, relaying
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import (
    AbandonReason,
    BusySide,
    Candidate,
    ConversationAbandoned,
    ConversationCreated,
    ConversationStarted,
    IdentityChanged,
    IdentityMismatched,
    MatchedBy,
    NoPairFree,
    NoteIdentity,
    Receive,
    Strategy,
    Terms,
)
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.conversation.terms import ChannelReason
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.texts import TextKey


@frozen
class ChannelFacts:
    """One channel as the reservation sees it: its load, its health, and who is free on it."""

    channel: ChannelId
    load: int
    visitor_free: bool
    free_agents: frozenset[ContactId]
    burden: Burden = Burden.NONE


@frozen
class Reserve:
    """A form was filled in; `free_at` is when the first taken pair may become free, if known."""

    workspace: WorkspaceId
    conversation: ConversationId
    visitor: ContactId
    language: str
    agents: tuple[Candidate, ...]
    strategy: Strategy
    terms: Terms
    channels: tuple[ChannelFacts, ...]
    free_at: datetime | None
    at: datetime
    at_once: int = 1


_Choice = tuple[Burden, int, int, ChannelFacts, Candidate]
_REASONS: Final = (
    ChannelReason.HEALTH,
    ChannelReason.AGENT,
    ChannelReason.AGENT,
    ChannelReason.HEALTH,
    ChannelReason.LOAD,
    ChannelReason.FIRST,
)
"""Of what each part of `_order` speaks."""


def reserve(command: Reserve) -> ConversationCreated | NoPairFree:
    """Choose a channel and an agent, or say which side is in use everywhere."""
    choices = [
        (_last_choice(facts), agent.priority, command.agents.index(agent), facts, agent)
        for facts in command.channels
        if facts.visitor_free and (agent := _first_free(command, facts))
    ]
    best, *others = sorted(choices, key=_order) or (None,)
    if best is None:
        return NoPairFree(_busy_side(command.channels), command.free_at)
    *_, facts, agent = best
    return ConversationCreated(
        workspace=command.workspace,
        conversation=command.conversation,
        channel=facts.channel,
        visitor=command.visitor,
        language=command.language,
        agents=command.agents,
        chosen=agent.contact,
        strategy=command.strategy,
        terms=command.terms,
        at=command.at,
        at_once=command.at_once,
        why=_why(best, others[0]) if others else ChannelReason.ONLY,
        among=len(choices),
    )


def _why(best: _Choice, next_best: _Choice) -> ChannelReason:
    """Return the first thing in which they differ, as `_order` compares them."""
    pairs = zip(_REASONS, _order(best), _order(next_best), strict=True)
    return next(reason for reason, ours, theirs in pairs if ours != theirs)


def _last_choice(facts: ChannelFacts) -> Burden:
    """Return what speaks against a channel more than an agent who is worse off does."""
    return facts.burden if facts.burden >= Burden.LIMITED else Burden.NONE


def _order(choice: _Choice) -> tuple[int, ...]:
    *first, facts, _ = choice
    return (*first, facts.burden, facts.load, facts.channel)


def _first_free(command: Reserve, facts: ChannelFacts) -> Candidate | None:
    free = [agent for agent in command.agents if agent.contact in facts.free_agents]
    return agent_pool.choose_agent(Strategy.LISTED, free, {})


def _busy_side(channels: tuple[ChannelFacts, ...]) -> BusySide:
    if not any(facts.visitor_free for facts in channels):
        return BusySide.VISITOR
    if not any(facts.free_agents for facts in channels):
        return BusySide.AGENTS
    return BusySide.CHANNELS


def may_start(state: State, command: Receive) -> bool:
    """Say whether this is the visitor: a button of ours names a conversation and proves nothing."""
    return command.contact == state.visitor or command.matched_by is MatchedBy.TOKEN


def used(decision: Decision, command: Receive) -> None:
    """Somebody used the link when another had just used it."""
    decision.reply(command.contact, TextKey.LINK_USED, command.message)


def start(decision: Decision, command: Receive) -> None:
    """The visitor's first message: bind them, tell them that we look for an agent."""
    expected = decision.state.visitor
    if command.mismatched:
        decision.add(IdentityMismatched(expected, command.contact, command.at))
    begin(decision, command)


def begin(decision: Decision, command: Receive) -> None:
    """Note the first message, and say that we look for an agent."""
    started = ConversationStarted(command.contact, command.matched_by, command.at, command.sent_at)
    decision.add(started)
    if not command.untouched:
        hold(decision, command)
    if command.opens_at is None:
        decision.reply(command.contact, TextKey.SEEKING, command.message)
    else:
        offering.queue(decision, command.opens_at)


def hold(decision: Decision, command: Receive) -> None:
    """Keep a visitor's message until there is an agent, or say that it cannot be passed on."""
    relaying.note(decision, command, Side.VISITOR, held=True)


def lapse(decision: Decision, reason: AbandonReason) -> None:
    """Nobody came, or they came by another link."""
    decision.add(ConversationAbandoned(reason, decision.at))


def note_identity(decision: Decision, command: NoteIdentity) -> None:
    """Say that somebody in a live conversation is reached or recognised in another way."""
    state, contact = decision.state, command.contact
    if not state.phase.live:
        return
    if contact == state.visitor:
        decision.add(IdentityChanged(contact, Side.VISITOR, command.shift, command.at))
    elif contact == state.agent or state.offer_to(contact) is not None:
        decision.add(IdentityChanged(contact, Side.AGENT, command.shift, command.at))
