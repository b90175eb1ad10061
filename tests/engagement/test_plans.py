"""What runs for every event and every look goes by an index that fits, on SQLite."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event

from kaisa_relay.domain.engagement.ids import DeliveryId, EndpointId, TriggerId
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.engagement import cursor_rows, delivery_rows, due_rows, ending_rows, quota_rows
from kaisa_relay.engagement.cursor_rows import Stopped
from kaisa_relay.store.tables import METADATA

OF = WorkspaceId(1)


class Asked:
    """The statements of a connection, and how SQLite goes about each."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._statements: list[tuple[str, Any]] = []
        event.listen(connection, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith("explain"):
            self._statements.append((statement, parameters))

    def plan(self, back: int = 1) -> str:
        """Return the plan of the last statement, or of one so far back."""
        statement, parameters = self._statements[-back]
        rows = self.connection.exec_driver_sql(f"explain query plan {statement}", parameters)
        return "\n".join(row[3] for row in rows)


@pytest.fixture
def asked() -> Iterator[Asked]:
    """An empty database: a plan must not depend on what is counted in it."""
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        yield Asked(connection)
    engine.dispose()


def test_a_look_at_every_endpoint_goes_by_what_waits(asked: Asked) -> None:
    """One probe per endpoint, and one per workspace for its channels, however much is delivered."""
    due_rows.dues(asked.connection, [OF])
    for back in (1, 2):
        assert "ix_delivery_waiting (workspace=? AND endpoint=?)" in asked.plan(back)


def test_what_is_due_goes_by_what_waits(asked: Asked) -> None:
    """In order."""
    delivery_rows.due(asked.connection, OF, EndpointId(2), datetime.now(UTC), 8)
    assert "ix_delivery_waiting (workspace=? AND endpoint=? AND due_at<?)" in asked.plan()


def test_what_is_stopped_goes_by_its_conversation(asked: Asked) -> None:
    """Not by everything that the trigger ever started."""
    asked.connection.execute(
        cursor_rows.cancelling(OF, Stopped(TriggerId(3), 4, ConversationId(5), datetime.now(UTC)))
    )
    assert "ix_delivery_conversation (conversation=? AND trigger_id=?" in asked.plan()


def test_what_waits_is_counted_in_its_index(asked: Asked) -> None:
    """Not in the history."""
    quota_rows.waiting(asked.connection, OF)
    assert "ix_delivery_waiting (workspace=?" in asked.plan()


def test_a_delivery_is_found_by_its_key(asked: Asked) -> None:
    """Among millions."""
    delivery_rows.one(asked.connection, OF, DeliveryId(9))
    assert "PRIMARY KEY (workspace=? AND id=?)" in asked.plan()


def test_what_ended_long_ago_is_found_by_when(asked: Asked) -> None:
    """Every hour, on the connection that the relay writes by."""
    ending_rows.tidy(asked.connection, datetime.now(UTC), 8)
    assert "ix_delivery_done (done_at" in asked.plan()
