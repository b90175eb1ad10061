"""Parquet files: typed columns whose values are those of the other forms."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.shelving import shelve, talks
from kaisa_relay.domain.explore.columns import COLUMNS, Cell, Column, Rows
from kaisa_relay.domain.explore.wanted import Format
from kaisa_relay.explore import Exporting
from kaisa_relay.explore.exports import parquet
from tests.explore.conftest import Library
from tests.explore.script import sold
from tests.explore.test_exporting import exported, objects, parts, wanting

TYPES = {
    Cell.INSTANT: "timestamp[us, tz=UTC]",
    Cell.SPAN: "double",
    Cell.TRUTH: "bool",
    Cell.NUMBER: "int64",
}


def as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON Lines have it, but metadata, which is text here."""
    zone = {name: value for name, value in row.items() if isinstance(value, datetime)}
    assert {each.utcoffset() for each in zone.values()} <= {timedelta(0)}
    return {**row, **{name: _written(each.astimezone(UTC)) for name, each in zone.items()}}


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("rows", Rows)
async def test_values_are_those_of_json_lines(here: Library, rows: Rows) -> None:
    known = list(talks(here.world.workspace, 20, above=here.world.new_id()))
    await sold(here.world)
    await here.catch_up()
    await here.shelf.write(lambda each: shelve(each, known))
    columns = [each for each in COLUMNS[rows] if each != "metadata"]
    file = parts(await exported(here, wanting(rows, Format.PARQUET, ",".join(columns))))
    same = objects(await exported(here, wanting(rows, Format.JSONL, ",".join(columns))))
    assert [as_json(row) for row in file.read().to_pylist()] == same
    for name, column in COLUMNS[rows].items():
        if name in columns:
            assert str(file.schema_arrow.field(name).type) == _type(column), name


def _type(column: Column) -> str:
    return "double" if column.name == "value" else TYPES.get(column.cell, "string")


async def test_metadata_is_text(here: Library) -> None:
    await sold(here.world)
    await here.catch_up()
    columns = "metadata,metadata.car.model,metadata.car.year,metadata.tags,metadata.none"
    file = parts(await exported(here, wanting(Rows.CONVERSATIONS, Format.PARQUET, columns)))
    (row,) = file.read().to_pylist()
    whole, *members = row.values()
    assert json.loads(whole)["car"] == {"model": "Volvo", "year": 2024}
    assert members == ["Volvo", "2024", '["new","red"]', None]


async def test_groups_are_bounded_and_nothing_is_a_file(
    here: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "GROUP", 8)
    wanted = wanting(Rows.MESSAGES, Format.PARQUET)
    empty = parts(await exported(here, wanted))
    assert (empty.metadata.num_rows, empty.schema_arrow.names[:2]) == (0, ["conversation", "id"])
    known = list(talks(here.world.workspace, 20, above=here.world.new_id()))
    await here.shelf.write(lambda each: shelve(each, known))
    file = parts(await exported(here, wanted))
    of = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
    assert sum(of) == sum(len(each.messages) for each in known)
    assert max(of) == 8


async def test_it_is_offered_where_it_is_installed(
    here: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(Exporting(here.shelf).offers(each) for each in Format)
    monkeypatch.setattr(parquet, "find_spec", lambda name: None)
    offered = [each for each in Format if Exporting(here.shelf).offers(each)]
    assert offered == [Format.CSV, Format.JSONL, Format.XLSX]
