"""A send as its row holds it."""

from collections.abc import Sequence
from typing import Any, Final

from kaisa_relay.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    MessageId,
    SendId,
    WorkspaceId,
)
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.sending import Purpose, SendState
from kaisa_relay.journal.codec import decode_outgoing
from kaisa_relay.ports import Send
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.tables import send

SEND_COLUMNS: Final = ", ".join(f"send.{column.name}" for column in send.columns)


def send_of_row(row: Sequence[Any]) -> Send:
    """Return the send in a row that has the table's columns in their order."""
    workspace, channel, id, conversation, message, contact, phone, bsuid, *rest = row
    purpose, state, attempt, due_at, outgoing = rest
    return Send(
        workspace=WorkspaceId(workspace),
        id=SendId(id),
        channel=ChannelId(channel),
        conversation=None if conversation is None else ConversationId(conversation),
        message=MessageId(message),
        contact=ContactId(contact),
        recipient=Recipient(None if phone is None else Phone(phone), bsuid),
        outgoing=decode_outgoing(outgoing),
        purpose=Purpose(purpose),
        state=SendState(state),
        attempt=attempt,
        due_at=from_micros(due_at),
    )
