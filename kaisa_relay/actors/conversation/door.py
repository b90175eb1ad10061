"""A conversation's address for whoever asks it something, whether it is in memory or not."""

from typing import Final

from attrs import frozen

from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import ToConversation
from kaisa_relay.domain.ids import ConversationId, WorkspaceId

PATIENCE: Final = 10.0
"""Seconds that a request waits for its actor."""


@frozen
class Door:
    """Where a request is put to."""

    context: Context
    workspace: WorkspaceId
    conversation: ConversationId

    def tell(self, message: ToConversation) -> bool:
        """Leave the message."""
        tell = self.context.exchange.tell_conversation
        return tell(self.workspace, self.conversation, message)
