"""One message, two chats: what each person's WhatsApp calls it.

A message that was passed on is known by one wamid to its writer and by another to its reader.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from kaisa_relay.domain.ids import ChannelId, ContactId, MessageId, SendId, WorkspaceId
from kaisa_relay.domain.sending import Purpose
from kaisa_relay.ports.directory import Written
from kaisa_relay.store.tables import content, leg


def message(
    connection: Connection, workspace: WorkspaceId, contact: ContactId, wamid: str
) -> MessageId | None:
    """Return the message that this person's chat knows by a wamid, if a person wrote it."""
    sent_to_them = (
        select(leg.c.message)
        .join(
            content,
            (content.c.workspace == leg.c.workspace) & (content.c.message == leg.c.message),
        )
        .where(
            leg.c.workspace == workspace,
            leg.c.wamid == wamid,
            leg.c.contact == contact,
            content.c.author.is_not(None),
        )
        .order_by(leg.c.message.desc())  # of several joined in one, the last
        .limit(1)
    )
    theirs = select(content.c.message).where(
        content.c.workspace == workspace, content.c.contact == contact, content.c.wamid == wamid
    )
    found = connection.scalar(sent_to_them) or connection.scalar(theirs)
    return None if found is None else MessageId(found)


def wamid(
    connection: Connection, workspace: WorkspaceId, contact: ContactId, message: MessageId
) -> str | None:
    """Return what this person's chat calls a message; of one in several parts, the first."""
    sent_to_them = (
        select(leg.c.wamid)
        .where(
            leg.c.workspace == workspace,
            leg.c.message == message,
            leg.c.contact == contact,
            leg.c.wamid.is_not(None),
        )
        .order_by(leg.c.send)
        .limit(1)
    )
    theirs = select(content.c.wamid).where(
        content.c.workspace == workspace, content.c.message == message, content.c.contact == contact
    )
    return connection.scalar(sent_to_them) or connection.scalar(theirs)


def written(
    connection: Connection, workspace: WorkspaceId, sends: Sequence[SendId]
) -> list[Written]:
    """Return the messages of people that these sends carry to the other side."""
    query = (
        select(leg.c.message, leg.c.channel, content.c.contact, content.c.wamid)
        .join(
            content,
            (content.c.workspace == leg.c.workspace) & (content.c.message == leg.c.message),
        )
        .where(
            leg.c.workspace == workspace,
            leg.c.send.in_(sends),
            leg.c.purpose == Purpose.RELAY.value,
            content.c.author.is_not(None),
            content.c.wamid.is_not(None),
        )
        .order_by(leg.c.message)
    )
    return [
        Written(MessageId(message), ChannelId(channel), ContactId(contact), wamid)
        for message, channel, contact, wamid in connection.execute(query)
    ]
