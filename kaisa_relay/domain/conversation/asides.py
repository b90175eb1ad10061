"""What one side alone knows of: the fold of the team's texts and of notes."""

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation import absence
from kaisa_relay.domain.conversation.changing_hands import RECENT
from kaisa_relay.domain.conversation.events import TeamWrote
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.replacing import replace


def team_wrote(state: State, event: TeamWrote) -> State:
    """Remember what the team wrote; for the visitor it is a word like the agent's."""
    state = with_aside(state, event.message)
    if event.to is Side.AGENT:
        return state
    return replace(absence.answered(state), last_message_at=event.at, nudged=False)


def with_aside(state: State, message: MessageId) -> State:
    """Remember a message of one side alone; the oldest are forgotten but for those that wait."""
    waiting = {*state.waiting, *(each for each, _ in state.held)}
    old, late = state.aside[: 1 - RECENT], state.aside[1 - RECENT :]
    kept = (each for each in old if each in waiting)
    return replace(state, aside=(*kept, *late, message))


def whispered(state: State, message: MessageId, to: Side) -> bool:
    """Say whether it is the team's word to the agent, for which no visitor waits."""
    return to is Side.AGENT and message in state.aside
