"""The end: by the agent, the API, silence; and what is said to whoever writes after it.

Rule 1: both sides get a closing text where their window is open.
Rule 2: an end releases every pair, and an open offer is taken back with it.
"""

from datetime import datetime

from kaisa_relay.domain.chat_commands import Close
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.contact_events import BlockedBy, ContactBlocked
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import (
    AgentNudged,
    AlreadyEnded,
    ConversationClosed,
    End,
    EndedBy,
    OfferRescinded,
    OutcomeNamed,
    Receive,
)
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.payloads import NameOutcome, OfferAnswer, of_content
from kaisa_relay.domain.texts import TextKey


def by_agent(decision: Decision, command: Receive, typed: Close) -> None:
    """`/close [outcome] [note]`: the message itself is kept as the agent's word for it.

    Whoever gives no word is asked for one, with buttons.
    """
    take_back(decision)
    decision.add(ConversationClosed(EndedBy.AGENT, command.at, command.message))
    text = TextKey.OUTCOME_ASKED if typed.outcome is None else TextKey.CLOSED_AGENT
    decision.reply(command.contact, text)
    decision.tell(Side.VISITOR, TextKey.CLOSED_VISITOR)


def by_block(decision: Decision, command: Receive) -> None:
    """`/block`: the visitor hears what anybody hears at an end, and nothing after it."""
    state = decision.state
    take_back(decision)
    blocked = ContactBlocked(state.visitor, BlockedBy.AGENT, command.at, command.contact, state.id)
    decision.add(blocked)
    decision.add(ConversationClosed(EndedBy.BLOCKED, command.at))
    decision.reply(command.contact, TextKey.BLOCKED_AGENT, command.message)
    decision.tell(Side.VISITOR, TextKey.CLOSED_VISITOR)


def by_request(decision: Decision, command: End) -> AlreadyEnded | None:
    """Somebody outside ends it, in whatever phase it is."""
    state = decision.state
    if not state.phase.live:
        ended_at = state.ended_at
        assert ended_at is not None
        return AlreadyEnded(ended_at)
    take_back(decision)
    decision.add(ConversationClosed(command.by, command.at, requester=command.requester))
    decision.tell(Side.AGENT, TextKey.CLOSED_BY_SYSTEM_AGENT)
    decision.tell(Side.VISITOR, TextKey.CLOSED_VISITOR)
    return None


def by_silence(decision: Decision, at: datetime) -> None:
    """Nobody has written: first a nudge, then the end."""
    if not decision.state.nudged:
        decision.add(AgentNudged(at))
        decision.tell(Side.AGENT, TextKey.NUDGE_AGENT)
        return
    take_back(decision)
    decision.add(ConversationClosed(EndedBy.EXPIRED, at))
    decision.tell(Side.AGENT, TextKey.EXPIRED_AGENT)
    decision.tell(Side.VISITOR, TextKey.EXPIRED_VISITOR)


def take_back(decision: Decision) -> None:
    """Take back an open offer: it has no conversation any more, or not this one."""
    for open_offer in decision.state.open_offers:
        decision.add(OfferRescinded(open_offer.number, open_offer.agent, decision.at))


def silenced(state: State, command: Receive) -> bool:
    """Say whether its visitor was blocked when this was on its way; later ones come not so far."""
    return command.contact == state.visitor and state.reason == EndedBy.BLOCKED.value


def may_name(state: State, contact: ContactId) -> bool:
    """Say whether this is the last agent, who may say how it ended; the latest word counts."""
    return state.phase is Phase.CLOSED and contact == state.agent


def afterwards(decision: Decision, command: Receive) -> None:
    """Somebody wrote to a conversation that is over."""
    state, tapped = decision.state, of_content(command.content)
    named = isinstance(tapped, NameOutcome) and tapped.conversation == state.id
    if named and may_name(state, command.contact):
        decision.add(OutcomeNamed(command.message, command.at))
        text = TextKey.OUTCOME_NOTED
    elif isinstance(tapped, OfferAnswer):
        text = TextKey.OFFER_TAKEN
    elif command.contact == state.visitor:
        text = TextKey.OUT_OF_SESSION_VISITOR
    else:
        text = TextKey.NO_CONVERSATION_AGENT
    decision.reply(command.contact, text, command.message)
