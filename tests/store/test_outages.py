"""While the database is away callers hear so at once; when it is back, so does everybody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from attrs import evolve
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.runtime.clock import WallClock, system_clock
from kaisa_relay.store import Away, BrokenStorage, engine, open_store
from kaisa_relay.store.faults import translated
from tests import fakes
from tests.contracts.sql_stores import SqlStore, sql_store
from tests.contracts.world import SetClock
from tests.store.acts import append, execute, rows
from tests.store.databases import execute as execute_outside
from tests.store.databases import postgres_database, sqlite_database


class Outages:
    """Hears of outages, and wakes who waits for one to end."""

    def __init__(self) -> None:
        self.heard: list[Away] = []
        self.over = trio.Event()

    def __call__(self, away: Away) -> None:
        self.heard.append(away)
        if away.ended is not None:
            self.over.set()


@asynccontextmanager
async def _listened_to(
    url: str, outages: Outages, clock: WallClock = system_clock
) -> AsyncIterator[SqlStore]:
    opened = open_store(url, wall=clock, on_outage=outages)
    async with opened as store, trio.open_nursery() as nursery:
        await nursery.start(store.run)
        yield sql_store(store)
        nursery.cancel_scope.cancel()


async def _unavailable(rooms: SqlStore, workspace: WorkspaceId, tries: int) -> int:
    """Append so often at once and count the refusals."""
    refused = 0

    async def one(number: int) -> None:
        nonlocal refused
        try:
            await append(rooms, workspace, f"conversation/{number}")
        except StoreUnavailable:
            refused += 1

    async with trio.open_nursery() as nursery:
        for number in range(tries):
            nursery.start_soon(one, number)
    return refused


async def test_a_full_disk_refuses_and_is_tried_again() -> None:
    """SQLite reports a page limit as it reports ENOSPC; a new connection has no such limit."""
    outages = Outages()
    with sqlite_database() as url:
        async with _listened_to(url, outages) as rooms:
            workspace = await rooms.add_workspace()
            big = "insert into app (id, secrets, verify_token) values ('a', zeroblob(9000000), x'')"
            await execute(rooms, "pragma max_page_count = 100")
            with pytest.raises(StoreUnavailable, match="SQLITE_FULL"):
                await execute(rooms, big)
            await outages.over.wait()
            assert rooms.store.statistics().outages == 1
            assert await append(rooms, workspace, "conversation/1") is None
            assert await rows(rooms, "select count(*) from app") == [(0,)]
    began, over = outages.heard
    assert began.ended is None
    assert "SQLITE_FULL" in began.why
    assert over.ended is not None
    assert over == evolve(began, ended=over.ended)
    assert over.since <= over.ended


async def test_a_lost_connection_refuses_what_waits_and_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A sign of life at the wrong moment would find the loss, and mend it, before we do.
    monkeypatch.setattr(engine, "BEAT_SECONDS", {"postgresql": 1000.0})
    outages = Outages()
    with postgres_database() as url:
        async with _listened_to(url, outages) as rooms:
            workspace = await rooms.add_workspace()
            others = "pid <> pg_backend_pid() and application_name = 'kaisa-relay'"
            kill = f"select pg_terminate_backend(pid) from pg_stat_activity where {others}"
            await trio.to_thread.run_sync(execute_outside, kill)
            refused = await _unavailable(rooms, workspace, 20)
            await outages.over.wait()
            assert refused == 20
            assert await append(rooms, workspace, "conversation/1") is None
            assert await rows(rooms, "select count(*) from event") == [(1,)]
    assert [away.ended is None for away in outages.heard] == [True, False]


async def test_a_store_that_is_not_running_refuses(url: str) -> None:
    async with open_store(url, wall=system_clock) as store:
        with pytest.raises(StoreUnavailable):
            await store.own()


async def test_who_waits_when_the_store_closes_is_told(url: str) -> None:
    refused: list[int] = []

    async with open_store(url, wall=system_clock) as store:
        async with trio.open_nursery() as callers, trio.open_nursery() as nursery:
            await nursery.start(store.run)
            rooms = sql_store(store)
            await rooms.add_workspace()
            (workspace,) = store.epochs

            async def one(number: int) -> None:
                try:
                    await append(rooms, workspace, f"conversation/{number}")
                except StoreUnavailable:
                    refused.append(number)

            for number in range(20):
                callers.start_soon(one, number)
            await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()
        ((kept,),) = await rows(rooms, "select count(*) from event")
    # The batch under way is finished; what gathered behind it is refused. Nobody hangs.
    assert kept + len(refused) == 20


class DiskError(Exception):
    """What SQLite reports when the disk fails an fsync."""

    sqlite_errorcode = 1034  # SQLITE_IOERR_FSYNC


async def test_a_failed_fsync_ends_the_process_without_another_write() -> None:
    """Not even the last sign of life is written, which a store that closes in order leaves."""
    clock = SetClock(fakes.EPOCH)

    def fail(connection: Connection) -> None:
        clock.forward(hours=1)
        raise OperationalError("commit", None, DiskError())

    with sqlite_database() as url:
        with pytest.RaisesGroup(BrokenStorage, StoreUnavailable, flatten_subgroups=True):
            async with _listened_to(url, Outages(), clock) as rooms:
                await rooms.store.write(fail)
        async with _listened_to(url, Outages(), clock) as rooms:
            assert rooms.store.last_alive() == fakes.EPOCH


def test_a_failed_fsync_is_not_a_passing_outage() -> None:
    with pytest.raises(BrokenStorage), translated():
        raise OperationalError("commit", None, DiskError())


def test_an_error_keeps_rows_out_of_its_message() -> None:
    error = OperationalError("insert", {"name": "canary"}, Exception("canary"))
    with pytest.raises(StoreUnavailable) as caught, translated():
        raise error
    assert "canary" not in str(caught.value)
