"""Channels as they travel."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from kaisa_relay.domain.channel_health import Quality


class Throughput(Struct, frozen=True):
    """Messages, in and out together: what the number may carry and what it did carry."""

    per_second: Annotated[int, Meta(description="The most per second.")]
    last_minute: Annotated[int, Meta(description="How many in the last sixty seconds.")]
    waiting: Annotated[int, Meta(description="Messages on their way out now.")]


class Limitation(Struct, frozen=True):
    """The number may send less than usual; without `until` nobody knows for how long."""

    reason: str
    until: datetime | None


class ChannelView(Struct, frozen=True, kw_only=True):
    """A number. `state` is up, limited or down (`down` says why); a `draining` one takes no new
    conversations. `quality` and `tier` are WhatsApp's words. `pairs` are the people who are in a
    live conversation on it, each of whom it serves once."""

    id: str
    phone: str
    state: Annotated[str, Meta(extra_json_schema={"enum": ["up", "limited", "down"]})]
    down: str | None
    limited: Limitation | None
    draining: bool
    quality: Quality
    tier: str | None
    throughput: Throughput
    conversations: Annotated[int, Meta(description="Live ones, reservations included.")]
    pairs: int


class ChannelPage(Struct, frozen=True):
    """All channels of the workspace, the oldest first; there is no other page."""

    items: list[ChannelView]
    next: str | None
