"""How long most took: percentiles read off counts, which either database makes in one pass.

Rule 1: times are exact to the second below an hour, and to the minute above (rounded down).
Rule 2: SQLite only reads them out, and they are counted here: it sorts all rows to group them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ColumnClause, ColumnElement, Connection, Select, func, literal_column

from kaisa_relay.domain.explore.reports import PERCENTILES
from kaisa_relay.explore.finding.matching import column
from kaisa_relay.explore.reports.grouping import Part
from kaisa_relay.store.faults import driver_errors, wrapped

_LASTED: Final[ColumnClause[int]] = literal_column("lasted")
_SECOND: Final = 1_000_000
_MINUTE: Final = 60
_HOUR: Final = 3600
AT_ONCE: Final = 2_000
"""Rows that are read from SQLite at a time."""

Lengths = Counter[int]
"""How often a time was how long, in seconds."""
Tally = dict[str, int | Lengths]
"""What was counted by the name of the figure; times by that of the span."""
Found = dict[Any, Tally]
"""The same by the key of a group: None alone where nothing divides them."""


def times(connection: Connection, part: Part, spans: Sequence[str]) -> Found:
    """Return how many rows there are in each group, and how long each span took."""
    if connection.dialect.name == "sqlite":
        return _read(connection, part, spans)
    found: Found = {}
    for *key, number in connection.execute(part.select(func.count())):
        found[key[0] if key else None] = {"created": number}
    for span in spans:
        query = part.select(_seconds(span), func.count()).where(column(span).is_not(None))
        for row in connection.execute(query.group_by(_LASTED)):
            *key, length, number = row
            add(found, key[0] if key else None, span, length, number)
    return found


def add(found: Found, key: Any, span: str, length: int, number: int) -> None:
    """Count a length so often more."""
    lengths = found.setdefault(key, {}).setdefault(span, Counter())
    assert isinstance(lengths, Counter)
    lengths[length] += number


def _read(connection: Connection, part: Part, spans: Sequence[str]) -> Found:
    rows = keyed(connection, part, *(_seconds(span) for span in spans))
    in_time = part.wall is not None or part.key is None
    found = _side_by_side(rows, len(spans)) if in_time else _mixed(rows, len(spans))
    return {key: _without_none(spans, counters) for key, counters in found.items()}


def _side_by_side(
    rows: Iterable[tuple[Sequence[Any], ...]], spans: int
) -> dict[Any, list[Lengths]]:
    """Count rows in the order of time: those beside each other are mostly of one group."""
    found: dict[Any, list[Lengths]] = {}
    for keys, *columns in rows:
        for key, of in _runs(keys):
            counters = found.setdefault(key, [Counter() for _ in range(spans)])
            _add_each(counters, [each[of] for each in columns])
    return found


def _add_each(counters: Sequence[Lengths], columns: Sequence[Sequence[int]]) -> None:
    for counter, some in zip(counters, columns, strict=True):
        counter.update(some)


def _mixed(rows: Iterable[tuple[Sequence[Any], ...]], spans: int) -> dict[Any, list[Lengths]]:
    alike: list[Counter[tuple[Any, int]]] = [Counter() for _ in range(spans)]
    for keys, *columns in rows:
        for counter, lengths in zip(alike, columns, strict=True):
            counter.update(zip(keys, lengths, strict=True))
    found: dict[Any, list[Lengths]] = {}
    for place, counter in enumerate(alike):
        for (key, length), number in counter.items():
            found.setdefault(key, [Counter() for _ in range(spans)])[place][length] = number
    return found


def _runs(keys: Sequence[Any]) -> Iterator[tuple[Any, slice]]:
    """Yield where the same key stands side by side."""
    begin = 0
    for key, same in groupby(keys):
        end = begin + sum(1 for _ in same)
        yield key, slice(begin, end)
        begin = end


def _without_none(spans: Sequence[str], counters: Sequence[Lengths]) -> Tally:
    """Return what was counted with the number of rows: each span has all of them, or None."""
    tally: Tally = {"created": counters[0].total()}
    for span, lengths in zip(spans, counters, strict=True):
        tally[span] = Counter({k: v for k, v in lengths.items() if k is not None})
    return tally


def keyed(
    connection: Connection, part: Part, *columns: ColumnElement[Any]
) -> Iterator[tuple[Sequence[Any], ...]]:
    """Yield the keys of the rows of a part, and these columns of theirs, so many at a time."""
    getters = [itemgetter(place) for place in range(len(columns) + 1)]
    for rows in read(connection, part.rows(*columns)):
        # zip(*rows) would make an object per row, and have the collector look at everything.
        keys, *others = (list(map(each, rows)) for each in getters)
        wall = part.wall
        yield (keys if wall is None else [wall[each] for each in keys]), *others


def read(connection: Connection, query: Select[Any]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield the rows of a query, so many at a time, as the driver has them."""
    cursor = connection.execute(query).cursor
    assert cursor is not None, "it returns rows"
    try:
        while rows := cursor.fetchmany(AT_ONCE):
            yield rows
    except driver_errors(connection) as error:  # SQLite reads on while it is asked
        raise wrapped(connection, error) from error


def _seconds(span: str) -> ColumnElement[int]:
    lasted: ColumnElement[int] = column(span) // _SECOND
    return lasted.label(_LASTED.name)


# --- what they come to ---------------------------------------------------------------------


def merged(tallies: Iterable[Tally], largest: str) -> Tally:
    """Return what groups without a conversation in common come to; of `largest` the largest."""
    whole: Tally = {}
    for each in tallies:
        for name, value in each.items():
            known = whole.get(name)
            if isinstance(value, Counter):
                sum_of: Lengths = Counter() if known is None else known  # type: ignore[assignment]  # a name is of one kind
                sum_of.update(value)
                whole[name] = sum_of
            else:
                number = known if isinstance(known, int) else 0
                whole[name] = max(number, value) if name == largest else number + value
    return whole


def spelled(tally: Tally) -> Mapping[str, int | None]:
    """Return the figures of a group: of times their number and their percentiles."""
    figures: dict[str, int | None] = {}
    for name, value in tally.items():
        if not isinstance(value, Counter):
            figures[name] = value
            continue
        lengths = sorted(_rounded(value).items())
        figures[name] = value.total()
        figures |= {f"{name}_{each}": at(lengths, of) for each, of in PERCENTILES.items()}
    return figures


def _rounded(lengths: Lengths) -> Lengths:
    found: Lengths = Counter()
    for length, number in lengths.items():
        found[length if length < _HOUR else length // _MINUTE * _MINUTE] += number
    return found


def at(counted: Sequence[tuple[int, int]], percent: int) -> int | None:
    """Return the shortest length that so many of a hundred do not exceed; None without any."""
    rank = -(-sum(number for _, number in counted) * percent // 100)
    for length, number in counted:
        rank -= number
        if rank <= 0:
            return length
    return None
