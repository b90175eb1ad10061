"""The search for an agent: offer, answer, next, queue.

Rule 1: only its own agent can answer an offer; but for a broadcast at most one is open.
Rule 2: with the first yes every other open offer is taken back, in the same decision.
Rule 3: whoever answers an offer that is not open is told so; nobody else hears of it.
"""

from datetime import datetime

from kaisa_relay.domain import agent_pool, chat_commands
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation import earning, transferring
from kaisa_relay.domain.conversation.deadlines import due_at, offer_deadline
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    AgentGone,
    AgentOffered,
    ConversationFailed,
    ConversationQueued,
    FailReason,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
    OfferSent,
    ProposeAgent,
    Receive,
)
from kaisa_relay.domain.conversation.state import Offer, Phase
from kaisa_relay.domain.ids import ConversationId, MessageId, SendId
from kaisa_relay.domain.payloads import OfferAnswer, of_content
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey


def offer(decision: Decision, proposals: tuple[ProposeAgent, ...]) -> None:
    """Ask the agents whom the pool holds for us; a proposal that comes too late is no news."""
    if not decision.state.wants_agent:
        return
    askable = {agent.contact for agent in agent_pool.askable(decision.state, decision.at)}
    for proposed in proposals:
        if proposed.agent in askable:
            askable.discard(proposed.agent)
            message, send = MessageId(decision.new_id()), SendId(decision.new_id())
            number, template = decision.state.offers + 1, not proposed.window_open
            asked = AgentOffered(
                number,
                proposed.agent,
                message,
                send,
                template,
                proposed.at,
                why=agent_pool.reason(decision.state, proposed.agent, known=proposed.known),
                among=proposed.among,
            )
            decision.add(asked)


def queue(decision: Decision, opens_at: datetime | None = None) -> None:
    """Nobody is free: the visitor is told once, and waits until the queue's deadline.

    While it is closed the queue's time begins when it opens.
    """
    state = decision.state
    if state.wants_agent and state.queued_until is None:
        until = (opens_at or decision.at) + state.terms.queue_time
        decision.add(ConversationQueued(until, decision.at, opens_at))
        decision.tell(Side.VISITOR, TextKey.QUEUED if opens_at is None else TextKey.CLOSED_NOW)


def answer(decision: Decision, command: Receive, open_offer: Offer) -> None:
    """An agent with an open offer wrote: yes, no, or something that is neither."""
    said, number = _answer(decision.state.id, command, open_offer), open_offer.number
    if said is True:
        accept(decision, open_offer, command.message)
    elif said is False:
        _over(decision, OfferDeclined(number, open_offer.agent, command.at, command.message))
    else:
        decision.reply(command.contact, said, command.message)


def leave(decision: Decision, command: AgentGone) -> None:
    """An agent went away with an offer unanswered: it is as good as a no."""
    open_offer = decision.state.offer_to(command.agent)
    if open_offer is not None:
        _over(decision, OfferDeclined(open_offer.number, open_offer.agent, command.at))


def _answer(here: ConversationId, command: Receive, open_offer: Offer) -> bool | TextKey:
    match of_content(command.content), command.content:
        case OfferAnswer(conversation, number, accepted), _ if (
            conversation == here and number == open_offer.number
        ):
            return accepted
        case OfferAnswer(), _:
            return TextKey.OFFER_EXPIRED
        case _, Text(body=body):
            return _typed(body)
        case _:
            return TextKey.STATUS_OFFERED


def _typed(body: str) -> bool | TextKey:
    answered = chat_commands.typed_answer(body)
    if answered is not None:
        return answered
    if isinstance(chat_commands.parse(body, "en"), chat_commands.Help):
        return TextKey.HELP_AGENT
    return TextKey.STATUS_OFFERED


def accept(decision: Decision, open_offer: Offer, said: MessageId) -> None:
    """The agent takes it: introduce both, then everything that waited, in order.

    Whoever else was asked hears that it is taken if a plain message asked them; otherwise their
    window may be closed, and they hear it when they answer.
    """
    if decision.state.phase is Phase.ACTIVE:
        transferring.take_over(decision, open_offer, said)
        return
    others = [each for each in decision.state.open_offers if each is not open_offer]
    for other in others:
        decision.add(OfferRescinded(other.number, other.agent, decision.at))
    decision.add(AgentAccepted(open_offer.number, open_offer.agent, decision.at, said))
    earning.accepted(decision)
    decision.tell(Side.AGENT, TextKey.AGENT_CARD)
    decision.tell(Side.VISITOR, TextKey.AGENT_FOUND)
    if decision.state.former not in (None, open_offer.agent):
        decision.tell(Side.AGENT, TextKey.HISTORY)
    for message in decision.state.waiting:
        decision.relay(message, Side.AGENT)
    for other in others:
        if not other.template and other.sent_at is not None:
            decision.reply(other.agent, TextKey.OFFER_TAKEN)


def hear(decision: Decision, open_offer: Offer, rank: Rank, code: int | None) -> None:
    """An open offer's send has come somewhere: its time begins, or the next agent is asked."""
    if rank is Rank.FAILED:
        _over(decision, OfferFailed(open_offer.number, open_offer.agent, code, decision.at))
    elif rank >= Rank.SENT and open_offer.sent_at is None:
        decision.add(OfferSent(open_offer.number, decision.at))


def run_out(decision: Decision) -> None:
    """A deadline of the search came."""
    state = decision.state
    if state.open_offers:
        for each in state.open_offers:
            if due_at(state, offer_deadline(each, state.terms)) <= decision.at:
                _lapse(decision, each)
    elif state.queued_until is not None:
        decision.add(ConversationFailed(FailReason.NO_AGENT, decision.at))
        decision.tell(Side.VISITOR, TextKey.NO_AGENT)
    else:
        queue(decision)


def _lapse(decision: Decision, open_offer: Offer) -> None:
    number, agent = open_offer.number, open_offer.agent
    if open_offer.sent_at is not None:
        _over(decision, OfferExpired(number, agent, decision.at))
    else:
        _over(decision, OfferFailed(number, agent, None, decision.at))


def _over(decision: Decision, event: OfferDeclined | OfferExpired | OfferFailed) -> None:
    """An offer led to nothing: the next agent is asked, or who has the conversation keeps it."""
    asked = decision.state.offer_to(event.agent)
    decision.add(event)
    if decision.state.phase is Phase.ACTIVE and not (asked is not None and asked.stand_in):
        transferring.fell_through(decision, event)


def too_late(decision: Decision, command: Receive) -> None:
    """Somebody answered an offer that is no longer theirs, or never was."""
    state = decision.state
    asked = (*state.missed, *dict(state.unreached))
    missed = state.phase is Phase.SEEKING and command.contact in asked
    text = TextKey.OFFER_EXPIRED if missed else TextKey.OFFER_TAKEN
    decision.reply(command.contact, text, command.message)
