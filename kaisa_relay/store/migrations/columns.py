"""Short words for the columns that revisions create.

Rule 1: released revisions read these, so a word keeps its meaning for ever.
"""

from typing import Any, Final

import sqlalchemy as sa

KEY_ORDER: Final[dict[str, Any]] = {"sqlite_with_rowid": False}
"""SQLite keeps the rows in the order of the composite key, without a second tree."""


def number(name: str, **options: Any) -> sa.Column[int]:
    """Return a column of 64 bits."""
    return sa.Column(name, sa.BigInteger(), **{"nullable": False, **options})


def integer(name: str, **options: Any) -> sa.Column[int]:
    """Return a column of 32 bits."""
    return sa.Column(name, sa.Integer(), **{"nullable": False, **options})


def small(name: str, **options: Any) -> sa.Column[int]:
    """Return a column of 16 bits."""
    return sa.Column(name, sa.SmallInteger(), **{"nullable": False, **options})


def text(name: str, **options: Any) -> sa.Column[str]:
    """Return a column of text."""
    return sa.Column(name, sa.Text(), **{"nullable": False, **options})


def octets(name: str, **options: Any) -> sa.Column[bytes]:
    """Return a column of bytes."""
    return sa.Column(name, sa.LargeBinary(), **{"nullable": False, **options})


def row_id(name: str) -> sa.Column[int]:
    """Return a key of 64 bits; SQLite gives its fast row ids only to one called INTEGER."""
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def where(condition: str) -> dict[str, Any]:
    """Return the options of an index over the rows where something holds."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
