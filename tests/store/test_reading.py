"""Reads share a few threads, and those who only look never hold all of them."""

from threading import Event

import pytest
import trio
from sqlalchemy import Connection, text

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.identity import Recognised
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.inbound import StatusBatch
from kaisa_relay.ports import Filter, ItemKind, NewItem
from kaisa_relay.store.engine import BROWSERS, READERS
from tests.contracts.sql_stores import SqlStore
from tests.store.acts import execute, rows

pytestmark = pytest.mark.timeout(60)

NOBODY = Recognised()


async def test_slow_lists_keep_no_message_waiting(
    rooms: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many lists as there are readers are under way: the router still finds who wrote."""
    workspace = await rooms.add_workspace()
    begun, go_on = trio.Semaphore(0), Event()

    def slow(connection: Connection, *_: object) -> list[int]:
        trio.from_thread.run_sync(begun.release)
        assert go_on.wait(30)
        return [connection.scalars(text("select 1")).one()]

    monkeypatch.setattr("kaisa_relay.journal.conversation_listing.page", slow)
    async with trio.open_nursery() as nursery:
        for _ in range(READERS):
            nursery.start_soon(rooms.archive.conversations, workspace, Filter(), None, 10)
        try:
            for _ in range(BROWSERS):
                await begun.acquire()
            with trio.fail_after(10):
                assert await rooms.directory.find(workspace, "", Sender("46", None), []) == NOBODY
        finally:
            go_on.set()


async def test_a_row_of_a_kind_that_only_a_newer_version_knows_is_parked(rooms: SqlStore) -> None:
    workspace = await rooms.add_workspace()
    channel = await rooms.add_channel(workspace)
    read = NewItem(workspace, channel.id, ItemKind.STATUSES, None, b"[]")
    await rooms.inbox.store([read, read])
    await execute(rooms, "update inbox set kind = 'poll' where id = (select min(id) from inbox)")
    (item,) = await rooms.inbox.new_rows([workspace], MessageId(0), 10)
    assert item.item == StatusBatch(())
    assert await rows(rooms, "select kind, reason from inbox where state = 'parked'") == [
        ("poll", "unreadable")
    ]
