"""Where each class of personal data stands in the relay's own tables; erasing and keeping use it.

Rule 1: rows of ids, codes and times stay, and so do all counts made of them.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Column, Connection, Delete, Table, Update, delete, null, select, update

from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.store.tables import content, conversation, leg, metadata

UNIT: Final = 50
"""Rows of one transaction: about a millisecond."""


class Kept(StrEnum):
    """A class of data that a workspace may keep for a time."""

    TEXTS = "texts"
    METADATA = "metadata"


@frozen
class Row:
    """A row of a class; `conversation` None is of what reached nobody."""

    key: int
    conversation: ConversationId | None


_TABLES: Final[dict[Kept, tuple[Table, Column[Any]]]] = {
    Kept.TEXTS: (content, content.c.message),
    Kept.METADATA: (metadata, metadata.c.conversation),
}
"""The table whose rows say that there is something, and what they are known by: ids by age."""


def removals(
    what: Kept, of: WorkspaceId, keys: Sequence[int]
) -> Iterator[tuple[str, Delete | Update]]:
    """Yield what takes these rows out, each with what a receipt calls it."""
    match what:
        case Kept.TEXTS:
            said = (content.c.workspace == of, content.c.message.in_(keys))
            yield "messages", delete(content).where(*said)
            carried = (leg.c.workspace == of, leg.c.message.in_(keys), leg.c.wamid.is_not(None))
            yield "whatsapp_ids", update(leg).where(*carried).values(wamid=null())
        case Kept.METADATA:
            given = (metadata.c.workspace == of, metadata.c.conversation.in_(keys))
            yield "metadata", delete(metadata).where(*given)


def older(connection: Connection, what: Kept, of: WorkspaceId, after: int, below: int) -> list[Row]:
    """Return some rows of a class, the oldest first: with keys above `after`, and `below`."""
    table, key = _TABLES[what]
    old = (table.c.workspace == of, key > after, key < below)
    query = select(key.label("key"), table.c.conversation).where(*old).order_by(key).limit(UNIT)
    return [Row(row.key, row.conversation) for row in connection.execute(query)]


def live(
    connection: Connection, of: WorkspaceId, conversations: Sequence[ConversationId]
) -> set[ConversationId]:
    """Return those of them that wait for something still."""
    row = conversation.c
    waiting = (row.workspace == of, row.id.in_(conversations), row.due_at.is_not(None))
    return {ConversationId(id) for id in connection.scalars(select(row.id).where(*waiting))}


def forget(connection: Connection, what: Kept, of: WorkspaceId, keys: Sequence[int]) -> None:
    """Take these rows out."""
    for _, statement in removals(what, of, keys):
        connection.execute(statement)
