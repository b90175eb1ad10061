"""Where requests from faces reach the actors: every ask has a deadline, every failure a name."""

from typing import Final

from attrs import define, frozen

from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import (
    EndAnswer,
    EndConversation,
    ReserveAnswer,
    ReserveConversation,
    Supervise,
    SuperviseAnswer,
)
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports import Busy, NewConversation, NotFound
from kaisa_relay.ports.supervising import Supervision
from kaisa_relay.runtime.ask import Unanswered

PATIENCE: Final = 10.0
"""Seconds that a request waits for its actor."""


@frozen
class _Door:
    """A conversation's address, whether it is in memory or not."""

    context: Context
    workspace: WorkspaceId
    conversation: ConversationId

    def tell(self, message: EndConversation | Supervise) -> bool:
        """Leave the message."""
        tell = self.context.exchange.tell_conversation
        return tell(self.workspace, self.conversation, message)


@define(eq=False)
class ActorsDesk:
    """`ports.Desk` over the actors."""

    context: Context

    async def reserve(self, workspace: WorkspaceId, request: NewConversation) -> ReserveAnswer:
        """Ask the workspace's actor."""
        mailbox = self.context.exchange.workspaces.get(workspace)
        if mailbox is None:
            raise Busy
        try:
            return await ReserveConversation(request).put_to(mailbox, PATIENCE)
        except Unanswered as failure:
            raise Busy from failure

    async def end(
        self,
        workspace: WorkspaceId,
        conversation: ConversationId,
        by: Requester | None = None,
    ) -> EndAnswer | NotFound:
        """Ask the conversation's actor, waking it if need be."""
        if await self.context.journal.snapshot(workspace, conversation) is None:
            return NotFound()
        door = _Door(self.context, workspace, conversation)
        try:
            return await EndConversation(by).put_to(door, PATIENCE)
        except Unanswered as failure:
            raise Busy from failure

    async def supervise(
        self, workspace: WorkspaceId, conversation: ConversationId, request: Supervision
    ) -> SuperviseAnswer | NotFound:
        """Ask the conversation's actor, waking it if need be."""
        if await self.context.journal.snapshot(workspace, conversation) is None:
            return NotFound()
        door = _Door(self.context, workspace, conversation)
        try:
            return await Supervise(request).put_to(door, PATIENCE)
        except Unanswered as failure:
            raise Busy from failure
