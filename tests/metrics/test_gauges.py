"""What is asked at the scrape, and the rows counted beside it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import trio
import trio.testing
from sqlalchemy import Connection, Table, insert

from kaisa_relay.metrics import Metrics, RowCounts, count_rows
from kaisa_relay.metrics.gauges import COUNT_EVERY
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.runtime.mailbox import Mailbox
from kaisa_relay.store import open_store, tables
from tests.metrics.house import NOW, House
from tests.metrics.page import read
from tests.store.databases import FRESH


async def test_gauges_show_the_house_at_the_moment_of_the_question() -> None:
    house, metrics = House(), Metrics()
    gauges = metrics.watch(house.sources())
    box = Mailbox[int](1)
    house.boxes += [box, Mailbox[int](5)]
    assert [box.tell(1), box.tell(2)] == [True, False]
    async with trio.open_nursery() as nursery:
        await nursery.start(gauges.run)
        await trio.testing.wait_all_tasks_blocked()
        page = read(metrics)
        nursery.cancel_scope.cancel()
    assert page["kaisa_conversations_live"] == 2
    assert page["kaisa_conversations_quarantined"] == 1
    assert page["kaisa_conversations_passivated"] == 6
    assert page["kaisa_items_in_flight"] == 3
    assert page["kaisa_channels burden=limited"] == 1
    assert page["kaisa_mailbox_messages actor=conversation"] == 7
    assert page["kaisa_mailbox_messages actor=channel"] == 1
    assert page["kaisa_mailbox_refused_total actor=channel"] == 1
    assert page["kaisa_journal_units_waiting"] == 11
    assert page["kaisa_database_outages_total"] == 2
    assert page["kaisa_inbox_rows state=new"] == 4
    assert page["kaisa_outbox_rows state=ready"] == 5
    assert page["kaisa_outbox_rows state=unknown"] == 0, "an alert on what is absent never ends"
    assert page["kaisa_conversations_open phase=reserved"] == 6
    assert page["kaisa_conversations_open phase=seeking"] == 0


async def test_rows_are_counted_beside_the_scrapes(
    autojump_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    house, metrics = House(), Metrics()
    gauges = metrics.watch(house.sources())
    assert "kaisa_conversations_passivated" not in read(metrics), "not known is not none"
    nursery.start_soon(gauges.run)
    await trio.sleep(1)
    assert [read(metrics)["kaisa_inbox_rows state=new"] for _ in range(3)] == [4, 4, 4]
    assert house.counted == 1
    house.rows = RowCounts({"new": 0}, {}, {})
    await trio.sleep(COUNT_EVERY)
    assert read(metrics)["kaisa_inbox_rows state=new"] == 0
    assert house.counted == 2


async def test_the_page_is_there_while_the_database_is_not(
    autojump_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    house, metrics = House(), Metrics()
    nursery.start_soon(metrics.watch(house.sources()).run)
    await trio.sleep(1)
    house.reachable = False
    await trio.sleep(COUNT_EVERY)
    assert house.counted == 2
    assert read(metrics)["kaisa_inbox_rows state=new"] == 4, "the last count stays"
    house.away_since = NOW
    await trio.sleep(COUNT_EVERY)
    assert house.counted == 2, "a database that is known to be away is not asked"
    assert read(metrics)["kaisa_database_away"] == 1
    house.away_since = None
    assert read(metrics)["kaisa_database_away"] == 0
    metrics.on_outage(NOW, NOW + timedelta(seconds=90))
    assert read(metrics)["kaisa_database_outage_seconds_total"] == 90


def put(connection: Connection, table: Table, **values: Any) -> None:
    """Insert a row, with something in each column that must have it."""
    needed = {c.name: _anything(c) for c in table.columns if not c.nullable and c.name != "id"}
    connection.execute(insert(table).values(**{**needed, **values}))


def _anything(column: Any) -> Any:
    kind = column.type.python_type
    return {int: 1, str: "x", bytes: b"x", bool: True}[kind]


def fill(connection: Connection) -> None:
    rows = [("new", 1), ("new", 1), ("done", 1), ("parked", 1), ("parked", None)]
    for number, (state, workspace) in enumerate(rows, 1):
        put(connection, tables.inbox, id=number, state=state, workspace=workspace)
    for number, state in enumerate(("ready", "ready", "unknown"), 1):
        put(connection, tables.send, id=number, state=state)
    for number, (phase, due) in enumerate([("active", 5), ("reserved", 5), ("closed", None)], 1):
        put(connection, tables.conversation, id=number, phase=phase, due_at=due)


@pytest.fixture(params=sorted(FRESH))
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with nothing in it, once on each engine."""
    with FRESH[request.param]() as fresh:
        yield fresh


async def test_rows_are_counted_by_what_they_wait_for(url: str) -> None:
    async with open_store(url, wall=system_clock) as store, trio.open_nursery() as nursery:
        await nursery.start(store.run)
        assert await store.read(count_rows) == RowCounts(
            {"new": 0, "parked": 0, "unrouted": 0}, {}, {}
        )
        await store.write(fill)
        counted = await store.read(count_rows)
        nursery.cancel_scope.cancel()
    assert counted == RowCounts(
        inbox={"new": 2, "parked": 1, "unrouted": 1},
        outbox={"ready": 2, "unknown": 1},
        conversations={"active": 1, "reserved": 1},
    )
