"""Taking a person's rows out, in transactions that nobody waits for.

Rule 1: one call is one short transaction, and counts in it what it took out.
Rule 2: rows of ids, codes and times stay, and so do all counts made of them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, null, select, update

from kaisa_relay.domain.engagement.suppression import Address
from kaisa_relay.domain.ids import ConversationId, MessageId, WorkspaceId
from kaisa_relay.ports.erasing import Erasure
from kaisa_relay.privacy import places, receipts
from kaisa_relay.privacy.footprint import Footprint
from kaisa_relay.privacy.places import UNIT as UNIT
from kaisa_relay.privacy.places import Kept
from kaisa_relay.store import Concealing
from kaisa_relay.store.engagement_table import attempt, delivery, suppression
from kaisa_relay.store.tables import (
    block,
    contact,
    file,
    idempotency,
    identity,
    inbox,
    pair,
)


def files_of(
    connection: Connection, of: WorkspaceId, messages: Sequence[MessageId]
) -> list[MessageId]:
    """Return those of these messages that may have a file on disk."""
    mine = (file.c.workspace == of, file.c.message.in_(messages))
    return [MessageId(each) for each in connection.scalars(select(file.c.message).where(*mine))]


def erase_messages(connection: Connection, of: Erasure, messages: Sequence[MessageId]) -> None:
    """Take out what these say, the rows of their files, and what WhatsApp calls them."""
    for what, statement in places.removals(Kept.TEXTS, of.workspace, messages):
        _delete(connection, of, what, statement)
    mine = (file.c.workspace == of.workspace, file.c.message.in_(messages))
    _delete(connection, of, "files", delete(file).where(*mine))


def erase_conversations(
    connection: Connection, of: Erasure, conversations: Sequence[ConversationId]
) -> None:
    """Take out what these were created with, and what was set aside for them."""
    for what, statement in places.removals(Kept.METADATA, of.workspace, conversations):
        _delete(connection, of, what, statement)


def deliveries_of(
    connection: Connection, of: WorkspaceId, conversations: Sequence[ConversationId]
) -> list[int]:
    """Return what triggers delivered for these."""
    mine = (delivery.c.workspace == of, delivery.c.conversation.in_(conversations))
    return list(connection.scalars(select(delivery.c.id).where(*mine)))


def erase_answers(connection: Connection, of: Erasure, deliveries: Sequence[int]) -> None:
    """Take out what others' servers answered to these; it may repeat what they were told."""
    mine = (attempt.c.workspace == of.workspace, attempt.c.delivery.in_(deliveries))
    told = (*mine, attempt.c.answer.is_not(None))
    number = connection.execute(update(attempt).where(*told).values(answer=null())).rowcount
    receipts.count(connection, of, "delivery_answers", number)


def set_aside(connection: Connection, of: WorkspaceId, needles: Sequence[bytes]) -> list[int]:
    """Return the parked rows of the inbox that are about them."""
    held = (inbox.c.workspace == of, inbox.c.state == "parked")
    rows = connection.execute(select(inbox.c.id, inbox.c.stream, inbox.c.body).where(*held))
    return [row.id for row in rows if _holds(needles, (row.stream or "").encode(), row.body)]


def empty(connection: Connection, of: Erasure, rows: Sequence[int]) -> None:
    """Have these rows of the inbox decided and without a body; a repeat is known by them."""
    parked = (inbox.c.id.in_(rows), inbox.c.state == "parked")
    emptied = update(inbox).where(*parked).values(state="done", body=null())
    receipts.count(connection, of, "set_aside", connection.execute(emptied).rowcount)


def kept_answers(connection: Connection, of: WorkspaceId, needles: Sequence[bytes]) -> list[str]:
    """Return the keys of those answers, kept to be repeated, that name them."""
    rows = connection.execute(
        select(idempotency.c.key, idempotency.c.answer).where(idempotency.c.workspace == of)
    )
    return [row.key for row in rows if _holds(needles, row.answer)]


def forget_answers(connection: Connection, of: Erasure, keys: Sequence[str]) -> None:
    """Drop kept answers: the same request would be a new one."""
    mine = (idempotency.c.workspace == of.workspace, idempotency.c.key.in_(keys))
    _delete(connection, of, "kept_answers", delete(idempotency).where(*mine))


def conceal(
    connection: Connection, of: Erasure, addresses: Iterable[Address], concealing: Concealing
) -> None:
    """Have the suppression list know these addresses by keyed hashes alone."""
    for address in addresses:
        way, text = address.way.value, address.text
        hidden = concealing.conceal(of.workspace, way, text)
        on_list = (suppression.c.workspace == of.workspace, suppression.c.way == way)
        plain = (*on_list, suppression.c.address == text)
        if _known(connection, *on_list, suppression.c.address == hidden):
            number = connection.execute(delete(suppression).where(*plain)).rowcount
        else:
            changed = update(suppression).where(*plain).values(address=hidden)
            number = connection.execute(changed).rowcount
        receipts.count(connection, of, "opt_outs_concealed", number)


def erase_contacts(connection: Connection, of: Erasure, found: Footprint) -> None:
    """Take out who they are and what finds them."""
    for table, column, what in (
        (identity, identity.c.contact, "identities"),
        (block, block.c.contact, "blocks"),
        (contact, contact.c.id, "contacts"),
    ):
        mine = (table.c.workspace == of.workspace, column.in_(found.contacts))
        _delete(connection, of, what, delete(table).where(*mine))
    ended = (pair.c.contact.in_(found.contacts), pair.c.conversation.is_(None))
    left = delete(pair).where(pair.c.workspace == of.workspace, *ended)
    _delete(connection, of, "pairs", left)


def _known(connection: Connection, *which: ColumnElement[bool]) -> bool:
    return connection.scalar(select(suppression.c.id).where(*which)) is not None


def _delete(connection: Connection, of: Erasure, what: str, statement: Any) -> None:
    receipts.count(connection, of, what, connection.execute(statement).rowcount)


def _holds(needles: Sequence[bytes], *bodies: bytes | None) -> bool:
    return any(needle in bytes(body) for body in bodies if body for needle in needles)
