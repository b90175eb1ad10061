"""Agents as they travel."""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from kaisa_relay.domain.presence import Presence

_LOAD: Final = msgspec.Meta(description="Live conversations and unanswered offers.")
_CAPACITY: Final = msgspec.Meta(description="The most of them at once; null: one per channel.")


class AgentHours(msgspec.Struct, frozen=True):
    """When an agent is asked: weekdays and hours, by the clock of a time zone."""

    zone: str
    week: str


class AgentChannelAnswer(msgspec.Struct, frozen=True):
    """An agent on one channel: until when WhatsApp lets us write to them freely (null: they never
    wrote there; past: only a template reaches them), and the conversation they are in there."""

    channel: str
    window_closes_at: datetime | None
    conversation: str | None


class PauseAgent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long an agent is not asked; without it until somebody says otherwise."""

    duration: Annotated[
        str | None,
        msgspec.Meta(description="1m to 30d: a whole number with s, m, h or d.", examples=["2h"]),
    ] = None


class AgentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An agent. `presence` is available, away, or paused until `paused_until`; `missed` counts the
    offers since they last answered one. Name and number are null after erasure."""

    id: str
    name: str | None
    phone: str | None
    presence: Presence
    paused_until: datetime | None
    missed: int
    load: Annotated[int, _LOAD]
    capacity: Annotated[int | None, _CAPACITY]
    hours: AgentHours | None
    on_call: bool
    invited_at: datetime | None
    opted_in_at: datetime | None
    channels: list[AgentChannelAnswer]


class AgentPage(msgspec.Struct, frozen=True):
    """Agents, the first known first; `next` is the cursor of the page after this one."""

    items: list[AgentAnswer]
    next: str | None
