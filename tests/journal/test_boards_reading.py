"""What alerts are decided by is read every few seconds: never all events of a workspace."""

from pathlib import Path
from typing import Any

import pytest
import trio
from sqlalchemy import Connection, event

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.journal.boards import SqlBoards
from kaisa_relay.store import Store, open_store
from tests.fakes import EPOCH


async def plans(store: Store, read: str) -> list[str]:
    """Return how SQLite reads the events that a board's method asks for."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: Any, statement: str, asked: Any, *_: Any) -> None:
        found.append((statement, asked))

    event.listen(store._reader, "before_cursor_execute", note)
    await getattr(SqlBoards(store), read)(WorkspaceId(1))
    event.remove(store._reader, "before_cursor_execute", note)

    def explain(connection: Connection) -> list[str]:
        rows = [
            row
            for statement, asked in found
            if "FROM event" in " ".join(statement.split())
            for row in connection.exec_driver_sql(f"explain query plan {statement}", asked)
        ]
        return [row.detail for row in rows if row.detail.startswith(("SEARCH", "SCAN"))]

    return await store.browse(explain)


@pytest.mark.parametrize("read", ["alerts", "troubles"])
async def test_only_the_events_of_a_topic_are_read(tmp_path: Path, read: str) -> None:
    url = f"sqlite:///{tmp_path / 'relay.db'}"
    async with open_store(url, wall=lambda: EPOCH) as store, trio.open_nursery() as nursery:
        await nursery.start(store.run)
        read_by = await plans(store, read)
        nursery.cancel_scope.cancel()
    assert read_by
    assert all("uq_event_stream_version (workspace=? AND topic=?" in each for each in read_by)
