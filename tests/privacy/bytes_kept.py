"""Every byte that a database holds of what it was told, free pages and logs included."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from kaisa_relay.store import sqlite


def kept(url: str) -> Iterator[tuple[str, bytes]]:
    """Yield each place and what is in it: files of SQLite, every row of PostgreSQL's tables."""
    if url.startswith("sqlite"):
        yield from in_folder(sqlite.path_of(make_url(url)).parent)
    else:
        yield from _rows(url)


def in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file below a folder, and the folder's names."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.name.encode() + b"\n" + path.read_bytes()


def _rows(url: str) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('public', 'explore')"
        ).fetchall()
        for schema, table in tables:
            with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
                found = cursor.execute(f'select * from "{schema}"."{table}"'.encode()).fetchall()
            flat = (_bytes(value) for row in found for value in row)
            yield f"{schema}.{table}", b"\n".join(flat)


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
