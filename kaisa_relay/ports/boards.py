"""What a dashboard is shown beside conversations: choices, and how channels stand.

Rule 1: read from the rows, one workspace at a time; counts are of the moment.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from attrs import field, frozen

from kaisa_relay.domain.alerts import AlertRaised, Troubles
from kaisa_relay.domain.channel_health import Health
from kaisa_relay.domain.conversation.choices import Choices
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.presence import TeamWish
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.views import PersonView


@frozen
class ChoicesView:
    """A conversation's choices, with the agents who were asked."""

    choices: Choices
    people: Mapping[ContactId, PersonView]


@frozen
class ChannelStanding:
    """A channel's health and what it carries: live conversations, pairs in use, sends that wait."""

    health: Health = field(factory=Health)
    conversations: int = 0
    pairs: int = 0
    waiting: int = 0


class Boards(Protocol):
    """Reads what a dashboard shows."""

    async def choices(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> ChoicesView | None:
        """Return why a conversation has its channel and its agents; None when there is no such."""
        ...

    async def channel_standings(
        self, workspace: WorkspaceId
    ) -> Mapping[ChannelId, ChannelStanding]:
        """Return how the channels stand that carry anything, or were ever reported on."""
        ...

    async def alerts(self, workspace: WorkspaceId) -> Sequence[AlertRaised]:
        """Return the alerts that are open, the oldest first."""
        ...

    async def troubles(self, workspace: WorkspaceId) -> Troubles:
        """Return what alerts are decided by."""
        ...


class BoardDesk(Protocol):
    """What a dashboard asks of the actors. Raises `StoreUnavailable`."""

    async def wish(
        self, workspace: WorkspaceId, agent: ContactId, wanted: TeamWish
    ) -> NotFound | None:
        """Have an agent rest, or be asked again; None when that is so."""
        ...

    def carried(self, workspace: WorkspaceId) -> Mapping[ChannelId, int]:
        """Return how many messages each channel carried in the last minute, in and out."""
        ...
