"""What a follower of a whole workspace reads: its events in their one order, and what is so now.

Rule 1: a workspace's events are numbered without gaps, in the order of their commits, so whoever
knows the number of the last one they saw has missed nothing up to it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Protocol

from attrs import frozen

from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ConversationId, MessageId, WorkspaceId
from kaisa_relay.ports.faces import AgentView, ConversationView, Filter
from kaisa_relay.ports.journal import Recorded

LIVE: Final = Filter(phases=(Phase.RESERVED, Phase.SEEKING, Phase.ACTIVE))


@frozen
class Standing:
    """What is so after event number `position`, and nothing later.

    `conversations` are live, the newest first; `more` says that older live ones are left out.
    """

    position: int
    conversations: tuple[ConversationView, ...]
    agents: tuple[AgentView, ...]
    more: bool


class Following(Protocol):
    """Reads a workspace as one. Raises `StoreUnavailable`."""

    async def position(self, workspace: WorkspaceId) -> int:
        """Return the number of the latest event; 0 before the first."""
        ...

    async def events(self, workspace: WorkspaceId, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` events above number `after`, in order."""
        ...

    async def of_types(
        self, workspace: WorkspaceId, after: int, types: Collection[str], limit: int
    ) -> tuple[int, Sequence[Recorded]]:
        """Return the latest number, and up to `limit` events of these types above `after`."""
        ...

    async def standing(self, workspace: WorkspaceId, most: int) -> Standing:
        """Return what is so now, with at most so many conversations, and so many agents."""
        ...

    async def metadata(
        self, workspace: WorkspaceId, conversations: Sequence[ConversationId]
    ) -> Mapping[ConversationId, bytes]:
        """Return what these were created with, as JSON; nothing for what is erased."""
        ...

    async def outcomes(
        self, workspace: WorkspaceId, messages: Sequence[MessageId]
    ) -> Mapping[MessageId, str]:
        """Return the outcomes that these closing messages name, without those that name none."""
        ...
