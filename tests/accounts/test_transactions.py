"""Commands without a serve of their own: under the file's lock, or beside the nodes."""

from collections.abc import Iterator

import pytest
import trio
from sqlalchemy import Connection, make_url

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.commands import AddWorkspace, Inspect, Refused, Why, WorkspaceFacts
from kaisa_relay.accounts.configured import ConfiguredAccounts
from kaisa_relay.accounts.transactions import open_alone
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store import LockedByOther, open_store, sqlite
from tests.accounts.conftest import CIPHER, EPOCH, WallClock
from tests.store.databases import (
    bare_postgres_database,
    bare_sqlite_database,
    postgres_database,
    sqlite_database,
)


@pytest.fixture
def sqlite_url() -> Iterator[str]:
    with sqlite_database() as url:
        yield url


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with postgres_database() as url:
        yield url


async def test_a_change_beside_a_running_node_is_heard_by_it(
    postgres_url: str, clock: WallClock
) -> None:
    """On PostgreSQL rows and the version are the whole protocol."""
    async with open_store(postgres_url, wall=clock) as store, trio.open_nursery() as nursery:
        await nursery.start(store.run)
        accounts = await ConfiguredAccounts.load(store, CIPHER, clock)
        heard = trio.Event()
        accounts.subscribe(heard.set)
        await nursery.start(accounts.run)
        async with open_alone(postgres_url) as alone:
            administration = Administration(alone, lambda: CIPHER, lambda: 7, clock)
            added = await administration.execute(AddWorkspace("acme"))
            assert isinstance(added, WorkspaceFacts)
        with trio.fail_after(30):  # the other process looks twice a second
            await heard.wait()
        assert accounts.workspaces() == (7,)
        nursery.cancel_scope.cancel()


async def test_on_sqlite_one_process_writes(sqlite_url: str, clock: WallClock) -> None:
    """The holder's process is named."""
    async with open_store(sqlite_url, wall=clock):
        with pytest.raises(LockedByOther, match="process"):
            async with open_alone(sqlite_url):
                pytest.fail("the lock did not hold")


async def test_a_command_leaves_no_sign_of_life(sqlite_url: str, clock: WallClock) -> None:
    """The next serve must see how long it was really away."""
    async with open_store(sqlite_url, wall=clock):
        pass
    clock.pass_(hours=1)
    async with open_alone(sqlite_url) as alone:
        await alone.write(rows.raise_version)
    async with open_store(sqlite_url, wall=clock) as store:
        assert store.last_alive() == EPOCH


async def test_an_exception_rolls_back(sqlite_url: str) -> None:
    """And comes through."""
    async with open_alone(sqlite_url) as alone:
        before = await alone.read(rows.version)

        def fail(connection: Connection) -> None:
            rows.raise_version(connection)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await alone.write(fail)
        assert await alone.read(rows.version) == before


async def test_who_only_looks_makes_nothing() -> None:
    """No file on SQLite, no tables on PostgreSQL."""
    with bare_sqlite_database() as nowhere:
        with pytest.raises(StoreUnavailable, match="no database yet"):
            async with open_alone(nowhere, upgrade=False):
                pytest.fail("there was nothing to open")
        assert not sqlite.path_of(make_url(nowhere)).exists()
    with bare_postgres_database() as empty:
        async with open_alone(empty, upgrade=False) as alone:
            answer = await Administration(alone, lambda: CIPHER, lambda: 1).execute(Inspect())
    assert isinstance(answer, Refused)
    assert answer.why is Why.UNAVAILABLE
