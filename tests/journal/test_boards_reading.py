"""What is read often never walks all the events, or all the conversations, of a workspace."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from sqlalchemy import Connection, event

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.journal.boards import SqlBoards
from kaisa_relay.journal.following import SqlFollowing
from kaisa_relay.store import Store, open_store
from tests.fakes import EPOCH


async def plans(store: Store, read: Callable[[], Awaitable[object]], table: str) -> list[str]:
    """Return how SQLite reads a table in what is asked for."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: Any, statement: str, asked: Any, *_: Any) -> None:
        found.append((statement, asked))

    event.listen(store._reader, "before_cursor_execute", note)
    await read()
    event.remove(store._reader, "before_cursor_execute", note)

    def explain(connection: Connection) -> list[str]:
        rows = [
            row
            for statement, asked in found
            if f"FROM {table}" in " ".join(statement.split())
            for row in connection.exec_driver_sql(f"explain query plan {statement}", asked)
        ]
        of = (f"SEARCH {table}", f"SCAN {table}")  # or an alias of it
        return [row.detail for row in rows if row.detail.startswith(of)]

    return await store.browse(explain)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    """Open a new store in a file."""
    url = f"sqlite:///{folder / 'relay.db'}"
    async with open_store(url, wall=lambda: EPOCH) as store, trio.open_nursery() as nursery:
        await nursery.start(store.run)
        yield store
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("read", ["alerts", "troubles"])
async def test_only_the_events_of_a_topic_are_read(tmp_path: Path, read: str) -> None:
    async with opened(tmp_path) as store:
        board = getattr(SqlBoards(store), read)
        read_by = await plans(store, partial(board, WorkspaceId(1)), "event")
    assert read_by
    assert all("(workspace=? AND topic=?" in each for each in read_by), read_by


async def test_only_live_conversations_are_counted_for_the_channels(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        standings = partial(SqlBoards(store).channel_standings, WorkspaceId(1))
        read_by = await plans(store, standings, "conversation")
    assert read_by
    assert all("ix_conversation_due (workspace=? AND due_at>?" in each for each in read_by), read_by


async def test_only_live_conversations_are_read_for_a_snapshot(tmp_path: Path) -> None:
    """Each phase by its index, and the rows found so by their keys."""
    async with opened(tmp_path) as store:
        following = SqlFollowing(store)
        read_by = await plans(store, partial(following.standing, WorkspaceId(1), 9), "conversation")
    by_phase = [each for each in read_by if "ix_conversation_phase" in each]
    assert [each.partition("(")[2] for each in by_phase] == ["workspace=? AND phase=?)"] * 3
    rest = [each for each in read_by if each not in by_phase]
    assert rest
    assert all("(workspace=? AND id=?" in each for each in rest), read_by
