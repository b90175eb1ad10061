"""Whether the read model that a killed relay kept is the one that its journal makes."""

from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, select

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore import Projector, open_shelf
from kaisa_relay.explore.model import tables
from kaisa_relay.explore.projecting import writing
from kaisa_relay.journal.codec import decode_content
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.store.tables import workspace
from tests.contracts.sql_stores import running


async def differences(url: str) -> list[str]:
    """Return the tables that differ, once the relay of this database has stopped."""
    async with running(url, system_clock) as store, open_shelf(url) as shelf:
        await store.store.own()
        ids = await store.store.read(lambda each: list(each.scalars(select(workspace.c.id))))
        of = [WorkspaceId(id) for id in ids]
        following = store.following

        async def caught_up() -> dict[str, Any]:
            projector = Projector(shelf, store.store, following, decode_content, lambda: of)
            projector.look()
            await projector.catch_up()
            return await shelf.read(lambda each: {name: _rows(each, name, of) for name in _TABLES})

        kept = await caught_up()
        for each in of:
            await shelf.write(partial(writing.forget, of=each))
        made = await caught_up()
    if not made["conversation"]:
        return ["the read model is empty"]
    return [f"the read model's {name} differ" for name in _TABLES if kept[name] != made[name]]


_TABLES = ("cursor", "conversation", "message", "offer", "recovery", "label", "said")


def _rows(connection: Connection, name: str, of: list[WorkspaceId]) -> list[Any]:
    table: Table = tables.METADATA.tables[f"{tables.SCHEMA}.{name}"]
    found = tables.said_on(connection.dialect.name) if table is tables.said else table
    query = select(found).where(found.c.workspace.in_(of)).order_by(*found.primary_key)
    return [tuple(row) for row in connection.execute(query)]
