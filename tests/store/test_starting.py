"""One process at a time serves a database."""

import os
from pathlib import Path

import pytest
import trio

from kaisa_relay.runtime.clock import WallClock, system_clock
from kaisa_relay.store import Displaced, LockedByOther, engine, migrate, open_store
from kaisa_relay.store.lock import file_lock
from tests.contracts.sql_stores import running
from tests.store.acts import execute, rows
from tests.store.databases import bare_postgres_database, sqlite_database


async def test_a_second_process_is_refused(
    url: str, clock: WallClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LEASE_WAIT", 0.3)
    async with running(url, clock):
        with pytest.raises(LockedByOther, match="another kaisa-relay"):
            async with open_store(url, wall=clock):
                pytest.fail("two processes serve one database")
    async with running(url, clock) as store:  # closing gave it free
        assert store.store.statistics().away_since is None


async def test_the_refusal_names_the_process(tmp_path: Path) -> None:
    database = tmp_path / "relay.db"
    refused = pytest.raises(LockedByOther, match=f"process {os.getpid()}")
    with file_lock(database), refused, file_lock(database):
        pytest.fail("two hold one lock")


async def test_a_dead_process_s_lease_is_waited_for() -> None:
    """The lease outlives a killed process by less than a second here, and the start succeeds."""
    with bare_postgres_database() as url:
        migrate(url)
        async with running(url, system_clock) as store:
            soon = "extract(epoch from clock_timestamp()) * 1000000 + 600000"
            await execute(store, f"update node set lease_until = {soon}, node_id = 7")
            await trio.testing.wait_all_tasks_blocked()
            async with running(url, system_clock) as successor:
                assert await rows(successor, "select count(*) from node where node_id = 7") == [
                    (0,)
                ]
                assert successor.store.last_alive() is not None


async def test_a_displaced_process_ends(clock: WallClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that slept through its lease finds its row gone at its next sign of life."""
    monkeypatch.setattr(engine, "BEAT_SECONDS", {"sqlite": 0.05})
    with sqlite_database() as url, pytest.RaisesGroup(Displaced, flatten_subgroups=True):
        async with running(url, clock) as store:
            await execute(store, "delete from node")
            await trio.sleep_forever()
