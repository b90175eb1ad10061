"""Somebody who waits for a list or a report: for so long, and no reader is held when they left."""

import pytest
import trio
from sqlalchemy import Connection, column, select, text

from kaisa_relay.explore.model.shelf import ASKERS
from kaisa_relay.explore.reports.percentiles import read
from kaisa_relay.ports.explore import TooSlow
from tests.explore.conftest import Library
from tests.explore.script import sold

ENDLESS = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"


def endless(connection: Connection) -> object:
    return connection.scalar(text(ENDLESS))


def one(connection: Connection) -> object:
    return connection.scalar(text("select 1"))


async def test_what_takes_too_long_is_ended(here: Library) -> None:
    """And more often than there are readers, so that none of them is held."""
    for _ in range(2 * ASKERS):
        with pytest.raises(TooSlow):
            await here.shelf.ask(endless, 0.05)
    assert await here.shelf.ask(one, 600.0) == 1


async def test_what_nobody_waits_for_is_ended(here: Library) -> None:
    """A client that hung up leaves its reader to others."""
    for _ in range(2 * ASKERS):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(here.shelf.ask, endless, 5.0, name="asker")
            await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()
    assert await here.shelf.ask(one, 600.0) == 1


async def test_what_is_asked_delays_nothing_that_is_taken_in(here: Library) -> None:
    """As many as may ask at once, and one that waits for them."""
    await sold(here.world)
    async with trio.open_nursery() as nursery:
        for _ in range(ASKERS + 1):
            nursery.start_soon(here.shelf.ask, endless, 600.0, name="asker")
        await trio.testing.wait_all_tasks_blocked()
        await here.catch_up()
        nursery.cancel_scope.cancel()
    assert len(await here.rows("conversation")) == 1


async def test_a_connection_that_was_ended_is_as_before(here: Library) -> None:
    """Neither the end nor the limit stays with it."""
    with pytest.raises(TooSlow):
        await here.shelf.ask(endless, 0.05)
    counted = "with recursive n(x) as (select 1 union all select x + 1 from n where x < 200000) "
    counted += "select count(*) from n"
    for _ in range(2 * ASKERS):
        assert await here.shelf.ask(lambda each: each.scalar(text(counted)), 600.0) == 200_000


async def test_a_report_whose_rows_are_read_out_is_ended(here: Library) -> None:
    """Also between its rows, where the driver alone is asked."""

    def read_out(connection: Connection) -> object:
        query = text(ENDLESS.replace("count(*)", "x")).columns(column("x"))
        return sum(len(rows) for rows in read(connection, select(query.subquery())))

    if here.shelf.reader.dialect.name == "sqlite":
        with pytest.raises(TooSlow):
            await here.shelf.ask(read_out, 0.05)
    assert await here.shelf.ask(one, 600.0) == 1
