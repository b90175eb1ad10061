"""The databases are really set as the design wants them."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, text

from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.store import sqlite
from tests.contracts.sql_stores import running
from tests.store.acts import execute
from tests.store.databases import bare_sqlite_database, postgres_database


@pytest.fixture
def file_url() -> Iterator[str]:
    """The URL of a SQLite file that is not there yet."""
    with bare_sqlite_database() as url:
        yield url


def _pragmas(connection: Connection) -> dict[str, Any]:
    names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "query_only")
    return {name: connection.exec_driver_sql(f"pragma {name}").scalar() for name in names}


async def test_the_sqlite_writer_is_durable_and_forgets(file_url: str) -> None:
    async with running(file_url, system_clock) as rooms:
        assert await rooms.store.write(_pragmas) == {
            "journal_mode": "wal",
            "synchronous": 2,
            "secure_delete": 1,
            "foreign_keys": 1,
            "query_only": 0,
        }


async def test_the_sqlite_readers_only_read(file_url: str) -> None:
    async with running(file_url, system_clock) as rooms:
        assert (await rooms.store.read(_pragmas))["query_only"] == 1


async def test_sqlite_is_new_enough(file_url: str) -> None:
    """Before 3.51.3 a WAL reset can lose data."""
    async with running(file_url, system_clock) as rooms:
        version = await rooms.store.read(
            lambda connection: connection.scalar(text("select sqlite_version()"))
        )
    assert tuple(map(int, str(version).split("."))) >= (3, 51, 3)


async def test_what_was_deleted_is_not_in_the_files(file_url: str) -> None:
    path = sqlite.path_of(make_url(file_url))
    put = "insert into app (id, secrets, verify_token) values ('canary-in-the-file', x'00', x'00')"
    async with running(file_url, system_clock) as rooms:
        await execute(rooms, put)
    assert b"canary-in-the-file" in path.read_bytes()
    async with running(file_url, system_clock) as rooms:
        await execute(rooms, "delete from app")
    files = [file.read_bytes() for file in path.parent.iterdir()]
    assert not any(b"canary-in-the-file" in content for content in files)


async def test_the_sqlite_files_are_for_our_user_only(file_url: str) -> None:
    path = sqlite.path_of(make_url(file_url))
    async with running(file_url, system_clock) as rooms:
        await execute(rooms, "delete from app")
        modes = {file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {0o600}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name"])
def test_a_url_that_is_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a database is sqlite"):
        sqlite.path_of(make_url(url))


async def test_the_postgres_connections_do_not_wait_for_ever() -> None:
    names = (
        "idle_in_transaction_session_timeout",
        "statement_timeout",
        "lock_timeout",
        "default_transaction_read_only",
        "synchronous_commit",
    )

    def settings(connection: Connection) -> list[Any]:
        return [connection.scalar(text(f"show {name}")) for name in names]

    with postgres_database() as url:
        async with running(url, system_clock) as rooms:
            assert await rooms.store.write(settings) == ["3s", "10s", "2s", "off", "on"]
            assert await rooms.store.read(settings) == ["3s", "10s", "2s", "on", "on"]
