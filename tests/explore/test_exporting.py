"""Exports: what a filter means as one file, whole, in order, and safe to open."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import ParquetFile
from sqlalchemy import update

from benchmarks.shelving import Talk, shelve, talks
from kaisa_relay.domain.explore.columns import COLUMNS, Rows, read_columns, usual
from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.ids import CONVERSATION, MESSAGE, to_text
from kaisa_relay.explore import Exporting
from kaisa_relay.explore.exports import exporting, extracting, sheets
from kaisa_relay.explore.exports.cells import instant, public_id, whole
from kaisa_relay.explore.exports.formats import BOM
from kaisa_relay.ports.exports import Format, Wanted
from kaisa_relay.store.tables import contact, metadata
from tests.explore.conftest import Library
from tests.explore.script import ANNA, METADATA, VERA, sold
from tests.explore.test_finding import FILTERS, fits, which

MANY: Final = 60
EVERY: Final = Filter()


async def exported(here: Library, wanted: Wanted) -> bytes:
    """Return the whole file."""
    pieces = Exporting(here.shelf).pieces(here.world.workspace, wanted)
    return b"".join([each async for each in pieces])


def wanting(
    rows: Rows, format: Format, columns: str | None = None, which: Filter = EVERY
) -> Wanted:
    """Return an export of these columns, which are right."""
    read = usual(rows) if columns is None else read_columns(rows, columns)
    assert isinstance(read, tuple), read
    return Wanted(which, rows, read, format)


def table(file: bytes) -> list[dict[str, str]]:
    """Read a CSV file."""
    assert file.startswith(BOM)
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def objects(file: bytes) -> list[dict[str, Any]]:
    """Read a file of JSON Lines."""
    return [json.loads(line) for line in file.splitlines()]


def parts(file: bytes) -> Any:
    """Open a Parquet file."""
    return ParquetFile(io.BytesIO(file))


def cells(file: bytes) -> Iterator[list[list[tuple[str | None, str]]]]:
    """Yield the sheets of a workbook: the kind and the text of each cell that is not empty."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        names = sorted(name for name in parts.namelist() if "worksheets/" in name)
        for name in names:
            sheet = ElementTree.fromstring(parts.read(name))
            space = sheet.tag.removesuffix("worksheet")
            assert sheet.find(f".//{space}f") is None, "a formula"
            yield [
                [(cell.get("t"), "".join(cell.itertext())) for cell in row]
                for row in sheet.iter(f"{space}row")
            ]


async def test_a_row_has_what_is_known_of_a_conversation(here: Library) -> None:
    it = await sold(here.world)
    await here.catch_up()
    (row,) = table(await exported(here, wanting(Rows.CONVERSATIONS, Format.CSV)))
    assert list(row) == list(COLUMNS[Rows.CONVERSATIONS])
    (kept,) = await here.rows("conversation")
    assert row["id"] == to_text(CONVERSATION, it.id)
    assert (row["status"], row["outcome"], row["value"]) == ("closed", "sold", "12000.0")
    assert (row["created_at"], row["queued_at"]) == (
        instant(kept["created_at"]),
        instant(kept["queued_at"]),
    )
    assert row["to_accept"] == str((kept["accepted_at"] - kept["started_at"]) / 1_000_000)
    assert (row["offers"], row["declined"]) == ("2", "1")
    assert json.loads(row["metadata"]) == json.loads(METADATA)
    (same,) = objects(await exported(here, wanting(Rows.CONVERSATIONS, Format.JSONL)))
    assert {name: "" if value is None else str(value) for name, value in same.items()} | {
        "metadata": row["metadata"]
    } == row


async def test_a_row_for_each_message_and_each_offer(here: Library) -> None:
    await sold(here.world, "Åsa asks")
    await here.catch_up()
    messages = objects(await exported(here, wanting(Rows.MESSAGES, Format.JSONL)))
    kept = await here.rows("message")
    by_time = sorted(kept, key=lambda each: (each["at"], each["id"]))
    assert [each["id"] for each in messages] == [to_text(MESSAGE, each["id"]) for each in by_time]
    assert [each["text"] for each in messages if each["text"]] == [
        "Åsa asks", "It is.", "/close sold 12000 kr",
    ]  # fmt: skip
    assert 131026 in [each["code"] for each in messages]
    columns = "number,end,template,metadata.car.model"
    offers = table(await exported(here, wanting(Rows.OFFERS, Format.CSV, columns)))
    assert [list(each.values()) for each in offers] == [
        ["1", "declined", "True", "Volvo"],
        ["2", "accepted", "False", "Volvo"],
    ]


