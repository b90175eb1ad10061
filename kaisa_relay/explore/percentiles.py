"""How long most took: percentiles read off counts, which either database makes in one pass.

Rule 1: times are exact to the second below an hour, and to the minute above (rounded down).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnClause, ColumnElement, Connection, case, func, literal_column

from kaisa_relay.domain.explore.reports import PERCENTILES
from kaisa_relay.explore.grouping import Part
from kaisa_relay.explore.matching import column

_LASTED: Final[ColumnClause[int]] = literal_column("lasted")
_SECOND: Final = 1_000_000
_MINUTE: Final = 60
_HOUR: Final = 3600

Counted = Sequence[tuple[int, int]]
"""Lengths, rising, each with how many there are."""


def times(
    connection: Connection, part: Part, spans: Iterable[str]
) -> dict[Any, dict[str, float | None]]:
    """Return the percentiles of each span for each group (None: all of it), and their number."""
    found: dict[Any, dict[str, float | None]] = {}
    for span in spans:
        for key, counted in _lengths(connection, part, column(span)).items():
            values = found.setdefault(key, {})
            values[span] = sum(number for _, number in counted)
            values |= {f"{span}_{name}": at(counted, of) for name, of in PERCENTILES.items()}
    return found


def at(counted: Counted, percent: int) -> int | None:
    """Return the shortest length that so many of a hundred do not exceed; None without any."""
    rank = -(-sum(number for _, number in counted) * percent // 100)
    for length, number in counted:
        rank -= number
        if rank <= 0:
            return length
    return None


def _lengths(
    connection: Connection, part: Part, span: ColumnElement[Any]
) -> dict[Any, list[tuple[int, int]]]:
    seconds = span // _SECOND
    length = case((seconds < _HOUR, seconds), else_=seconds // _MINUTE * _MINUTE).label(
        _LASTED.name
    )
    query = part.select(length, func.count()).where(span.is_not(None)).group_by(_LASTED)
    found: dict[Any, list[tuple[int, int]]] = {}
    for row in connection.execute(query.order_by(_LASTED)):
        *key, long, number = row
        found.setdefault(key[0] if key else None, []).append((long, number))
    return found
