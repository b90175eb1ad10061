"""One statement over many rows, in one text for both databases.

Rule 1: a batch costs one statement per table: each one may wait for the GIL, and `executemany`
does so for every row (durability, "SQLite, exactly").
Rule 2: texts repeat, so that both databases keep them prepared.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from kaisa_relay.store.faults import driver_errors, wrapped

R = TypeVar("R")

LARGEST: Final = 512
"""Rows per statement; at most a few thousand bound values."""

_POSTGRES_TYPES: Final[dict[type, str]] = {int: "int8", str: "text", bytes: "bytea"}


class Bulk:
    """A statement that reads its rows from `{rows}`, an alias `v` with the columns named here.

    The first column is never null. On SQLite the rows are a `VALUES` clause, filled up to one
    of a few sizes (`_size`) with rows that begin with null; on PostgreSQL one array per column.
    """

    def __init__(self, statement: str, **columns: type) -> None:
        self._statement = " ".join(statement.split())
        self._columns = columns
        self._texts: dict[int, str] = {}
        self._filling = (None, *(0 for _ in [*columns][1:]))  # a null takes longer than a number
        arrays = ", ".join(f"%s::{_POSTGRES_TYPES[kind]}[]" for kind in columns.values())
        source = f"unnest({arrays}) as v({', '.join(columns)})"
        self._postgres = self._statement.format(rows=source)

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """Run it over the rows and return how many rows of the table it touched."""
        return sum(self._execute(connection, part, _count) for part in _parts(rows))

    def fetch(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Run it over the rows and return what it answers, as plain tuples."""
        answers: list[Any] = []
        for part in _parts(rows):
            answers += self._execute(connection, part, _all)
        return answers

    def _execute(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]], answer: Callable[[Any], R]
    ) -> R:
        """Run it on the driver's own cursor; SQLAlchemy's way takes as long as ten rows."""
        cursor = connection.connection.cursor()
        statement, values = self._bound(connection, rows)
        try:
            cursor.execute(statement, values)
            return answer(cursor)  # SQLite reads on while it is asked, and may fail then
        except driver_errors(connection) as error:
            raise wrapped(connection, error) from error
        finally:
            cursor.close()

    def _bound(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]]
    ) -> tuple[str, tuple[Any, ...]]:
        if connection.dialect.name == "postgresql":
            return self._postgres, tuple(list(column) for column in zip(*rows, strict=True))
        size = _size(len(rows))
        filling = self._filling * (size - len(rows))
        return self._sqlite(size), (*chain.from_iterable(rows), *filling)

    def _sqlite(self, size: int) -> str:
        found = self._texts.get(size)
        if found is None:
            names = ", ".join(f"column{at} as {name}" for at, name in enumerate(self._columns, 1))
            row = f"({', '.join('?' * len(self._columns))})"
            values = ", ".join([row] * size)
            source = f"(select {names} from (values {values}) where column1 is not null) as v"
            found = self._texts[size] = self._statement.format(rows=source)
        return found


def _size(rows: int) -> int:
    """Return how many rows the statement for so many has: a power of two, or half as many more."""
    whole = 1 << (rows - 1).bit_length()
    return whole // 4 * 3 if whole >= 4 and rows <= whole // 4 * 3 else whole


def _count(cursor: Any) -> int:
    count: int = cursor.rowcount
    return count


def _all(cursor: Any) -> list[Any]:
    found: list[Any] = cursor.fetchall()
    return found


def _parts(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    for start in range(0, len(rows), LARGEST):
        yield rows[start : start + LARGEST]
