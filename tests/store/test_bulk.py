"""One statement over many rows means the same on both databases."""

from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store.bulk import LARGEST, Bulk
from tests.contracts.sql_stores import SqlStore

INSERT = Bulk(
    """insert into app (id, secrets, verify_token)
    select v.id, v.secrets, v.verify_token from {rows} where true on conflict (id) do nothing""",
    id=str,
    secrets=bytes,
    verify_token=bytes,
)
READ = Bulk("select app.id, app.secrets from {rows} cross join app where app.id = v.id", id=str)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 127, 128, 129, LARGEST, LARGEST + 1])
async def test_every_row_is_written_once(rooms: SqlStore, count: int) -> None:
    rows = [(f"app{number:05}", bytes([number % 256, 0]), b"") for number in range(count)]

    def write(connection: Connection) -> tuple[int, int, list[Any]]:
        first, second = INSERT.run(connection, rows), INSERT.run(connection, rows)
        return first, second, READ.fetch(connection, [(row[0],) for row in rows])

    first, second, found = await rooms.store.write(write)
    assert (first, second) == (count, 0)
    assert sorted((id, bytes(secrets)) for id, secrets in found) == [row[:2] for row in rows]


async def test_nulls_stay_nulls(rooms: SqlStore) -> None:
    insert = Bulk(
        """insert into pair (workspace, contact, channel, role, inbound_at)
        select v.workspace, v.contact, v.channel, v.role, v.inbound_at from {rows} where true""",
        workspace=int,
        contact=int,
        channel=int,
        role=str,
        inbound_at=int,
    )
    rows = [(1, 1, 1, None, None), (1, 2, 1, "agent", 2**62), (1, 3, 1, None, 0)]

    def write(connection: Connection) -> list[tuple[Any, ...]]:
        insert.run(connection, rows)
        found = text("select workspace, contact, channel, role, inbound_at from pair order by 2")
        return [tuple(row) for row in connection.execute(found)]

    assert await rooms.store.write(write) == rows


async def test_an_error_of_the_driver_is_one_of_sqlalchemys(rooms: SqlStore) -> None:
    """And it loses the caller's unit only: the next one is written."""
    incomplete, whole = [("a", None, b"")], [("a", b"", b"")]
    with pytest.raises(IntegrityError) as error:
        await rooms.store.write(lambda connection: INSERT.run(connection, incomplete))
    assert not error.value.connection_invalidated
    assert await rooms.store.write(lambda connection: INSERT.run(connection, whole)) == 1


async def test_an_error_while_its_answer_is_read_is_one_too(rooms: SqlStore) -> None:
    """SQLite finds the rows while they are fetched, and may fail at any of them."""
    rows = [(f"app{number:05}", b"", b"") for number in range(3)]
    least = "-9223372036854775807 - 1"
    awkward = Bulk(
        f"select abs(case v.id when 'app00002' then {least} else 1 end) from {{rows}}", id=str
    )
    with pytest.raises((DBAPIError, StoreUnavailable)):
        await rooms.store.write(
            lambda connection: awkward.fetch(connection, [(row[0],) for row in rows])
        )
