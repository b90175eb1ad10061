"""The fold: what a conversation is after each event.

Rule 1: `evolve` is total; it never refuses, whatever the history holds.
"""

from datetime import datetime

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import absence, keeping, waiting
from kaisa_relay.domain.conversation.asides import team_wrote, whispered, with_aside
from kaisa_relay.domain.conversation.changing_hands import (
    RECENT,
    in_hands_of,
    in_order,
    knowing,
    lost,
    moved,
    opened,
    recent,
    resumed,
    taken_over,
)
from kaisa_relay.domain.conversation.events.talk import OutreachSent
from kaisa_relay.domain.conversation.events.windows import (
    MessageHeld,
    ReopenAsked,
    ReopenFailed,
    WindowClosed,
    WindowClosing,
    WindowOpened,
)
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    AgentLost,
    AgentNudged,
    AgentOffered,
    ConversationAbandoned,
    ConversationClosed,
    ConversationFailed,
    ConversationMoved,
    ConversationQueued,
    ConversationRecovered,
    ConversationResumed,
    ConversationStarted,
    ConversationTransferred,
    DeadlineMoved,
    Event,
    LinkCreated,
    MessageFailed,
    MessageReceived,
    MessageRelayed,
    MessageSettled,
    MessageUnconfirmed,
    NoteKept,
    Notified,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
    OfferSent,
    OutcomeNamed,
    ReplyReminded,
    TeamWrote,
)
from kaisa_relay.domain.conversation.reopening import link_made, recovered
from kaisa_relay.domain.conversation.state import Offer, Phase, State
from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.crossing import Marks
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.replacing import replace


def evolve(state: State, event: Event) -> State:
    """Return the state after the event; an event that changes nothing returns the same."""
    match event:
        case MessageReceived():
            return _received(state, event)
        case MessageRelayed(asked=asked):
            return _relayed(knowing(state, asked), event)
        case Notified(about=about):
            return knowing(state, about)
        case ConversationStarted(visitor=visitor, at=at, sent_at=sent_at):
            return replace(
                state,
                phase=Phase.SEEKING,
                visitor=visitor,
                started_at=at,
                searching_since=at,
                last_message_at=at,
                visitor_wrote_at=sent_at or at,
            )
        case ConversationQueued(until=until, opens_at=opens_at):
            return replace(state, queued_until=until, opens_at=opens_at)
        case _:
            return _evolve_offer(state, event)


def _evolve_offer(state: State, event: Event) -> State:
    match event:
        case AgentOffered(offer=number, agent=agent, send=send, at=at):
            stand_in = event.why is AgentReason.AWAY
            offer = Offer(number, agent, send, at, template=event.template, stand_in=stand_in)
            sends = keeping.latest(state.offer_sends, send)
            asked = absence.asked(replace(state, offers=number, offer_sends=sends), event)
            return _with_offers(asked, (*state.open_offers, offer))
        case OfferSent(offer=number, at=at):
            sent = (
                replace(each, sent_at=at) if each.number == number else each
                for each in state.open_offers
            )
            return _with_offers(state, tuple(sent))
        case OfferDeclined(offer=number, agent=agent, at=at, answer=said):
            declined = keeping.once(state.declined, agent)
            return _without_offer(replace(knowing(state, said), declined=declined), number, at)
        case OfferExpired() | OfferFailed():
            return _without_offer(keeping.not_taken(state, event), event.offer, event.at)
        case OfferRescinded(offer=number, at=at):
            return _without_offer(state, number, at)
        case AgentAccepted(agent=agent, at=at, answer=said):
            return replace(
                opened(knowing(state, said), Side.AGENT),
                phase=Phase.ACTIVE,
                offer=None,
                rivals=(),
                agent=agent,
                hands=in_hands_of(state, agent, said),
                unanswered_since=at,
                reminded_at=None,
                accepted_at=at,
                last_message_at=at,
                agent_wrote_at=at,
                queued_until=None,
            )
        case _:
            return _evolve_hands(state, event)


def _evolve_hands(state: State, event: Event) -> State:
    match event:
        case ConversationTransferred():
            return taken_over(state, event)
        case ReplyReminded(at=at):
            return replace(state, reminded_at=at)
        case AgentLost():
            return lost(state, event)
        case ConversationResumed():
            return resumed(state, event)
        case ConversationRecovered():
            return recovered(state, event)
        case ConversationMoved():
            return moved(state, event)
        case MessageHeld(message=message, to=Side.AGENT) if state.phase is Phase.SEEKING:
            return replace(state, waiting=in_order(state.waiting, message))
        case _:
            return _evolve_rarely(state, event)


