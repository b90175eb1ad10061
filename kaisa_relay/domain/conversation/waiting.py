"""What waits for a window: the fold of messages that are held, that go, and that had arrived.

Rule 1: what waits to go once more remembers the tap that wanted it, and goes for that.
"""

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.asides import whispered
from kaisa_relay.domain.conversation.changing_hands import knowing
from kaisa_relay.domain.conversation.events.windows import MessageHeld
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.replacing import replace


def held(state: State, event: MessageHeld) -> State:
    """A message waits, in its place."""
    message, to, asked = event.message, event.to, event.asked
    owing = state.owing if whispered(state, message, to) else to
    state = replace(state, held=_with(state, message, to), owing=owing)
    if asked is None:
        return state
    return replace(knowing(state, asked), asked_for=(*state.asked_for, (message, asked)))


def settled(state: State, message: MessageId) -> State:
    """A message had arrived: once is enough, unless a part of it is known not to have."""
    return without(state, message) if message in dict(state.asked_for) else state


def without(state: State, message: MessageId) -> State:
    """A message waits no more."""
    kept = tuple(pair for pair in state.held if pair[0] != message)
    asked = tuple(pair for pair in state.asked_for if pair[0] != message)
    return replace(state, held=kept, asked_for=asked)


def _with(state: State, message: MessageId, to: Side) -> tuple[tuple[MessageId, Side], ...]:
    """Return what is held with this message in its place: one that came back may be older."""
    newer = (each > message and each not in state.aside for each, _ in state.held)
    at = next((index for index, later in enumerate(newer) if later), len(state.held))
    return (*state.held[:at], (message, to), *state.held[at:])
