"""A million conversations out of one per channel: the database copies its own rows, by SQL.

Rule 1: a copy differs from what it was copied from in its ids and numbers, and in nothing else.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg
from attrs import frozen
from pysqlite3 import dbapi2
from sqlalchemy import Table

from kaisa_relay.store import tables

AT_ONCE: Final = 50_000
"""Conversations in one commit."""
STRIDE: Final = 4
"""Between the ids of two conversations; the visitor's and the agent's are the next two."""

_NUMBERS: Final = """
with recursive n(n) as (select {low} union all select n + 1 from n where n + 1 < {high}),
m as materialized (
    select n, n % {templates} as place,
        {base} + {stride} * (n % {templates}) as t, {base} + {stride} * n as c,
        cast(1000000 + {first} + n % {templates} as text) as told,
        cast(1000000 + {first} + n as text) as digits
    from n
),
x as materialized (
    select *, ({number} - {base}) / {stride} as place
    from {table} where workspace = {workspace} and {key} in ({originals})
)
insert into {table} ({columns}) select {values} from m cross join x where x.place = m.place
"""
_DIGITS: Final = "replace(replace(x.{0}, '4670' || told, '4670' || digits), " + (
    "'4673' || told, '4673' || digits)"
)
_IDS: Final = (
    "replace(replace(replace(x.{0}, cast(t as text), cast(c as text)), "
    "cast(t + 1 as text), cast(c + 1 as text)), cast(t + 2 as text), cast(c + 2 as text))"
)
_MOVED: Final = "x.{0} + c - t"


@frozen
class Original:
    """What there is: the conversations that were written through the store, one per channel.

    `base` is the id of the first, `first` the number of its people, `head` the workspace's.
    """

    workspace: int
    base: int
    first: int
    templates: int
    head: int


@frozen
class _Copying:
    """How the rows of one table are found and changed."""

    table: Table
    key: str
    changed: Mapping[str, str]


_COPYING: Final = (
    _Copying(
        tables.conversation,
        "id",
        {"id": "c", "visitor": _MOVED, "agent": _MOVED, "snapshot": _IDS},
    ),
    _Copying(
        tables.pair,
        "contact",
        {"contact": _MOVED, "conversation": _MOVED, "last_conversation": _MOVED},
    ),
    _Copying(
        tables.contact,
        "id",
        {"id": _MOVED, "phone": _DIGITS, "bsuid": _DIGITS},
    ),
    _Copying(tables.identity, "contact", {"contact": _MOVED, "value": _DIGITS}),
    _Copying(
        tables.metadata,
        "conversation",
        {"conversation": "c", "contact": _MOVED},
    ),
    _Copying(
        tables.token,
        "conversation",
        {"conversation": "c", "value": _IDS, "url": _IDS},
    ),
    _Copying(
        tables.event,
        "stream",
        {
            "seq": "{head} + n - {templates} + 1",
            "stream": "c",
            "data": _IDS,
        },
    ),
)


def copy(url: str, original: Original, count: int) -> None:
    """Make them so many, the originals counted; nothing else may have the database open."""
    connection = _connect(url)
    for low in range(original.templates, count, AT_ONCE):
        for statement in _statements(original, low, min(low + AT_ONCE, count)):
            connection.execute(statement)
        connection.commit()
    head = original.head + count - original.templates
    connection.execute(f"update workspace set head = {head} where id = {original.workspace}")
    connection.commit()
    connection.close()


def _connect(url: str) -> Any:
    """Return a DB-API connection; a SQLite file is written without the log and the fsyncs."""
    _, sqlite, path = url.partition("sqlite:///")
    if not sqlite:
        return psycopg.connect(url)
    connection = dbapi2.connect(path)
    # Tables that do not fit into the usual two megabytes are read back for every row.
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -524288"):
        connection.execute(f"pragma {pragma}")
    return connection


def _statements(original: Original, low: int, high: int) -> Iterator[str]:
    for copying in _COPYING:
        columns = [column.name for column in copying.table.columns]
        values = [
            copying.changed.get(name, "x.{0}").format(
                name, head=original.head, templates=original.templates
            )
            for name in columns
        ]
        yield _NUMBERS.format(
            low=low,
            high=high,
            base=original.base,
            stride=STRIDE,
            templates=original.templates,
            first=original.first,
            workspace=original.workspace,
            table=copying.table.name,
            key=copying.key,
            originals=", ".join(_originals(original)),
            columns=", ".join(columns),
            values=", ".join(values),
            number=copying.key,
        )


def _originals(original: Original) -> Iterator[str]:
    """Yield what a key may be in the rows that are copied."""
    for conversation in range(original.base, original.base + STRIDE * original.templates, STRIDE):
        yield from (str(conversation + place) for place in range(3))