@pytest.mark.parametrize("rows", Rows)
@pytest.mark.parametrize("format", Format)
async def test_a_file_has_what_the_filter_means_whatever_the_pages(
    here: Library, monkeypatch: pytest.MonkeyPatch, rows: Rows, format: Format
) -> None:
    monkeypatch.setattr(extracting, "AT_ONCE", 7)
    monkeypatch.setattr(extracting, "AT_ONCE_WITHIN", 7)
    known = list(talks(here.world.workspace, MANY, above=here.world.new_id()))
    await here.shelf.write(lambda each: shelve(each, known))
    name = "id" if rows is Rows.CONVERSATIONS else "conversation"
    for pairs in FILTERS if format is Format.JSONL else FILTERS[:3]:
        meant = which(*pairs)
        wanted = [
            to_text(CONVERSATION, each.row.id)
            for each in reversed(known)
            if fits(each, meant)
            for _ in range(_rows_of(each)[rows])
        ]
        file = await exported(here, wanting(rows, format, name, meant))
        assert _first_column(file, format) == wanted, pairs


def _rows_of(talk: Talk) -> dict[Rows, int]:
    of_it = {Rows.MESSAGES: len(talk.messages), Rows.OFFERS: len(talk.offers)}
    return {Rows.CONVERSATIONS: 1, **of_it}


def _first_column(file: bytes, format: Format) -> list[str]:
    if format is Format.XLSX:
        strings = [[text for _, text in row] for sheet in cells(file) for row in sheet[1:]]
        return [row[0] for row in strings]
    if format is Format.PARQUET:
        return [str(each) for each in parts(file).read().column(0).to_pylist()]
    rows: list[dict[str, Any]] = list(table(file) if format is Format.CSV else objects(file))
    return [str(next(iter(row.values()))) for row in rows]


async def test_what_began_meanwhile_moves_nothing(
    here: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracting, "AT_ONCE", 5)
    known = list(talks(here.world.workspace, 20, above=here.world.new_id()))
    await here.shelf.write(lambda each: shelve(each, known[:15]))
    wanted = wanting(Rows.CONVERSATIONS, Format.JSONL, "id")
    pieces = Exporting(here.shelf).pieces(here.world.workspace, wanted)
    file = await anext(pieces)
    await here.shelf.write(lambda each: shelve(each, known[15:]))
    file += b"".join([each async for each in pieces])
    ids = [to_text(CONVERSATION, each.row.id) for each in reversed(known[:15])]
    assert [each["id"] for each in objects(file)] == ids


EVIL: Final = '=HYPERLINK("http://x","y")'


async def evil(here: Library) -> None:
    """Have a conversation full of what a spreadsheet would calculate."""
    await sold(here.world, "\t=1+1")
    given = b'{"a": "@y", "n": -5, "big": 100000000000000000001, "list":\n [1, null], "no": null}'
    await here.store.store.write(lambda unit: unit.execute(update(metadata).values(data=given)))
    await here.store.store.write(
        lambda unit: unit.execute(
            update(contact).where(contact.c.id == VERA.contact).values(name=EVIL)
        )
    )
    await here.catch_up()


COLUMNS_OF_EVIL: Final = (
    "visitor_name,visitor_phone,metadata.a,metadata.n,metadata.big,metadata.list,metadata.no,"
    "metadata.=x"
)


async def test_no_cell_of_csv_begins_a_formula(here: Library) -> None:
    await evil(here)
    wanted = wanting(Rows.CONVERSATIONS, Format.CSV, COLUMNS_OF_EVIL)
    (row,) = table(await exported(here, wanted))
    assert list(row.values()) == [
        f"'{EVIL}", VERA.phone, "'@y", "-5", "100000000000000000001", "[1,null]", "", "",
    ]  # fmt: skip
    wanted = wanting(Rows.MESSAGES, Format.CSV, "text")
    assert "'\t=1+1" in [each["text"] for each in table(await exported(here, wanted))]


