"""Reads the rows that a batch of events concerns, and writes them back beside the cursor.

Rule 1: rows and cursor are one transaction; a cursor that is elsewhere leaves everything as it was.
"""

from collections.abc import Callable, Collection, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from kaisa_relay.domain.contact_events import ContactMerged
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, WorkspaceId
from kaisa_relay.explore.model import erasing, tables
from kaisa_relay.explore.projecting.folding import MessageKey, Rows
from kaisa_relay.explore.projecting.rows import ConversationRow, MessageRow, OfferRow, Row

_POSITIONAL: Final = {
    "sqlite": ("sqlite://", "qmark"),
    "postgresql": ("postgresql+psycopg://", "format"),
}


@cache
def _engine(dialect: str) -> Engine:
    """Return an engine that connects to nothing, and whose statements take values by position."""
    url, style = _POSITIONAL[dialect]
    return create_engine(url, paramstyle=style)


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@frozen
class Said:
    """Words of somebody's, to be found."""

    message: MessageId
    conversation: ConversationId
    contact: ContactId
    body: str


@frozen
class Label:
    """A member of a conversation's metadata."""

    conversation: ConversationId
    key: str
    value: str
    number: float | None = None


@frozen
class Step:
    """What a batch of events came to, from one number of the cursor to the next."""

    workspace: WorkspaceId
    before: int
    after: int
    at: int
    rows: Rows
    said: Sequence[Said]
    labels: Sequence[Label]
    mergers: Sequence[ContactMerged]
    erased: Sequence[ContactId] = ()


def position(connection: Connection, of: WorkspaceId) -> int:
    """Return the number of the last event taken in; 0 before the first."""
    cursor = tables.cursor.c
    return connection.scalar(select(cursor.seq).where(cursor.workspace == of)) or 0


def stands(connection: Connection, of: WorkspaceId) -> tuple[int, int] | None:
    """Return the number and the instant of the last event taken in; None before the first."""
    cursor = tables.cursor.c
    query = select(cursor.seq, cursor.at).where(cursor.workspace == of)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.seq, row.at)


def forget(connection: Connection, of: WorkspaceId) -> None:
    """Throw out everything of a workspace, and the cursor."""
    dialect = connection.dialect.name
    for table in tables.METADATA.sorted_tables:
        found = tables.said_on(dialect) if table is tables.said else table
        if "workspace" in found.c:
            connection.execute(delete(found).where(found.c.workspace == of))


def load(
    connection: Connection,
    of: WorkspaceId,
    into: Rows,
    conversations: Collection[int],
    messages: Collection[MessageKey],
) -> None:
    """Read what is known of these messages, and of these conversations with their offers."""
    talk, spoken, offer = tables.conversation.c, tables.message.c, tables.offer.c
    for row in _of(connection, tables.conversation, of, talk.id.in_(conversations)):
        into.conversations[row["id"]] = ConversationRow(**row)
    which = tuple_(spoken.conversation, spoken.id).in_(messages)
    for row in _of(connection, tables.message, of, which):
        into.messages[row["conversation"], row["id"]] = MessageRow(**row)
    for row in _of(connection, tables.offer, of, offer.conversation.in_(conversations)):
        into.offers[row["conversation"], row["number"]] = OfferRow(**row)


def _of(connection: Connection, table: Table, of: WorkspaceId, which: Any) -> Sequence[Any]:
    query = select(table).where(table.c.workspace == of, which)
    return connection.execute(query).mappings().all()


def save(connection: Connection, step: Step) -> bool:
    """Write the rows and move the cursor; False, with nothing done, where it is elsewhere."""
    if not _advance(connection, step):
        return False
    rows = step.rows
    _put(connection, tables.conversation, rows.conversations.values())
    _put(connection, tables.message, rows.messages.values())
    _put(connection, tables.offer, rows.offers.values())
    _put(connection, tables.recovery, rows.recoveries)
    _put_words(connection, step)
    _put_labels(connection, step)
    for merger in step.mergers:
        _merge(connection, step.workspace, merger)
    for contact in step.erased:
        erasing.erase(connection, step.workspace, contact)
    return True


def _advance(connection: Connection, step: Step) -> bool:
    cursor, moved = tables.cursor, {"seq": step.after, "at": step.at}
    where = (cursor.c.workspace == step.workspace, cursor.c.seq == step.before)
    if connection.execute(update(cursor).where(*where).values(**moved)).rowcount == 1:
        return True
    if step.before != 0:
        return False
    first = _insert(connection.dialect.name, cursor).values(workspace=step.workspace, **moved)
    begun = first.on_conflict_do_nothing().returning(cursor.c.seq)
    return connection.scalar(begun) is not None


def _put(connection: Connection, table: Table, changed: Collection[Row]) -> None:
    if changed:
        schemas = connection.get_execution_options().get("schema_translate_map", {})
        schema = schemas.get(tables.SCHEMA, tables.SCHEMA)
        upsert, values = _upsert(connection.dialect.name, schema, table)
        connection.exec_driver_sql(upsert, list(map(values, changed)))


@cache
def _upsert(dialect: str, schema: str | None, table: Table) -> tuple[str, Callable[[Row], Any]]:
    """Return the driver's own statement, and what takes its values from a row.

    A schema of None is the file itself. Parameters by name, as SQLAlchemy makes them of many rows,
    cost a quarter of all taking in.
    """
    names = table.columns.keys()
    new = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    others = {name: new.excluded[name] for name in names if name not in keys}
    upsert = new.on_conflict_do_update(index_elements=keys, set_=others)
    compiled = upsert.compile(
        _engine(dialect),
        column_keys=names,
        schema_translate_map={tables.SCHEMA: schema or "main"},
        render_schema_translate=True,
    )
    return str(compiled), attrgetter(*names)


def _put_words(connection: Connection, step: Step) -> None:
    if not step.said:
        return
    rows = [
        {
            "message": each.message,
            "workspace": step.workspace,
            "conversation": each.conversation,
            "contact": each.contact,
            "body": each.body,
        }
        for each in step.said
    ]
    connection.execute(insert(tables.said_on(connection.dialect.name)), rows)


def _put_labels(connection: Connection, step: Step) -> None:
    rows = [
        {
            "workspace": step.workspace,
            "conversation": each.conversation,
            "key": each.key,
            "value": each.value,
            "number": each.number,
        }
        for each in step.labels
    ]
    if rows:
        connection.execute(insert(tables.label), rows)


def _merge(connection: Connection, of: WorkspaceId, merger: ContactMerged) -> None:
    """Have what was one contact's be the other's, as the relay has it from then on."""
    for table, names in (
        (tables.conversation, ("visitor", "form", "agent")),
        (tables.message, ("contact",)),
        (tables.offer, ("agent",)),
    ):
        for name in names:
            column = table.c[name]
            where = (table.c.workspace == of, column == merger.absorbed)
            connection.execute(update(table).where(*where).values({name: merger.contact}))
