"""Another number carries the conversation: the old one is banned, or goes.

Rule 1: both sides are reached from the new number by a template, unless they wrote there of late.
Rule 2: what was not begun on the old number goes out on the new one, in its order.
"""

from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import ending, windows
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import ConversationMoved, MessageHeld, MoveChannel
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.texts import TextKey

_MOVING = {Side.VISITOR: TextKey.MOVING_VISITOR, Side.AGENT: TextKey.MOVING_AGENT}
_MOVED = {Side.VISITOR: TextKey.MOVED_VISITOR, Side.AGENT: TextKey.MOVED_AGENT}


def move(decision: Decision, command: MoveChannel) -> None:
    """Go on over another channel; a link that nobody has used stays where it points."""
    state = decision.state
    if state.phase not in (Phase.SEEKING, Phase.ACTIVE) or command.to == state.channel:
        return
    ending.take_back(decision)  # they were made on the old number
    for side in Side if command.announced else ():
        decision.tell(side, _MOVING[side])
    decision.add(
        ConversationMoved(
            before=state.channel,
            channel=command.to,
            visitor_wrote_at=command.visitor_wrote_at,
            agent_wrote_at=command.agent_wrote_at,
            at=command.at,
        )
    )
    for side in Side:
        _invite(decision, side)
    for message, to in command.unsent:
        if windows.reachable(decision.state, to, decision.at):
            decision.relay(message, to)
        elif windows.flushable(decision.state, to, decision.at):
            decision.add(MessageHeld(message, to, decision.at))  # behind or before it
        else:
            windows.keep(decision, message, to)
    for side in Side:
        if windows.flushable(decision.state, side, decision.at):
            windows.flush(decision, side)


def _invite(decision: Decision, side: Side) -> None:
    """Say on the new number that it goes on there."""
    state = decision.state
    if side is Side.AGENT and state.agent is None:
        return
    if window_open(state.wrote_at(side), decision.at):
        decision.tell(side, _MOVED[side])
    else:
        windows.ask_back(decision, side, moved=True)
