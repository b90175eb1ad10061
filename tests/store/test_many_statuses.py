"""A number that other programs use too: their statuses come to us in any quantity."""

import pytest

from tests.contracts.sql_stores import SqlStore

pytestmark = pytest.mark.timeout(60)


async def test_more_wamids_than_a_statement_takes(rooms: SqlStore) -> None:
    """An answer, and not "the database is away", which would be tried again for ever."""
    workspace = await rooms.add_workspace()
    wamids = [f"wamid.{n}" for n in range(70_000)]
    assert await rooms.sends.by_wamid(workspace, wamids) == {}
    assert rooms.store.statistics().outages == 0
