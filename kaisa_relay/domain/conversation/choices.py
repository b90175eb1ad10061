"""Why this channel and why these agents, as a conversation's events tell it.

Rule 1: nothing is worked out again: what was decided when it was decided is shown.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    AgentOffered,
    ConversationCreated,
    ConversationTransferred,
    Event,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
)
from kaisa_relay.domain.conversation.terms import AgentReason, ChannelReason, Strategy
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.requester import Requester


class OfferEnd(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"
    RESCINDED = "rescinded"


@frozen
class OfferMade:
    """An offer with its reason and its end; `among` is how many agents were free (0: not known)."""

    number: int
    agent: ContactId
    at: datetime
    why: AgentReason | None
    among: int
    transfer: bool
    by: Requester | None
    end: OfferEnd = OfferEnd.OPEN
    ended_at: datetime | None = None
    code: int | None = None


@frozen
class Choices:
    """What was chosen in a conversation; reasons are None where they were not kept yet.

    `among` is how many channels could have taken it.
    """

    strategy: Strategy
    channel: ChannelReason | None
    among: int
    offers: tuple[OfferMade, ...] = ()


CHOICE_EVENTS: Final = (
    ConversationCreated,
    AgentOffered,
    AgentAccepted,
    ConversationTransferred,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
)
"""The events that tell of a choice."""


def choices(events: Iterable[Event]) -> Choices | None:
    """Return what these events, from the first on, tell; None when there are none."""
    found: Choices | None = None
    for event in events:
        if isinstance(event, ConversationCreated):
            found = Choices(event.strategy, event.why, event.among)
        elif found is not None:
            found = evolve(found, offers=_after(found.offers, event))
    return found


def _after(offers: tuple[OfferMade, ...], event: Event) -> tuple[OfferMade, ...]:
    match event:
        case AgentOffered(offer=number, agent=agent, at=at, why=why, among=among, by=by):
            transfer = why in (AgentReason.NAMED, AgentReason.NEXT, AgentReason.AWAY)
            return (*offers, OfferMade(number, agent, at, why, among, transfer, by))
        case AgentAccepted() | ConversationTransferred():
            return _ended(offers, event.offer, OfferEnd.ACCEPTED, event.at)
        case OfferDeclined():
            return _ended(offers, event.offer, OfferEnd.DECLINED, event.at)
        case OfferExpired():
            return _ended(offers, event.offer, OfferEnd.EXPIRED, event.at)
        case OfferFailed(code=code):
            return _ended(offers, event.offer, OfferEnd.FAILED, event.at, code)
        case OfferRescinded():
            return _ended(offers, event.offer, OfferEnd.RESCINDED, event.at)
        case _:
            return offers


def _ended(
    offers: tuple[OfferMade, ...],
    number: int,
    end: OfferEnd,
    at: datetime,
    code: int | None = None,
) -> tuple[OfferMade, ...]:
    return tuple(
        evolve(each, end=end, ended_at=at, code=code) if each.number == number else each
        for each in offers
    )
