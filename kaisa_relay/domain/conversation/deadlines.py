"""When a conversation must act by itself: time as data.

Rule 1: no living state is without a deadline.
Rule 2: a deadline that fell into an outage of ours is moved, once (guarantee 7).
"""

from datetime import datetime, timedelta
from typing import Final, assert_never

from attrs import frozen

from kaisa_relay.domain.channel import WINDOW
from kaisa_relay.domain.conversation import windows
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.conversation.terms import OFFER_OUT_WITHIN

SEARCH_TIME: Final = timedelta(seconds=30)
"""How long the search for an agent may go unanswered before the visitor is told that they queue."""


@frozen
class Deadline:
    """When something must happen, and how long the wait was meant to be.

    `ours` is false for what WhatsApp's clock decides: an outage of ours moves it by nothing.
    """

    at: datetime
    length: timedelta
    ours: bool = True


def natural_deadline(state: State) -> Deadline | None:
    """Return the deadline as the terms have it, before any outage moved it."""
    terms = state.terms
    match state.phase:
        case Phase.RESERVED:
            return Deadline(state.created_at + terms.link_expires_after, terms.link_expires_after)
        case Phase.SEEKING:
            return _seeking_deadline(state)
        case Phase.ACTIVE:
            return _active_deadline(state)
        case Phase.ABANDONED | Phase.FAILED | Phase.CLOSED:
            return None
        case _:
            assert_never(state.phase)


def _active_deadline(state: State) -> Deadline:
    terms = state.terms
    if state.nudged:
        silence = Deadline(_silence_ends(state), terms.expires_after)
    else:
        silence = Deadline(_since(state) + terms.nudge_after, terms.nudge_after)
    change = windows.next_change(state)
    if change is None or change >= silence.at:
        return silence
    return Deadline(change, WINDOW, ours=False)


def _seeking_deadline(state: State) -> Deadline:
    offer, terms = state.offer, state.terms
    if offer is not None and offer.sent_at is not None:
        return Deadline(offer.sent_at + terms.offer_time, terms.offer_time)
    if offer is not None:
        return Deadline(offer.offered_at + OFFER_OUT_WITHIN, OFFER_OUT_WITHIN)
    if state.queued_until is not None:
        return Deadline(state.queued_until, terms.queue_time)
    return Deadline((state.searching_since or state.created_at) + SEARCH_TIME, SEARCH_TIME)


def _since(state: State) -> datetime:
    """Return since when it is silent."""
    return state.last_message_at or state.created_at


def _silence_ends(state: State) -> datetime:
    """Return when silence ends it; a nudge that came late (an outage) leaves its time to act."""
    terms = state.terms
    ends = _since(state) + terms.expires_after
    if not state.nudged or state.nudged_at is None:
        return ends
    return max(ends, state.nudged_at + terms.expires_after - terms.nudge_after)


def next_deadline(state: State) -> datetime | None:
    """Return when a `Tick` is due; None once the conversation has ended."""
    due = natural_deadline(state)
    if due is None:
        return None
    return state.moved[1] if state.moved and state.moved[0] == due.at else due.at


def expires_at(state: State) -> datetime | None:
    """Return when the link lapses while reserved, then when silence ends the conversation."""
    if state.phase is Phase.RESERVED:
        return next_deadline(state)
    return _silence_ends(state) if state.phase.live else None
