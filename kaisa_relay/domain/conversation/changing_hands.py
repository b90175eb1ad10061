"""Whose phone is the agent's: what is known of the one before counts no more for the next.

Rule 1: every message that did not reach one agent waits for the next, in its order.
"""

from typing import Final

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.absence import present
from kaisa_relay.domain.conversation.keeping import missed
from kaisa_relay.domain.conversation.messages import (
    AgentLost,
    ConversationMoved,
    ConversationRecovered,
    ConversationResumed,
    ConversationTransferred,
)
from kaisa_relay.domain.conversation.state import Hand, Phase, State
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.replacing import replace

RECENT: Final = 32
"""How many message ids are remembered to know a repeat; the inbox row knows the older ones."""


def taken_over(state: State, event: ConversationTransferred) -> State:
    """Another phone answers from here on: what is known of the first one's counts no more."""
    at = event.at
    unsure = tuple(each for each in state.unconfirmed if each[1] is Side.VISITOR)
    return replace(
        opened(knowing(present(state), event.answer), Side.AGENT),
        offer=None,
        rivals=(),
        agent=event.agent,
        former=event.before,
        hands=in_hands_of(state, event.agent, event.answer),
        unanswered_since=at,
        reminded_at=None,
        accepted_at=at,
        last_message_at=at,
        agent_wrote_at=at,
        nudged=False,
        unconfirmed=unsure,
    )


def lost(state: State, event: AgentLost) -> State:
    """What had not reached the agent waits for the next one."""
    held = [message for message, to in state.held if to is Side.AGENT]
    return replace(
        opened(present(state), Side.AGENT),
        phase=Phase.SEEKING,
        agent=None,
        former=event.agent,
        accepted_at=None,
        unanswered_since=None,
        reminded_at=None,
        nudged=False,
        searching_since=event.at,
        missed=missed(state.missed, event.agent),
        waiting=in_order(state.waiting, *held),
        held=tuple(pair for pair in state.held if pair[1] is Side.VISITOR),
        unconfirmed=tuple(pair for pair in state.unconfirmed if pair[1] is Side.VISITOR),
    )


def resumed(state: State, event: ConversationResumed | ConversationRecovered) -> State:
    """A new search, in which nobody has said no yet; what had not reached the agent waits."""
    held = [message for message, to in state.held if to is Side.AGENT]
    return replace(
        opened(opened(present(state), Side.AGENT), Side.VISITOR),
        phase=Phase.SEEKING,
        agent=None,
        former=state.agent if state.agent is not None else state.former,
        started_at=state.started_at or event.at,
        accepted_at=None,
        searching_since=event.at,
        queued_until=None,
        declined=(),
        missed=(),
        last_message_at=event.at,
        visitor_wrote_at=event.sent_at or event.at,
        unanswered_since=None,
        reminded_at=None,
        nudged=False,
        moved=None,
        moved_before=(),
        waiting=in_order(state.waiting, *held),
        held=tuple(pair for pair in state.held if pair[1] is Side.VISITOR),
        unconfirmed=tuple(pair for pair in state.unconfirmed if pair[1] is Side.VISITOR),
        ended_at=None,
        reason=None,
        outcome=None,
        recovering=None,
    )


def in_order(waiting: tuple[MessageId, ...], *more: MessageId) -> tuple[MessageId, ...]:
    """Return messages by id, which is the order in which they came."""
    return tuple(sorted({*waiting, *more}))


def opened(state: State, side: Side) -> State:
    """A window is open: nothing that was said of its closing holds any more."""
    return replace(
        state,
        warned=tuple(each for each in state.warned if each is not side),
        shut=tuple(each for each in state.shut if each is not side),
        reopening=tuple(each for each in state.reopening if each[0] is not side),
    )


def moved(state: State, event: ConversationMoved) -> State:
    """On another number both windows are others, and nobody has been asked to open them."""
    return replace(
        state,
        channel=event.channel,
        visitor_wrote_at=event.visitor_wrote_at,
        agent_wrote_at=event.agent_wrote_at,
        warned=(),
        shut=(),
        reopening=(),
        hands=tuple(Hand(each.agent, each.since) for each in state.hands),
    )


def in_hands_of(state: State, agent: ContactId, answer: MessageId | None) -> tuple[Hand, ...]:
    """Return through whose hands it went once this agent took it; old events have no `answer`."""
    if answer is None:
        return ()
    earlier = state.hands
    if earlier:
        last = Hand(earlier[-1].agent, earlier[-1].since, state.agent_wrote_at)
        earlier = (*earlier[1 - RECENT : -1], last)
    return (*earlier, Hand(agent, answer))


def knowing(state: State, message: MessageId | None) -> State:
    """Remember a message that was decided, so that a repeat of it is known."""
    if message is None or message in state.recent:
        return state
    return replace(state, recent=recent(state, message))


def recent(state: State, message: MessageId) -> tuple[MessageId, ...]:
    """Return the messages of late with this one among them."""
    known = message in state.recent
    return state.recent if known else (*state.recent[1 - RECENT :], message)
