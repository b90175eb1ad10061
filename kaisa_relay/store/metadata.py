"""Where tables register themselves."""

from typing import Any, Final

from sqlalchemy import MetaData, Table

METADATA: Final = MetaData()


def keyed_table(name: str, *parts: Any) -> Table:
    """Declare a table that SQLite keeps in the order of its composite key."""
    return Table(name, METADATA, *parts, sqlite_with_rowid=False)
