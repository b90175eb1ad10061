"""Rows as a workbook: text is text, whatever it begins with, and instants are dates in UTC.

Rule 1: no more than one row is in memory; the workbook is in a file without a name until it is
whole.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import xlsxwriter

from kaisa_relay.domain.explore.columns import Cell, Column
from kaisa_relay.explore.exports.cells import value_of
from kaisa_relay.explore.exports.formats import Tuples

MOST_ROWS: Final = 1_048_576
"""Rows of one sheet, its line of names among them (Excel specifications and limits)."""
MOST_TEXT: Final = 32_767
"""Characters of one cell (the same)."""
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  a workbook's dates have no zone
_JSON: Final = msgspec.json.Encoder()


class Workbook:
    """One export; what does not fit on a sheet goes on on the next."""

    def __init__(
        self, file: IO[bytes], columns: Sequence[Column], scratch: Path | None = None
    ) -> None:
        # Nothing is looked at for what it might be: neither formulas nor links are made of text.
        options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
        if scratch is not None:
            options["tmpdir"] = str(scratch)
        self._book: Any = xlsxwriter.Workbook(file, options)
        self._book.use_zip64()  # which changes nothing in one that needs it not
        self._columns = columns
        self._changes = [_in_sheet(each) for each in columns]
        self._begin_sheet()

    def write(self, rows: Tuples) -> None:
        """Add rows, as the tables have them."""
        for row in rows:
            if self._line == MOST_ROWS:
                self._begin_sheet()
            self._write_row(
                [change(value) for change, value in zip(self._changes, row, strict=True)]
            )

    def close(self) -> None:
        """Put the parts into the file."""
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheet, self._line = self._book.add_worksheet(), 0
        self._sheet.freeze_panes(1, 0)
        self._write_row([each.name for each in self._columns])

    def _write_row(self, values: Sequence[Any]) -> None:
        sheet, line = self._sheet, self._line
        for at, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(line, at, value[:MOST_TEXT])
            elif isinstance(value, datetime):
                sheet.write_datetime(line, at, value)
            elif isinstance(value, bool):
                sheet.write_boolean(line, at, value)
            elif value is not None:
                sheet.write_number(line, at, value)
        self._line += 1


def _in_sheet(column: Column) -> Any:
    if column.cell is Cell.INSTANT:
        return _date
    change = value_of(column) or _same
    return (lambda value: _plain(change(value))) if column.cell is Cell.JSON else change


def _same(value: Any) -> Any:
    return value


def _date(at: int | None) -> datetime | None:
    return None if at is None else _EPOCH + timedelta(microseconds=at)


def _plain(value: Any) -> Any:
    """Return a value of metadata as a sheet has it: large whole numbers would lose digits."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float) and abs(value) < 1e15:
        return value
    return _JSON.encode(value).decode()
