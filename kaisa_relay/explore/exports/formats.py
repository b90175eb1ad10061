"""Rows as the lines of a file: CSV for spreadsheets, JSON Lines for programs."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from kaisa_relay.domain.explore.columns import Cell, Column
from kaisa_relay.explore.exports.cells import instants, value_of
from kaisa_relay.explore.exports.csv_lines import BOM as BOM
from kaisa_relay.explore.exports.csv_lines import csv_head as csv_head
from kaisa_relay.explore.exports.csv_lines import csv_lines as csv_lines

_JSON: Final = msgspec.json.Encoder()

Tuples = Sequence[tuple[Any, ...]]


def json_lines(columns: Sequence[Column], rows: Tuples) -> bytes:
    """Return an object for each of at least one row; what is not there is null."""
    names = [each.name for each in columns]
    by_column = zip(columns, zip(*rows, strict=True), strict=True)
    values = zip(*(_changed(*each) for each in by_column), strict=True)
    return _JSON.encode_lines([dict(zip(names, each, strict=True)) for each in values])


def _changed(column: Column, values: tuple[Any, ...]) -> Iterable[Any]:
    """Return a column as it is written: a loop per column is the fastest."""
    if column.cell is Cell.INSTANT:
        return (text or None for text in instants(values))
    change = value_of(column)
    return values if change is None else map(change, values)
