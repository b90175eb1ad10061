"""A number that is banned, or goes: what it carries goes on over another one."""

from enum import StrEnum
from typing import Protocol

from attrs import frozen

from kaisa_relay.domain.ids import ChannelId, ConversationId, WorkspaceId


class NotMoved(StrEnum):
    """Why a conversation stays where it is."""

    VISITOR_TAKEN = "visitor_taken"
    AGENT_TAKEN = "agent_taken"
    NO_NUMBER = "no_number"
    NOT_THERE = "not_there"
    BUSY = "busy"


@frozen
class Moved:
    """What became of one page of a channel's conversations; `last` is None after the last page."""

    moved: int
    stayed: tuple[tuple[ConversationId, NotMoved], ...]
    last: ConversationId | None


class Mover(Protocol):
    """Has other numbers carry conversations. Raises `Busy` or `StoreUnavailable`."""

    async def move(
        self,
        workspace: WorkspaceId,
        channels: tuple[ChannelId, ChannelId],
        after: ConversationId | None,
    ) -> Moved:
        """Move a page of the live conversations on the first channel to the second.

        Each in one commit: what was moved stays so, and another call goes on.
        """
        ...
