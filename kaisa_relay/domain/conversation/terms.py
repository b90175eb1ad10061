"""The words and times that a conversation lives by.

Rule 1: what is chosen at creation never changes afterwards; a later setting is for later ones.
Rule 2: every reason for an end has a name here.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from attrs import frozen

from kaisa_relay.domain.ids import ContactId

OFFER_OUT_WITHIN: Final = timedelta(seconds=60)
"""An offer whose send is not out by then goes to the next agent, and is nobody's miss."""


class Strategy(StrEnum):
    """In which order agents are asked; all but `broadcast` ask one at a time."""

    LISTED = "listed"
    LONGEST_IDLE = "longest_idle"
    LEAST_BUSY = "least_busy"
    STICKY = "sticky"
    BROADCAST = "broadcast"


class MatchedBy(StrEnum):
    """How a reservation found its visitor."""

    TOKEN = "token"
    IDENTITY = "identity"


class EndedBy(StrEnum):
    """Who or what ended a conversation."""

    AGENT = "agent"
    API = "api"
    SUPERVISOR = "supervisor"
    EXPIRED = "expired"
    BLOCKED = "blocked"


class AbandonReason(StrEnum):
    """Why a link was never used."""

    UNSCANNED = "unscanned"
    DUPLICATE = "duplicate"


class LostReason(StrEnum):
    """Why an agent who had accepted has the conversation no more."""

    NO_REPLY = "no_reply"
    UNREACHABLE = "unreachable"


class AgentReason(StrEnum):
    """Why this agent was asked and not another who was free: the strategy, or what precedes it.

    `former` had the conversation before, `sticky` spoke to the visitor last; `named` and `next` are
    of a transfer, `away` of one that nobody asked for: its agent is away and the visitor waits.
    """

    LISTED = "listed"
    LONGEST_IDLE = "longest_idle"
    LEAST_BUSY = "least_busy"
    STICKY = "sticky"
    BROADCAST = "broadcast"
    FORMER = "former"
    NAMED = "named"
    NEXT = "next"
    AWAY = "away"


class ChannelReason(StrEnum):
    """Why this channel and not the next best: the first thing in which they differ.

    `only`: no other could take it; `health`: the other is limited or down, or worse off; `agent`:
    the agent who comes first is free here; `load`: fewer conversations; `first`: the older one.
    """

    ONLY = "only"
    HEALTH = "health"
    AGENT = "agent"
    LOAD = "load"
    FIRST = "first"


class FailReason(StrEnum):
    """Why a visitor could not be served."""

    NO_AGENT = "no_agent"


@frozen
class Terms:
    """The times that one conversation lives by, fixed when it is created."""

    link_expires_after: timedelta = timedelta(minutes=30)
    expires_after: timedelta = timedelta(hours=24)
    offer_time: timedelta = timedelta(seconds=120)
    queue_time: timedelta = timedelta(minutes=10)
    first_reply_time: timedelta = timedelta(minutes=5)
    resume_time: timedelta = timedelta(hours=1)

    @property
    def nudge_after(self) -> timedelta:
        """The silence after which the agent is reminded: the last twelfth before expiry."""
        return self.expires_after * 11 / 12


@frozen
class Candidate:
    """An agent who may be asked; the lower `priority` first."""

    contact: ContactId
    language: str
    priority: int = 0
