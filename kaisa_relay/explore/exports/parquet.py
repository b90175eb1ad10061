"""Rows as Parquet: typed columns, instants in UTC, for programs that read columns.

Rule 1: pyarrow is large, so it is an extra, and imported when the first such file is made.
Rule 2: no more than one group of rows is in memory.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import IO, Any, Final

import msgspec

from kaisa_relay.domain.explore.columns import Cell, Column
from kaisa_relay.domain.explore.fields import FIELDS, Kind
from kaisa_relay.explore.exports.cells import Value, value_of
from kaisa_relay.explore.exports.formats import Tuples

GROUP: Final = 20_000
"""Rows of one group: what a reader takes in at once."""
_JSON: Final = msgspec.json.Encoder()


def is_there() -> bool:
    """Say whether such files can be made here."""
    return find_spec("pyarrow") is not None


class Parquet:
    """One export."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        import pyarrow as arrow
        from pyarrow.parquet import ParquetWriter

        # Its own pool keeps what it was given: 16 MB more, at a million rows, for nothing.
        arrow.set_memory_pool(arrow.system_memory_pool())
        self._arrow: Any = arrow
        self._schema = arrow.schema([(each.name, _type(arrow, each)) for each in columns])
        self._writer: Any = ParquetWriter(file, self._schema, compression="zstd")
        self._changes = [_change(each) for each in columns]
        self._batches: list[Any] = []
        self._rows = 0

    def write(self, rows: Tuples) -> None:
        """Add rows, as the tables have them."""
        if rows:
            self._batches.append(self._batch(rows))
            self._rows += len(rows)
        if self._rows >= GROUP:
            self._flush()

    def close(self) -> None:
        """Put in what says where everything is."""
        self._flush()
        self._writer.close()

    def _batch(self, rows: Tuples) -> Any:
        changed = zip(zip(*rows, strict=True), self._changes, self._schema, strict=True)
        arrays = [
            self._arrow.array(column if change is None else list(map(change, column)), field.type)
            for column, change, field in changed
        ]
        return self._arrow.record_batch(arrays, schema=self._schema)

    def _flush(self) -> None:
        if self._batches:
            table = self._arrow.Table.from_batches(self._batches)
            self._writer.write_table(table, row_group_size=GROUP)
        self._batches, self._rows = [], 0


def _type(arrow: Any, column: Column) -> Any:
    match column.cell:
        case Cell.INSTANT:
            return arrow.timestamp("us", tz="UTC")
        case Cell.SPAN:
            return arrow.float64()
        case Cell.NUMBER:
            field = FIELDS.get(column.name)
            is_amount = field is not None and field.kind is Kind.AMOUNT
            return arrow.float64() if is_amount else arrow.int64()
        case Cell.TRUTH:
            return arrow.bool_()
        case Cell.TEXT | Cell.PHONE | Cell.ID | Cell.JSON:
            return arrow.string()


def _change(column: Column) -> Value | None:
    """Return what makes a column's values of those in the tables; instants are as they are."""
    if column.cell is Cell.INSTANT:
        return None
    change = value_of(column)
    return (lambda value: _text(change(value))) if column.cell is Cell.JSON and change else change


def _text(value: Any) -> str | None:
    """Return a value of metadata as a text: what is none is written as JSON."""
    if value is None or isinstance(value, str):
        return value
    return bytes(value if isinstance(value, msgspec.Raw) else _JSON.encode(value)).decode()
