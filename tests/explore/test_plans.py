"""How SQLite goes about the lists: by the index that fits, however many conversations there are."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from kaisa_relay.domain.explore.fields import SORTABLE
from kaisa_relay.domain.explore.filtering import Filter, read_filter
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore import open_shelf
from kaisa_relay.explore.finding import choosing, query
from kaisa_relay.ports.explore import Page, Sort
from kaisa_relay.store import sqlite
from kaisa_relay.store.tables import METADATA

OF = WorkspaceId(1)
STATUS, PRICE = ("status", "closed"), ("value[gte]", "5")
NEWEST = Sort()
SORTED = "TEMP B-TREE"


class Plans:
    """The plans of the statements of a list, but of the one that reads the rows of a page."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._statements: list[tuple[str, Any]] = []
        event.listen(connection, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            self._statements.append((statement, parameters))

    def of(self, sort: Sort, *pairs: tuple[str, str]) -> list[str]:
        """Return the plan of each statement by which such a list is found."""
        which = read_filter(pairs)
        assert isinstance(which, Filter)
        self._statements.clear()
        query.listed(self._connection, OF, which, Page(50, sort))
        return [self._plan(*each) for each in self._statements]

    def _plan(self, statement: str, parameters: Any) -> str:
        rows = self._connection.exec_driver_sql(f"explain query plan {statement}", parameters)
        return "\n".join(row[3] for row in rows)


@pytest.fixture
async def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Plans]:
    """An empty read model: a plan must not depend on what is counted in it. Nothing is few."""
    monkeypatch.setattr(choosing, "FEW", -1)
    relay = sqlite.writer(tmp_path / "relay.db")
    with relay.begin() as connection:
        METADATA.create_all(connection)
    async with open_shelf(f"sqlite:///{tmp_path / 'relay.db'}") as shelf:
        with shelf.reader.connect() as connection:
            yield Plans(connection)


async def test_the_newest_are_read_by_their_ids(plans: Plans) -> None:
    """Nothing is put into order."""
    *_, last = plans.of(NEWEST)
    assert last == "SEARCH explore.conversation USING PRIMARY KEY (workspace=?)"


async def test_one_value_is_read_by_its_index_in_order(plans: Plans) -> None:
    """To the end, since nothing else has to hold."""
    _, last = plans.of(NEWEST, STATUS)
    assert "ix_conversation_status (workspace=? AND status=?)" in last
    assert SORTED not in last


@pytest.mark.parametrize("field", [each for each in SORTABLE if each != "created_at"])
async def test_every_order_goes_along_its_index(plans: Plans, field: str) -> None:
    """Also where something else has to hold: that alone decides of no index."""
    along = f"USING COVERING INDEX ix_conversation_{field} (workspace=?"
    assert along in plans.of(Sort(field))[0]
    walked = [each for each in plans.of(Sort(field), STATUS)[1:] if SORTED not in each]
    assert walked
    assert all(f"ix_conversation_{field} (workspace=?" in each for each in walked[:2])


async def test_a_period_is_read_by_the_instant(plans: Plans) -> None:
    """From its newest on, whatever else has to hold."""
    period = ("created_at[gte]", "2026-01-01T00:00:00Z"), ("created_at[lt]", "2026-02-01T00:00:00Z")
    *_, walked = plans.of(NEWEST, *period, STATUS)
    assert "ix_conversation_created_at (workspace=? AND created_at>? AND created_at<?)" in walked
    assert SORTED not in walked


async def test_few_candidates_are_looked_at_one_by_one(
    plans: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whatever order they are wanted."""
    monkeypatch.setattr(choosing, "FEW", 10)
    for sort in (NEWEST, Sort("last_at"), Sort("value")):
        for found in plans.of(sort, PRICE)[1:]:
            assert "SEARCH explore.conversation USING PRIMARY KEY (workspace=? AND id=?)" in found


async def test_labels_and_words_are_counted_by_their_indexes(plans: Plans) -> None:
    """And then read from those of one conversation."""
    counted, *_ = plans.of(NEWEST, ("metadata.car.model", "Volvo"))
    assert "USING PRIMARY KEY (workspace=? AND key=? AND value=?)" in counted
    counted, *_ = plans.of(NEWEST, ("metadata.car.year[gt]", "2020"))
    assert "ix_label_number (workspace=? AND key=? AND number>?)" in counted
    counted, _, said = plans.of(NEWEST, ("text", "blue"))[:3]
    assert "VIRTUAL TABLE INDEX 0:M4" in counted
    assert "SEARCH explore.message USING PRIMARY KEY (workspace=? AND conversation=?)" in said
    assert "SCAN explore.said VIRTUAL TABLE INDEX 0:=M4" in said
