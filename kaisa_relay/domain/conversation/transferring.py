"""Handing a conversation over: an offer too, and the old agent keeps it until somebody accepts.

Rule 1: whoever is asked has their pair from the offer on, as in every search.
Rule 2: the old agent hears what became of it; the visitor hears of the new agent only.
"""

from typing import Final

from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import windows
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import (
    AgentOffered,
    ConversationTransferred,
    Handover,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    Receive,
)
from kaisa_relay.domain.conversation.state import Offer, State
from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.requester import Requester
from kaisa_relay.domain.texts import TextKey

NOBODY: Final = Handover(None, (), ())


def ask(decision: Decision, command: Receive) -> None:
    """`/transfer [name|next] [note]`: ask the other agent, or say why not."""
    handover, state = command.handover or NOBODY, decision.state
    if state.offer is not None:
        asked = state.offer.agent
        decision.reply(command.contact, TextKey.TRANSFER_UNDER_WAY, command.message, asked)
        return
    chosen = choose(state, handover)
    if chosen in handover.free:
        offer(decision, chosen, handover, command.message if handover.noted else None)
        decision.reply(command.contact, TextKey.TRANSFER_ASKED, command.message, chosen)
    elif chosen is not None:
        decision.reply(command.contact, TextKey.TRANSFER_BUSY, command.message, chosen)
    elif handover.named is None:
        decision.reply(command.contact, TextKey.TRANSFER_NOBODY, command.message)
    else:
        decision.reply(command.contact, TextKey.TRANSFER_UNKNOWN, command.message)


def choose(state: State, handover: Handover) -> ContactId | None:
    """Return who is meant, one who is free if there is one; None where that is nobody."""
    others = [
        agent
        for agent in sorted(state.agents, key=lambda each: each.priority)
        if agent.contact not in (state.visitor, state.agent)
    ]
    if handover.named is None:
        free = [each.contact for each in others if each.contact in handover.free]
        willing = [each for each in free if each not in state.declined]
        return next(iter((*willing, *free)), None)
    named = [each.contact for each in others if each.contact in handover.named]
    free = [each for each in named if each in handover.free]
    return next(iter((*free, *named)), None)


def offer(
    decision: Decision,
    agent: ContactId | None,
    handover: Handover,
    note: MessageId | None,
    by: Requester | None = None,
) -> None:
    """Ask somebody who is free to take the conversation over; `by` is who wants it from outside."""
    assert agent is not None
    message, send = MessageId(decision.new_id()), SendId(decision.new_id())
    number, template = decision.state.offers + 1, agent not in handover.reachable
    why = AgentReason.NEXT if handover.named is None else AgentReason.NAMED
    why = AgentReason.AWAY if handover.away else why
    among = len(handover.free)
    decision.add(
        AgentOffered(number, agent, message, send, template, decision.at, note, by, why, among)
    )


def take_over(decision: Decision, open_offer: Offer, said: MessageId) -> None:
    """The new agent accepts: they get the card, what was said, and what waits for an agent."""
    state, new = decision.state, open_offer.agent
    before = state.agent
    assert before is not None
    told = window_open(state.agent_wrote_at, decision.at)
    number = open_offer.number
    decision.add(ConversationTransferred(number, before, new, decision.at, said))
    if told:
        decision.reply(before, TextKey.TRANSFERRED_AGENT, who=new)
    decision.tell(Side.AGENT, TextKey.AGENT_CARD)
    decision.tell(Side.AGENT, TextKey.HISTORY)
    decision.tell(Side.VISITOR, TextKey.AGENT_FOUND)
    windows.flush(decision, Side.AGENT)


def fell_through(decision: Decision, event: OfferDeclined | OfferExpired | OfferFailed) -> None:
    """Nobody takes over: whoever has the conversation is told that they keep it."""
    declined = isinstance(event, OfferDeclined)
    text = TextKey.TRANSFER_DECLINED if declined else TextKey.TRANSFER_UNANSWERED
    decision.tell(Side.AGENT, text, who=event.agent)
