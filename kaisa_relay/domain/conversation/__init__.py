"""What a conversation may do, and what it becomes: `decide`, `evolve`, `next_deadline`.

Rule 1: every rule about a conversation's life is in this package.
Rule 2: nothing here awaits, reads a clock, makes an id, or knows who is calling.
"""

from typing import assert_never

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import (
    ending,
    moving,
    offering,
    reaching_out,
    recovering,
    relaying,
    replying,
    reserving,
    resuming,
    standing_in,
    supervising,
    windows,
)
from kaisa_relay.domain.conversation.deadlines import Wait, due_at, next_deadline, next_wait
from kaisa_relay.domain.conversation.decision import Decision, NewId
from kaisa_relay.domain.conversation.evolving import evolve
from kaisa_relay.domain.conversation.links import GiveLink
from kaisa_relay.domain.conversation.messages import (
    Abandon,
    AbandonReason,
    AgentBack,
    AgentGone,
    Command,
    DeadlineMoved,
    End,
    Event,
    Handover,
    HearOutcome,
    MatchedBy,
    MoveChannel,
    NobodyFree,
    NoteAdded,
    NoteIdentity,
    OpenWindow,
    ProposeAgent,
    ProposeAgents,
    Receive,
    Refusal,
    Tick,
)
from kaisa_relay.domain.conversation.orders import HandOver, KeepNote, Order, WriteTo
from kaisa_relay.domain.conversation.outreach import ReachOut
from kaisa_relay.domain.conversation.state import Phase, State, created
from kaisa_relay.domain.outage import moved_deadline

__all__ = [
    "Decision",
    "NewId",
    "State",
    "created",
    "decide",
    "deliberate",
    "evolve",
    "next_deadline",
]


def decide(state: State, command: Command, new_id: NewId) -> tuple[Event, ...] | Refusal:
    """Say what happened, or why not. A repeat is not news and yields no events."""
    decision = deliberate(state, command, new_id)
    return decision.outcome if isinstance(decision, Decision) else decision


def deliberate(state: State, command: Command, new_id: NewId) -> Decision | Refusal:
    """Decide, and keep the states that the events lead to: nobody need fold them again."""
    decision = Decision(state, command.at, new_id)
    match command:
        case Receive():
            _receive(decision, command)
        case ProposeAgent():
            offering.offer(decision, (command,))
        case ProposeAgents(proposals):
            offering.offer(decision, proposals)
        case NobodyFree():
            offering.queue(decision, command.opens_at)
        case AgentGone() | AgentBack():
            standing_in.hear(decision, command)
        case HearOutcome():
            _hear(decision, command)
        case End():
            refusal = ending.by_request(decision, command)
            if refusal is not None:
                return refusal
        case Abandon():
            if state.phase is Phase.RESERVED:
                reserving.lapse(decision, AbandonReason.DUPLICATE)
        case NoteIdentity():
            reserving.note_identity(decision, command)
        case MoveChannel():
            moving.move(decision, command)
        case OpenWindow(contact=contact, sent_at=sent_at):
            side = state.side_of(contact)
            if state.phase is Phase.ACTIVE and side is not None:
                windows.open_for(decision, side, sent_at)
        case Tick():
            _tick(decision, command)
        case WriteTo() | KeepNote() | HandOver() | GiveLink() | ReachOut():
            refused = _obey(decision, command)
            if refused is not None:
                return refused
        case _:
            assert_never(command)
    return decision


def _obey(decision: Decision, asked: Order | GiveLink | ReachOut) -> Refusal | None:
    if isinstance(asked, ReachOut):
        reaching_out.reach(decision, asked)
        return None
    if isinstance(asked, GiveLink):
        return recovering.give(decision, asked)
    return supervising.obey(decision, asked)


def _receive(decision: Decision, command: Receive) -> None:
    state = decision.state
    if command.message in state.recent or ending.silenced(state, command):
        return
    if command.duplicate is not None:
        decision.add(NoteAdded(command.duplicate, command.at))
    match state.phase:
        case Phase.RESERVED if reserving.may_start(state, command):
            reserving.start(decision, command)
        case Phase.SEEKING if command.contact == state.visitor:
            reserving.hold(decision, command)
        case Phase.SEEKING if (offer := state.offer_to(command.contact)) is not None:
            offering.answer(decision, command, offer)
        case Phase.ACTIVE if command.contact == state.visitor:
            relaying.take(decision, command, Side.VISITOR)
        case Phase.ACTIVE if command.contact == state.agent:
            relaying.from_agent(decision, command)
        case Phase.ACTIVE if (offer := state.offer_to(command.contact)) is not None:
            offering.answer(decision, command, offer)
        case Phase.SEEKING | Phase.ACTIVE if command.matched_by is MatchedBy.TOKEN:
            reserving.used(decision, command)
        case Phase.RESERVED | Phase.SEEKING | Phase.ACTIVE:
            offering.too_late(decision, command)
        case Phase.ABANDONED | Phase.FAILED | Phase.CLOSED:
            _receive_after_end(decision, command)
        case _:
            assert_never(state.phase)
    recovering.credit(decision, command)


def _receive_after_end(decision: Decision, command: Receive) -> None:
    if recovering.recovers(decision.state, command):
        recovering.recover(decision, command)
    elif resuming.resumes(decision.state, command):
        resuming.resume(decision, command)
    elif command.link is not None:
        recovering.too_late(decision, command)
    else:
        ending.afterwards(decision, command)


def _hear(decision: Decision, command: HearOutcome) -> None:
    state = decision.state
    offered = next((each for each in state.open_offers if each.send == command.send), None)
    if offered is not None:
        offering.hear(decision, offered, command.rank, command.code)
    elif command.send in state.reopen_sends:
        windows.hear(decision, command)
    elif command.send not in state.offer_sends:
        relaying.hear(decision, command)


def _tick(decision: Decision, command: Tick) -> None:
    state, first = decision.state, next_wait(decision.state)
    if first is None or command.at < (due := due_at(state, first)):
        return
    until = None
    if first.ours and due == first.at:  # otherwise an outage has moved it already
        until = moved_deadline(due, first.length, command.outage)
    if until is not None and until > command.at:
        decision.add(DeadlineMoved(due, until, command.at))
        return
    match state.phase:
        case Phase.RESERVED:
            reserving.lapse(decision, AbandonReason.UNSCANNED)
        case Phase.SEEKING:
            offering.run_out(decision)
        case _:
            _tick_active(decision, first.wait, command.handover)


def _tick_active(decision: Decision, wait: Wait, handover: Handover | None) -> None:
    if wait is Wait.OFFER:
        offering.run_out(decision)
    elif wait is Wait.REPLY:
        replying.late(decision)
    elif wait is Wait.STAND_IN:
        standing_in.look(decision, handover)
    elif wait is Wait.WORD:
        ending.by_silence(decision, decision.at)
    if decision.state.phase is Phase.ACTIVE:
        windows.tick(decision)
