"""Orders from outside: a text of the team's to one side, a note, handing the conversation over.

Rule 1: what the team writes to the agent is never the visitor's to see, nor that it was written.
Rule 2: a text of the team's goes the way of every other (window, order, hold); its writer sees in
the transcript what became of it, so that nobody else is told.
"""

from typing import Final, assert_never

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import transferring, windows
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import AlreadyEnded, NoteKept, TeamWrote
from kaisa_relay.domain.conversation.orders import (
    AgentNotFree,
    HandOver,
    KeepNote,
    NoAgent,
    NobodyToAsk,
    NotStarted,
    Order,
    OrderRefusal,
    TransferUnderWay,
    UnknownAgent,
    WriteTo,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.texts import TextKey

LONGEST: Final = 4000
"""Characters: with the line that says who writes, one message of WhatsApp's (4,096) holds it."""


def obey(decision: Decision, order: Order) -> AlreadyEnded | OrderRefusal | None:
    """Do what is asked, or say why not."""
    match order:
        case KeepNote(message=message, by=by):
            decision.add(NoteKept(message, decision.at, by=by))
            return None
        case WriteTo():
            refusal = _too_early(decision, agent_needed=order.to is Side.AGENT)
            if refusal is None:
                _write(decision, order)
            return refusal
        case HandOver():
            return _too_early(decision, agent_needed=True) or _hand_over(decision, order)
        case _:
            assert_never(order)


def _too_early(decision: Decision, *, agent_needed: bool) -> AlreadyEnded | OrderRefusal | None:
    """Say why there is nobody to write to, too late included."""
    state = decision.state
    if not state.phase.live:
        assert state.ended_at is not None
        return AlreadyEnded(state.ended_at)
    if state.phase is Phase.RESERVED:
        return NotStarted()
    return NoAgent() if agent_needed and state.agent is None else None


def _write(decision: Decision, order: WriteTo) -> None:
    decision.add(TeamWrote(order.message, order.to, decision.at, order.by))
    windows.pass_on(decision, order.message, order.to)
    if order.to is Side.VISITOR:  # or the agent would not know what the visitor answers to
        decision.tell(Side.AGENT, TextKey.TEAM_WROTE, order.message)


def _hand_over(decision: Decision, order: HandOver) -> OrderRefusal | None:
    state, handover = decision.state, order.handover
    if state.offer is not None:
        return TransferUnderWay(state.offer.agent)
    chosen = transferring.choose(state, handover)
    if chosen is None:
        return NobodyToAsk() if handover.named is None else UnknownAgent()
    if chosen not in handover.free:
        return AgentNotFree(chosen)
    note = order.message if order.content is not None else None
    transferring.offer(decision, chosen, handover, note, order.by)
    decision.tell(Side.AGENT, TextKey.TRANSFER_BY_TEAM, who=chosen)
    return None
