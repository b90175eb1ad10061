"""Short words for the columns and indexes of `tables`."""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, Text, TextClause

# SQLite gives its fast row ids only to a key that is called INTEGER.
ROW_ID: Final = BigInteger().with_variant(Integer, "sqlite")


def number(name: str, nullable: bool = False) -> Column[int]:
    """Return a column of 64 bits: an id, a count, or an instant."""
    return Column(name, BigInteger, nullable=nullable)


def words(name: str, nullable: bool = False) -> Column[str]:
    """Return a column of text."""
    return Column(name, Text, nullable=nullable)


def unique(name: str, *columns: Column[Any], where: TextClause | None = None) -> None:
    """Let no two rows, or none `where` something holds, have the same in these columns."""
    Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


def index(name: str, *columns: Column[Any], where: TextClause | None = None) -> None:
    """Index the columns of a table, or only those of its rows `where` something holds."""
    Index(name, *columns, sqlite_where=where, postgresql_where=where)