def _evolve_rarely(state: State, event: Event) -> State:
    match event:
        case MessageUnconfirmed(message=message, to=to):
            unsure = keeping.in_doubt(state.unconfirmed, message, to)
            return replace(state, unconfirmed=unsure)
        case MessageSettled(message=message):
            state = waiting.settled(state, message)
            return replace(state, unconfirmed=_others(state, message))
        case MessageFailed(message=message):
            failed = tuple(other for other in state.failed if other != message)
            failed = (*failed[1 - RECENT :], message)
            return replace(state, unconfirmed=_others(state, message), failed=failed)
        case WindowClosing(side=side):
            return replace(state, warned=(*state.warned, side))
        case WindowOpened(side=side, sent_at=sent_at):
            return _opened(state, side, sent_at)
        case WindowClosed(side=side):
            return replace(state, shut=(*state.shut, side))
        case MessageHeld():
            return waiting.held(state, event)
        case ReopenAsked(side=side, send=send):
            sends = keeping.latest(state.reopen_sends, send)
            return replace(state, reopening=(*state.reopening, (side, send)), reopen_sends=sends)
        case ReopenFailed(side=side):
            asked = tuple(each for each in state.reopening if each[0] is not side)
            return replace(state, reopening=asked)
        case NoteKept(message=message, by=None):
            return with_aside(knowing(state, message), message)
        case TeamWrote():
            return team_wrote(state, event)
        case AgentNudged(at=at):
            return replace(state, nudged=True, nudged_at=at)
        case DeadlineMoved():
            return _deadline_moved(state, event)
        case OutreachSent(send=send):
            return replace(state, reached=keeping.latest(state.reached, send))
        case LinkCreated():
            return link_made(state, event)
        case _:
            return _evolve_end(state, event)


def _evolve_end(state: State, event: Event) -> State:
    match event:
        case ConversationClosed(by=by, at=at, outcome=said):
            known = knowing(state, said)
            ended = replace(known, phase=Phase.CLOSED, ended_at=at, reason=by.value)
            return replace(ended, outcome=said)
        case OutcomeNamed(message=said):
            return replace(knowing(state, said), outcome=said)
        case ConversationFailed(reason=reason, at=at):
            return replace(state, phase=Phase.FAILED, ended_at=at, reason=reason.value)
        case ConversationAbandoned(reason=reason, at=at):
            return replace(state, phase=Phase.ABANDONED, ended_at=at, reason=reason.value)
        case _:
            return absence.evolve(state, event)


def _received(state: State, event: MessageReceived) -> State:
    visitor = event.side is Side.VISITOR
    opens = event.opens_window
    by_visitor, by_agent = state.visitor_wrote_at, state.agent_wrote_at
    held_up = event.side in state.warned or event.side in state.shut
    if opens and (held_up or state.reopening):
        state = opened(state, event.side)
    if state.away_since is not None:
        state = absence.heard(state, event)
    # One replacement: each takes as long as all the rest of the rule.
    return replace(
        state,
        recent=recent(state, event.message),
        last_message_at=event.at,
        nudged=False,
        unanswered_since=state.unanswered_since if visitor else None,
        waiting=(*state.waiting, event.message) if visitor and event.held else state.waiting,
        visitor_wrote_at=_later(by_visitor, event.sent_at) if visitor and opens else by_visitor,
        agent_wrote_at=by_agent if visitor or not opens else _later(by_agent, event.sent_at),
        marked=_marked(state, event) if event.marks is not None else state.marked,
    )


def _opened(state: State, side: Side, sent_at: datetime) -> State:
    state = opened(state, side)
    if side is Side.VISITOR:
        return replace(state, visitor_wrote_at=_later(state.visitor_wrote_at, sent_at))
    return replace(state, agent_wrote_at=_later(state.agent_wrote_at, sent_at))


def _marked(state: State, event: MessageReceived) -> tuple[tuple[MessageId, Marks], ...]:
    """Forget the oldest marks, but not of messages that wait for an agent."""
    assert event.marks is not None
    old, late = state.marked[: 1 - RECENT], state.marked[1 - RECENT :]
    kept = (pair for pair in old if pair[0] in state.waiting)
    return (*kept, *late, (event.message, event.marks))


def _deadline_moved(state: State, event: DeadlineMoved) -> State:
    """One wait ends later; those that were moved before keep their time."""
    known = (*state.moved_before, state.moved) if state.moved else ()
    return replace(state, moved=(event.due, event.until), moved_before=known[-RECENT:])


def _later(known: datetime | None, instant: datetime) -> datetime:
    """A window is opened by the latest message, in whatever order they come."""
    return instant if known is None else max(known, instant)


def _relayed(state: State, event: MessageRelayed) -> State:
    message = event.message
    if state.owing is not event.to and not whispered(state, message, event.to):
        state = replace(state, owing=event.to)
    if event.asked is not None or message in state.failed:
        again = (*state.sent_again[1 - RECENT :], (message, event.send))
        state = replace(state, sent_again=again)
    if message in state.failed:
        failed = tuple(other for other in state.failed if other != message)
        state = replace(state, failed=failed)
    if state.held or state.asked_for:
        state = waiting.without(state, message)
    if not state.unconfirmed and not state.waiting:
        return state
    unconfirmed = _others(state, message)
    if message in state.waiting:
        rest = tuple(other for other in state.waiting if other != message)
        return replace(state, waiting=rest, unconfirmed=unconfirmed)
    return state if unconfirmed == state.unconfirmed else replace(state, unconfirmed=unconfirmed)


def _others(state: State, message: MessageId) -> tuple[tuple[MessageId, Side], ...]:
    """Return what is unconfirmed beside a message."""
    return tuple(pair for pair in state.unconfirmed if pair[0] != message)


def _with_offers(state: State, offers: tuple[Offer, ...]) -> State:
    return replace(state, offer=offers[0] if offers else None, rivals=offers[1:])


def _without_offer(state: State, number: int, at: datetime) -> State:
    """Take an offer away; with the last one the search goes on."""
    rest = tuple(each for each in state.open_offers if each.number != number)
    return _with_offers(
        state if rest else replace(state, searching_since=at, overdue_at=None), rest
    )
