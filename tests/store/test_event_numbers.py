"""Revision 0006: events written by name and in full are read as they were."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url, select, text

import kaisa_relay.store
from kaisa_relay.journal.codec import decode_event
from kaisa_relay.journal.event_columns import NUMBERS
from kaisa_relay.journal.events import recorded
from kaisa_relay.store import migrate, postgres, sqlite
from kaisa_relay.store.instants import to_micros
from kaisa_relay.store.tables import event
from tests import fakes
from tests.store.databases import bare_postgres_database, bare_sqlite_database

LAST = 41
"""The number of the last kind that revision 0005 could hold."""
FILE = Path(__file__).parent.parent / "data" / "events_v1.json"
GOLDEN = [each for each in json.loads(FILE.read_text()) if NUMBERS[each["kind"]] <= LAST]
STREAMS = {"message.unmatched": "message/7", "message.status": "send/9"}


@pytest.fixture(params=[bare_sqlite_database, bare_postgres_database])
def old_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database at revision 0005 with an event of every kind, written as it was."""
    with request.param() as url:
        with _connected(url) as connection:
            config = Config(attributes={"connection": connection})
            scripts = Path(kaisa_relay.store.__file__).parent / "migrations"
            config.set_main_option("script_location", str(scripts))
            command.upgrade(config, "0005")
            for seq, golden in enumerate(GOLDEN, 1):
                connection.execute(_INSERT, _row(seq, golden))
        yield url


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    parsed = make_url(url)
    postgresql = parsed.get_backend_name() == "postgresql"
    engine = postgres.patient(parsed) if postgresql else sqlite.writer(sqlite.path_of(parsed))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


_INSERT = text(
    """insert into event (workspace, seq, epoch, stream, version, kind, format, at, data)
    values (1, :seq, 1, :stream, :version, :kind, 1, :at, :data)"""
)


def _stream(kind: str) -> str:
    return STREAMS.get(kind, f"{kind.partition('.')[0]}/5")


def _row(seq: int, golden: dict[str, Any]) -> dict[str, Any]:
    return {
        "seq": seq,
        "stream": _stream(golden["kind"]),
        "version": golden["data"]["rank"] if golden["kind"] == "message.status" else seq,
        "kind": golden["kind"],
        "at": to_micros(fakes.EPOCH),
        "data": json.dumps(golden["data"]),
    }


def test_every_event_that_was_written_before_is_read(old_url: str) -> None:
    migrate(old_url)
    with _connected(old_url) as connection:
        rows = [recorded(row) for row in connection.execute(select(event).order_by(event.c.seq))]
    assert [row.seq for row in rows] == list(range(1, len(GOLDEN) + 1))
    streams = [_stream(golden["kind"]) for golden in GOLDEN]
    assert [row.stream for row in rows] == streams
    written = [decode_event(g["kind"], 1, json.dumps(g["data"]), {}) for g in GOLDEN]
    assert [row.event for row in rows] == written