async def test_a_workbook_has_text_and_no_formulas(here: Library) -> None:
    await evil(here)
    columns = f"{COLUMNS_OF_EVIL},created_at,metadata"
    (sheet,) = cells(await exported(here, wanting(Rows.CONVERSATIONS, Format.XLSX, columns)))
    assert [text for _, text in sheet[0]] == columns.split(",")
    assert sheet[1][:3] == [("inlineStr", EVIL), ("inlineStr", VERA.phone), ("inlineStr", "@y")]
    assert sheet[1][3:6] == [
        (None, "-5"), ("inlineStr", "100000000000000000001"), ("inlineStr", "[1,null]"),
    ]  # fmt: skip
    kind, date = sheet[1][6]
    assert (kind in (None, "n"), 45_000 < float(date) < 80_000) == (True, True)


async def test_json_lines_keep_values_as_they_were_given(here: Library) -> None:
    await evil(here)
    columns = f"{COLUMNS_OF_EVIL},metadata"
    (row,) = objects(await exported(here, wanting(Rows.CONVERSATIONS, Format.JSONL, columns)))
    assert row["visitor_name"] == EVIL
    assert [row[f"metadata.{key}"] for key in ("a", "n", "big", "list", "no", "=x")] == [
        "@y", -5, 100000000000000000001, [1, None], None, None,
    ]  # fmt: skip
    assert row["metadata"]["list"] == [1, None]


async def test_what_does_not_fit_on_a_sheet_goes_on_on_the_next(
    here: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 5)
    known = list(talks(here.world.workspace, 10, above=here.world.new_id()))
    await here.shelf.write(lambda each: shelve(each, known))
    file = await exported(here, wanting(Rows.CONVERSATIONS, Format.XLSX, "id"))
    assert [len(sheet) for sheet in cells(file)] == [5, 5, 3]
    ids = [row[0][1] for sheet in cells(file) for row in sheet[1:]]
    assert ids == [to_text(CONVERSATION, each.row.id) for each in reversed(known)]


async def test_a_workbook_has_no_more_rows_than_are_soon_made(
    here: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_SHEETED", 20)
    known = list(talks(here.world.workspace, 20, above=here.world.new_id()))
    await here.shelf.write(lambda each: shelve(each, known))
    exports = Exporting(here.shelf)
    for rows, format, is_fitting in (
        (Rows.CONVERSATIONS, Format.XLSX, True),
        (Rows.MESSAGES, Format.XLSX, False),
        (Rows.MESSAGES, Format.CSV, True),
    ):
        assert await exports.fits(here.world.workspace, wanting(rows, format)) is is_fitting


async def test_nothing_is_a_file_with_names_alone(here: Library) -> None:
    assert table(await exported(here, wanting(Rows.OFFERS, Format.CSV))) == []
    assert await exported(here, wanting(Rows.OFFERS, Format.JSONL)) == b""
    (sheet,) = cells(await exported(here, wanting(Rows.OFFERS, Format.XLSX)))
    assert [text for _, text in sheet[0]] == [each.name for each in usual(Rows.OFFERS)]


@pytest.mark.parametrize("id", [0, 1, ANNA.contact, 1 << 62, (1 << 63) - 1])
def test_ids_are_written_as_everywhere(id: int) -> None:
    assert public_id("ctc", id) == to_text("ctc", id)


@given(st.integers(0, 1 << 52))
def test_instants_are_written_as_everywhere(micros: int) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    assert instant(micros) == msgspec.to_builtins(at)


@pytest.mark.parametrize(
    "kept", [b'{"a": 1e400}', b'{"a":\r\n "b\\n"}', b'{"a": 10000000000000000}']
)
def test_metadata_is_on_one_line(kept: bytes) -> None:
    raw = whole(kept)
    assert raw is not None
    assert len(bytes(raw).splitlines()) == 1
    assert json.loads(bytes(raw)) == json.loads(kept)
