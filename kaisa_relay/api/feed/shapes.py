"""The live feed's objects as they travel."""

from datetime import datetime

import msgspec

from kaisa_relay.api.shapes import ConversationAnswer
from kaisa_relay.api.workspace.agent_shapes import AgentAnswer
from kaisa_relay.api.workspace.channel_shapes import ChannelView


class TicketAnswer(msgspec.Struct, frozen=True):
    """Opens `GET /feed?ticket=…` once, until `expires_at`."""

    ticket: str
    expires_at: datetime


class StandingAnswer(msgspec.Struct, frozen=True):
    """What is so at a position: live conversations, the newest first, agents and channels.

    `more` says that older live conversations are left out.
    """

    conversations: list[ConversationAnswer]
    agents: list[AgentAnswer]
    channels: list[ChannelView]
    more: bool
