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


class AgentPage(msgspec.Struct, frozen=True):
    """Agents, the first known first; `next` is the cursor of the page after this one."""

    items: list[AgentAnswer]
    next: str | None
