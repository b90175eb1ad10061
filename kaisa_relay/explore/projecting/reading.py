"""What the read model takes from the relay's own rows: words, metadata and outcomes.

Rule 1: what is gone there (erased, or kept no longer) is not taken in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from attrs import frozen
from sqlalchemy import Connection, select

from kaisa_relay.domain.closing_word import closing_word
from kaisa_relay.domain.content import Content, Media, Text
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.money import read_money
from kaisa_relay.domain.outgoing import Outgoing
from kaisa_relay.explore.projecting.rows import ConversationRow
from kaisa_relay.explore.projecting.writing import Label, Said
from kaisa_relay.store.tables import content, metadata

Decode = Callable[[str], Content | Outgoing]
"""Reads the `data` of a row of `content`."""

LONGEST: Final = 200
"""Characters of a value in metadata by which a conversation can be found."""
MOST: Final = 100
"""Members of one conversation's metadata by which it can be found."""


@frozen
class Sources:
    """What a batch of events needs beside themselves, by message and by conversation."""

    contents: Mapping[MessageId, tuple[ContactId, Content | Outgoing]]
    metadata: Mapping[ConversationId, bytes]


def read(
    connection: Connection,
    of: WorkspaceId,
    messages: Sequence[MessageId],
    created: Sequence[ConversationId],
    decode: Decode,
) -> Sources:
    """Read the contents of these messages, and what these conversations were created with."""
    said, given = content.c, metadata.c
    contents = select(said.message, said.contact, said.data).where(
        said.workspace == of, said.message.in_(messages)
    )
    about = select(given.conversation, given.data).where(
        given.workspace == of, given.conversation.in_(created)
    )
    return Sources(
        {
            MessageId(row.message): (ContactId(row.contact), decode(row.data))
            for row in (connection.execute(contents) if messages else ())
        },
        {
            ConversationId(row.conversation): bytes(row.data)
            for row in (connection.execute(about) if created else ())
        },
    )


def words_of(sources: Sources, conversation: ConversationId, message: MessageId) -> Said | None:
    """Return what was written in a message, if it was anything."""
    contact, said = sources.contents.get(message, (None, None))
    match said:
        case Text(body=str(body)) | Media(caption=str(body)) if contact is not None and body:
            return Said(message, conversation, contact, body)
        case _:
            return None


def note_outcome(row: ConversationRow, sources: Sources, message: MessageId) -> None:
    """Write into a row what the message that closed it says of the outcome."""
    _, said = sources.contents.get(message, (None, None))
    word = closing_word(said)
    worth = read_money(word.note or "")
    row.outcome = word.outcome
    row.value = None if worth is None else float(worth.amount)
    row.currency = None if worth is None else worth.currency


def labels_of(conversation: ConversationId, data: bytes) -> list[Label]:
    """Return the members of a conversation's metadata, nested ones with dots between."""
    found = _members("", msgspec.json.decode(data))
    labels: dict[tuple[str, str], Label] = {}
    for key, value in found:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        number = float(value) if is_number else None
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        labels.setdefault((key, text[:LONGEST]), Label(conversation, key, text[:LONGEST], number))
    return list(labels.values())[:MOST]


def _members(path: str, value: Any) -> Iterator[tuple[str, str | int | float | bool]]:
    match value:
        case dict():
            for name, member in value.items():
                yield from _members(f"{path}.{name}" if path else name, member)
        case list():
            for member in value:
                yield from _members(path, member)
        case None:
            return
        case _:
            yield path, value
