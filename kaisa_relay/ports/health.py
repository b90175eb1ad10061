"""The current-state row of a channel's health, written with the events that change it."""

from attrs import frozen

from kaisa_relay.domain.channel_health import Health
from kaisa_relay.domain.ids import ChannelId


@frozen
class SaveHealth:
    """How the channel stands after the events of this commit."""

    channel: ChannelId
    health: Health
