"""A read model made anew beside the one in use: the same rows, and nobody notices but by them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import trio
from sqlalchemy import Connection, inspect, make_url, update

from kaisa_relay.explore import open_shelf
from kaisa_relay.explore.model import tables
from kaisa_relay.explore.projecting.rebuilding import (
    Rebuilding,
    in_the_making,
    put_in_place,
    rebuild,
)
from kaisa_relay.journal.codec import decode_content
from kaisa_relay.journal.following import SqlFollowing
from kaisa_relay.ports import Recorded, StoreUnavailable
from kaisa_relay.store import read_beside
from tests.explore.conftest import Library
from tests.explore.script import sold

TABLES = ("conversation", "message", "offer", "recovery", "label", "said", "cursor")


async def made_anew(here: Library) -> list[tuple[int, int]]:
    """Rebuild as the command does, and return what it told of its progress."""
    told: list[tuple[int, int]] = []
    url = make_url(here.url)

    def report(done: int, goal: int) -> None:
        told.append((done, goal))

    async with read_beside(url) as store:
        following = SqlFollowing(store)
        assert await rebuild(url, store, following, decode_content, report) == told[-1][0]
    return told


async def spoil(here: Library) -> None:
    """Have the read model be wrong, as a bug would leave it."""
    wrong = update(tables.conversation).values(from_visitor=99)
    await here.shelf.write(lambda connection: connection.execute(wrong))


async def test_what_is_made_anew_is_what_the_events_make(here: Library) -> None:
    """Row for row, and the process that serves goes on with it."""
    for _ in range(3):
        await sold(here.world)
    await here.catch_up()
    right = [await here.rows(table) for table in TABLES]
    await spoil(here)
    told = await made_anew(here)
    assert told[-1] == (45, 45)
    await here.shelf.renew()
    assert [await here.rows(table) for table in TABLES] == right
    await sold(here.world)
    await here.catch_up()
    assert [row["from_visitor"] for row in await here.rows("conversation")] == [1, 1, 1, 1]


async def test_whoever_serves_answers_from_the_old_one_until_then(here: Library) -> None:
    """What happens while the new one is made is taken in by both."""
    await sold(here.world)
    await here.catch_up()
    async with in_the_making(make_url(here.url)):
        assert len(await here.rows("conversation")) == 1
        await sold(here.world)
        await here.catch_up()
        assert len(await here.rows("conversation")) == 2
    await here.shelf.renew()
    assert await here.rows("conversation") == []
    await here.catch_up()
    assert len(await here.rows("conversation")) == 2


async def test_what_was_not_finished_leaves_everything_as_it_was(here: Library) -> None:
    """An end in the middle, or a kill and the next start."""
    await sold(here.world)
    await here.catch_up()
    before = [await here.rows(table) for table in TABLES]
    with pytest.raises(KeyboardInterrupt):
        async with in_the_making(make_url(here.url)):
            raise KeyboardInterrupt
    await here.shelf.renew()
    assert [await here.rows(table) for table in TABLES] == before
    left = await here.shelf.read(lambda each: inspect(each).get_schema_names())
    assert not {"explore_new", "explore_old"} & set(left)
    if here.shelf.path is not None:
        assert not list(here.shelf.path.parent.glob("*making.db"))


async def test_one_at_a_time(here: Library) -> None:
    """The second is told, and harms nothing."""
    async with in_the_making(make_url(here.url)):
        with pytest.raises(Rebuilding, match="already"):
            async with in_the_making(make_url(here.url)):
                pass


async def test_readers_are_waited_for(here: Library) -> None:
    """A list that is being read ends with the rows that it began with."""
    if here.shelf.path is None:
        pytest.skip("PostgreSQL lets a reader keep its snapshot")
    await sold(here.world)
    await here.catch_up()
    async with in_the_making(make_url(here.url)):
        pass
    begun, go_on = trio.Event(), trio.Event()
    counts: list[int] = []

    def slow(connection: Connection) -> None:
        trio.from_thread.run_sync(begun.set)
        trio.from_thread.run(go_on.wait)
        counts.append(len(connection.execute(tables.conversation.select()).all()))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(here.shelf.read, slow, name="reader")
        await begun.wait()
        nursery.start_soon(here.shelf.renew, name="renewal")
        await trio.testing.wait_all_tasks_blocked()
        go_on.set()
    assert counts == [1]
    assert await here.rows("conversation") == []


async def test_it_is_in_place_where_nobody_serves(here: Library, tmp_path: Path) -> None:
    """A serve that starts later finds it."""
    url = make_url(here.url)
    async with in_the_making(url):
        pass
    async with open_shelf(here.url):
        assert await put_in_place(url, 30.0), "taken over at the start"


async def test_whoever_serves_changes_over_soon(here: Library) -> None:
    """The command waits for it, as long as it was told to."""
    url = make_url(here.url)
    async with in_the_making(url):
        pass
    assert await put_in_place(url, 0.01) is (here.shelf.path is None)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(here.projector.run, name="projector")
        assert await put_in_place(url, 30.0)
        nursery.cancel_scope.cancel()


async def test_a_database_that_is_away_leaves_nothing_half_done(here: Library) -> None:
    """A read model of a part of the events would be worse than none."""
    await sold(here.world)
    url = make_url(here.url)

    class Away(SqlFollowing):
        async def events(self, of: int, after: int, limit: int) -> Sequence[Recorded]:
            raise StoreUnavailable("away")

    async with read_beside(url) as store:
        with pytest.raises(StoreUnavailable):
            await rebuild(url, store, Away(store), decode_content, lambda done, goal: None)
    await here.shelf.renew()
    await here.catch_up()
    assert len(await here.rows("conversation")) == 1
