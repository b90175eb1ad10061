"""An agent who accepted and is not there: reminded, then replaced; what they missed is kept.

Rule 1: whoever waits is told, and loses neither their place nor a message.
Rule 2: an agent is replaced only where somebody else could come: slow is better than nobody.
"""

from typing import Final

from kaisa_relay.domain import agent_pool
from kaisa_relay.domain.channel import window_open
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import ending, windows
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import (
    AgentLost,
    HearOutcome,
    MessageFailed,
    MessageHeld,
    ReplyReminded,
)
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.conversation.terms import LostReason
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.texts import TextKey

GONE_CODES: Final = (131026,)
"""Meta's word that a person cannot be reached at all (reference, section 4.12)."""


def late(decision: Decision) -> None:
    """The agent's first word has not come: a reminder, then somebody else."""
    agent = decision.state.agent
    assert agent is not None
    if decision.state.reminded_at is None:
        decision.add(ReplyReminded(agent, decision.at))
        decision.tell(Side.AGENT, TextKey.REPLY_REMINDER)
    else:
        _lose(decision, LostReason.NO_REPLY)


def gone(decision: Decision, command: HearOutcome) -> bool:
    """Say whether this outcome means that the agent is not there, and somebody else may be."""
    state = decision.state
    live = state.phase is Phase.ACTIVE and command.code in GONE_CODES
    return live and bool(agent_pool.others(state))


def lose_unreachable(decision: Decision, command: HearOutcome) -> None:
    """WhatsApp cannot reach the agent: this message, too, waits for the next one."""
    _wait_again(decision, command)
    _lose(decision, LostReason.UNREACHABLE)


def hear_of_former(decision: Decision, command: HearOutcome) -> None:
    """A message did not reach whoever had it before: it goes to whoever has it, or will.

    After the end it has failed, and there is nobody to whom that is news: who has had it since has
    read it among what was said.
    """
    state = decision.state
    had_it = {state.former, *(hand.agent for hand in state.hands)}
    if command.rank is not Rank.FAILED or command.contact not in had_it:
        return
    if state.sent_since(command.message, command.send):
        return  # of several parts, each is heard of
    if state.phase is Phase.ACTIVE:
        decision.add(_failed(command))
        windows.pass_on(decision, command.message, Side.AGENT)
    elif state.phase is not Phase.SEEKING:
        decision.add(_failed(command))
    elif command.message not in state.waiting:
        _wait_again(decision, command)


def _wait_again(decision: Decision, command: HearOutcome) -> None:
    decision.add(_failed(command))
    decision.add(MessageHeld(command.message, Side.AGENT, decision.at))


def _failed(command: HearOutcome) -> MessageFailed:
    return MessageFailed(command.message, command.send, Side.AGENT, command.code, command.at)


def _lose(decision: Decision, reason: LostReason) -> None:
    agent, wrote_at = decision.state.agent, decision.state.agent_wrote_at
    assert agent is not None
    ending.take_back(decision)
    decision.add(AgentLost(agent, reason, decision.at))
    if reason is LostReason.NO_REPLY and window_open(wrote_at, decision.at):
        decision.reply(agent, TextKey.REPLY_LATE)
    decision.tell(Side.VISITOR, TextKey.SEEKING_AGAIN)
