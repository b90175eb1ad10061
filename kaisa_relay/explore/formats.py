"""Rows as the lines of a file: CSV for spreadsheets, JSON Lines for programs.

Rule 1: what people wrote never begins a cell of CSV in a way that a spreadsheet calculates with.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from kaisa_relay.domain.explore.columns import Cell, Column
from kaisa_relay.explore.cells import Value, value_of

BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
"""By which spreadsheets know UTF-8."""
_CALCULATED: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a cell may begin a formula (OWASP, "CSV Injection")."""
_WIDE: Final = {ord(each) + 0xFEE0: each for each in "=+-@"}
"""Their full-width forms, which some spreadsheets take for the same."""
_JSON: Final = msgspec.json.Encoder()

Tuples = Sequence[tuple[Any, ...]]


def neutral(text: str | None) -> str | None:
    """Return a text with an apostrophe before it where a spreadsheet would take a formula."""
    if not text or text[0].isalnum():
        return text
    start = text.lstrip(" \N{NO-BREAK SPACE}")[:1].translate(_WIDE)
    return f"'{text}" if start in _CALCULATED else text


def csv_head(columns: Sequence[Column]) -> bytes:
    """Return the mark of UTF-8 and the line of names; keys of metadata are people's words."""
    return BOM + _csv([[neutral(each.name) for each in columns]])


def csv_lines(columns: Sequence[Column], rows: Tuples) -> bytes:
    """Return a line a row (RFC 4180); what is not there is an empty cell."""
    return _csv(zip(*_changed(rows, [_in_csv(each) for each in columns]), strict=True))


def json_lines(columns: Sequence[Column], rows: Tuples) -> bytes:
    """Return an object a line; what is not there is null."""
    names = [each.name for each in columns]
    values = zip(*_changed(rows, [value_of(each) for each in columns]), strict=True)
    return _JSON.encode_lines([dict(zip(names, each, strict=True)) for each in values])


def _changed(rows: Tuples, changes: Sequence[Value | None]) -> list[Iterable[Any]]:
    """Return the rows' columns, each by its own change: a loop per column is the fastest."""
    columns = zip(*rows, strict=True)
    return [
        column if change is None else map(change, column)
        for column, change in zip(columns, changes, strict=True)
    ]


def _in_csv(column: Column) -> Value | None:
    if column.cell is Cell.TEXT:
        return neutral
    change = value_of(column)
    return partial(as_text, change) if column.cell is Cell.JSON and change else change


def as_text(change: Value, value: Any) -> Any:
    """Return a value of metadata as a cell: text without formulas, a number, the rest as JSON."""
    found = change(value)
    if isinstance(found, msgspec.Raw):
        return bytes(found).decode()
    if isinstance(found, str):
        return neutral(found)
    if found is None or (isinstance(found, int | float) and not isinstance(found, bool)):
        return found
    return _JSON.encode(found).decode()


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
