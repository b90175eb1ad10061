"""How changes become rows: one statement per kind of row and batch.

Rule 1: a guarded write that does not touch exactly the rows it names loses its commit.
Rule 2: alone, a unit writes change by change, so that the one that lost can be named.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from attrs import define, frozen
from sqlalchemy import Connection

from kaisa_relay.ports import Change
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.operation import Lost

Row = tuple[Any, ...]
Squeeze = Callable[[Iterable[Row]], list[Row]]


def last_wins(key: int) -> Squeeze:
    """Keep the last row of each key: no statement may touch a row twice. `key` counts columns."""
    return lambda rows: list({row[:key]: row for row in rows}.values())


def first_wins(key: int) -> Squeeze:
    """Keep the first row of each key."""
    return lambda rows: list({row[:key]: row for row in reversed(list(rows))}.values())


def highest_wins(key: int) -> Squeeze:
    """Keep the highest row of each key."""
    return lambda rows: list({row[:key]: row for row in sorted(rows)}.values())


@frozen(eq=False)
class Write:
    """A statement; `guarded` when it must touch as many rows as its parts expect."""

    bulk: Bulk
    guarded: bool = False
    squeeze: Squeeze = list


@define
class Part:
    """The rows of one change for one statement, which shall touch `expected` of the table's."""

    write: Write
    change: Change
    rows: Sequence[Row]
    expected: int = 1


def run_parts(
    connection: Connection, order: Sequence[Write], parts: Sequence[Part], alone: bool
) -> None:
    """Write the parts in the order of their statements; raises `Lost`."""
    grouped: dict[Write, list[Part]] = {}
    for part in parts:
        grouped.setdefault(part.write, []).append(part)
    for write in order:
        mine = grouped.get(write, [])
        if alone:
            for part in mine:
                _run(connection, write, (part,), part.change)
        elif mine:
            _run(connection, write, mine, None)


def _run(
    connection: Connection, write: Write, parts: Sequence[Part], subject: Change | None
) -> None:
    rows = write.squeeze(chain.from_iterable(part.rows for part in parts))
    touched = write.bulk.run(connection, rows)
    if write.guarded and touched != sum(part.expected for part in parts):
        raise Lost(subject)
