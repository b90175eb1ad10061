"""When a conversation must act by itself: time as data.

Rule 1: no living state is without a deadline.
Rule 2: a deadline that fell into an outage of ours is moved, once (guarantee 7).
"""

from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import Final, assert_never

from attrs import frozen

from kaisa_relay.domain import agent_pool
from kaisa_relay.domain.channel import WINDOW
from kaisa_relay.domain.conversation import absence, windows
from kaisa_relay.domain.conversation.state import Offer, Phase, State
from kaisa_relay.domain.conversation.terms import OFFER_OUT_WITHIN, Terms

SEARCH_TIME: Final = timedelta(seconds=30)
"""How long the search for an agent may go unanswered before the visitor is told that they queue."""


class Wait(Enum):
    """What a conversation waits for."""

    SCAN = "scan"
    AGENT = "agent"
    OFFER = "offer"
    WORD = "word"
    REPLY = "reply"
    STAND_IN = "stand_in"
    WINDOW = "window"


@frozen
class Deadline:
    """When something must happen, and how long the wait was meant to be.

    `ours` is false for what WhatsApp's clock decides: an outage of ours moves it by nothing.
    """

    at: datetime
    length: timedelta
    wait: Wait

    @property
    def ours(self) -> bool:
        """Whether it is ours to move."""
        return self.wait is not Wait.WINDOW


def waits(state: State) -> tuple[Deadline, ...]:
    """Return what is waited for, as the terms have it, before any outage moved it."""
    terms = state.terms
    match state.phase:
        case Phase.RESERVED:
            length = terms.link_expires_after
            return (Deadline(state.created_at + length, length, Wait.SCAN),)
        case Phase.SEEKING:
            return _while_seeking(state)
        case Phase.ACTIVE:
            return _while_active(state)
        case Phase.ABANDONED | Phase.FAILED | Phase.CLOSED:
            return ()
        case _:
            assert_never(state.phase)


def _while_active(state: State) -> tuple[Deadline, ...]:
    terms = state.terms
    if state.nudged:
        each = [Deadline(_silence_ends(state), terms.expires_after, Wait.WORD)]
    else:
        each = [Deadline(_since(state) + terms.nudge_after, terms.nudge_after, Wait.WORD)]
    if state.offer is not None:
        each.append(offer_deadline(state.offer, terms))
    elif (reply := _reply_deadline(state) or _stand_in_deadline(state)) is not None:
        each.append(reply)
    change = windows.next_change(state)
    if change is not None:
        each.append(Deadline(change, WINDOW, Wait.WINDOW))
    return tuple(each)


def _reply_deadline(state: State) -> Deadline | None:
    """Return until when the agent's first word is waited for; not at all once it has come."""
    since, time = state.unanswered_since, state.terms.first_reply_time
    if since is None:
        return None
    if state.reminded_at is None:
        return Deadline(since + time, time, Wait.REPLY)
    if not agent_pool.others(state):
        return None  # somebody slow is better than nobody
    return Deadline(state.reminded_at + time, time, Wait.REPLY)


def _stand_in_deadline(state: State) -> Deadline | None:
    """Return until when a visitor waits for an agent who is away before a colleague is asked."""
    search = absence.next_search(state)
    return None if search is None else Deadline(*search, Wait.STAND_IN)


def offer_deadline(offer: Offer, terms: Terms) -> Deadline:
    """Return until when an offer must be answered, or must be out."""
    if offer.sent_at is not None:
        return Deadline(offer.sent_at + terms.offer_time, terms.offer_time, Wait.OFFER)
    return Deadline(offer.offered_at + OFFER_OUT_WITHIN, OFFER_OUT_WITHIN, Wait.OFFER)


def _while_seeking(state: State) -> tuple[Deadline, ...]:
    terms = state.terms
    if state.open_offers:
        return tuple(offer_deadline(each, terms) for each in state.open_offers)
    since = state.searching_since or state.created_at
    # An offer out of the queue may outlast it: whoever came free meanwhile is asked all the same.
    if state.queued_until is not None and since < state.queued_until:
        return (Deadline(state.queued_until, terms.queue_time, Wait.AGENT),)
    return (Deadline(since + SEARCH_TIME, SEARCH_TIME, Wait.AGENT),)


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


def due_at(state: State, deadline: Deadline) -> datetime:
    """Return when a deadline is due, wherever an outage moved it."""
    if state.moved is None or not deadline.ours:
        return deadline.at
    return dict((*state.moved_before, state.moved)).get(deadline.at, deadline.at)


def next_wait(state: State) -> Deadline | None:
    """Return what ends first: one that was moved keeps none of the others from its time."""
    each = waits(state)
    if state.moved is None:
        return min(each, key=lambda deadline: deadline.at, default=None)
    return min(each, key=partial(due_at, state), default=None)


def next_deadline(state: State) -> datetime | None:
    """Return when a `Tick` is due; None once the conversation has ended."""
    first = next_wait(state)
    return None if first is None else due_at(state, first)


def expires_at(state: State) -> datetime | None:
    """Return when the link lapses while reserved, then when silence ends the conversation."""
    if state.phase is Phase.RESERVED:
        return next_deadline(state)
    return _silence_ends(state) if state.phase.live else None
