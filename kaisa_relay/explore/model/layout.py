"""Making the read model's tables, and knowing whether those that are there are of this layout."""

from typing import Final

from sqlalchemy import Column, Connection, Integer, Table, insert, inspect, select, text
from sqlalchemy.schema import CreateSchema, DropSchema

from kaisa_relay.explore.model.tables import LAYOUT, METADATA, SCHEMA, said

_layout: Final = Table("layout", METADATA, Column("number", Integer, primary_key=True))

_WORDS: Final = """
create virtual table {schema}said using fts5(
    body, workspace unindexed, conversation unindexed, contact unindexed,
    tokenize = 'unicode61 remove_diacritics 2'
)
"""
_FORGETS: Final = "insert into {schema}said(said, rank) values('secure-delete', 1)"
"""What is deleted is overwritten, not only marked."""
_FOUND: Final = "create index ix_said_words on {schema}said using gin (to_tsvector('simple', body))"
_OF_CONVERSATION: Final = (
    "create index ix_said_conversation on {schema}said (workspace, conversation)"
)


def is_current(connection: Connection, schema: str | None = SCHEMA) -> bool:
    """Say whether tables of this layout are there."""
    if not inspect(connection).has_table(_layout.name, schema=schema):
        return False
    return connection.scalar(select(_layout.c.number)) == LAYOUT


def make(connection: Connection, schema: str | None = SCHEMA) -> None:
    """Make every table, empty; there are none yet. A schema of None is the file itself."""
    prefix = "" if schema is None else f"{schema}."
    plain = [table for table in METADATA.sorted_tables if table is not said]
    if connection.dialect.name == "sqlite":
        METADATA.create_all(connection, tables=plain, checkfirst=False)
        connection.execute(text(_WORDS.format(schema=prefix)))
        connection.execute(text(_FORGETS.format(schema=prefix)))
    else:
        connection.execute(CreateSchema(schema or SCHEMA))
        METADATA.create_all(connection, checkfirst=False)
        connection.execute(text(_FOUND.format(schema=prefix)))
        connection.execute(text(_OF_CONVERSATION.format(schema=prefix)))
    connection.execute(insert(_layout).values(number=LAYOUT))


def drop(connection: Connection, schema: str = SCHEMA) -> None:
    """Remove a schema with all its tables (PostgreSQL; of SQLite the file is removed)."""
    connection.execute(DropSchema(schema, cascade=True, if_exists=True))
