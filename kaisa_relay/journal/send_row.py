"""A send as its row holds it."""

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


def send_of_row(row: Any) -> Send:
    """Return the send in a row that has its columns by name."""
    return Send(
        workspace=WorkspaceId(row.workspace),
        id=SendId(row.id),
        channel=ChannelId(row.channel),
        conversation=None if row.conversation is None else ConversationId(row.conversation),
        message=MessageId(row.message),
        contact=ContactId(row.contact),
        recipient=Recipient(None if row.phone is None else Phone(row.phone), row.bsuid),
        outgoing=decode_outgoing(row.outgoing),
        purpose=Purpose(row.purpose),
        state=SendState(row.state),
        attempt=row.attempt,
        due_at=from_micros(row.due_at),
    )
