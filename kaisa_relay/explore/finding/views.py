"""Saved views in their table."""

import json
from collections.abc import Sequence
from functools import partial

from attrs import evolve, frozen
from sqlalchemy import Connection, delete, func, insert, select, update

from kaisa_relay.domain.explore.views import Place, View
from kaisa_relay.domain.ids import ViewId, WorkspaceId
from kaisa_relay.ports.saved_views import MOST_VIEWS, TooManyViews
from kaisa_relay.store import Store
from kaisa_relay.store.view_table import view as table


@frozen
class SavedViews:
    """`ports.saved_views.Views` over the relay's own database."""

    store: Store

    def new_id(self) -> ViewId:
        """Return an id for a view that is to be kept."""
        return ViewId(self.store.new_id())

    async def all(self, of: WorkspaceId) -> Sequence[View]:
        """Return them by their names."""
        return await self.store.browse(partial(_all, of=of))

    async def keep(self, of: WorkspaceId, view: View) -> View | TooManyViews:
        """Keep a view; another of the same name and place gives way to it, but for its id."""
        return await self.store.write(partial(_keep, of=of, view=view))

    async def drop(self, of: WorkspaceId, id: ViewId) -> bool:
        """Forget one; says whether it was there."""
        return await self.store.write(partial(_drop, of=of, id=id))


def _all(connection: Connection, of: WorkspaceId) -> list[View]:
    query = select(table).where(table.c.workspace == of).order_by(table.c.name, table.c.id)
    return [
        View(ViewId(row.id), row.name, Place(row.place), tuple(map(tuple, json.loads(row.pairs))))
        for row in connection.execute(query)
    ]


def _keep(connection: Connection, of: WorkspaceId, view: View) -> View | TooManyViews:
    mine = table.c.workspace == of
    same = (mine, table.c.place == view.place, table.c.name == view.name)
    written = {"pairs": json.dumps(view.pairs, ensure_ascii=False)}
    known = connection.scalar(select(table.c.id).where(*same))
    if known is not None:
        connection.execute(update(table).where(mine, table.c.id == known).values(written))
        return evolve(view, id=ViewId(known))
    if (connection.scalar(select(func.count()).where(mine)) or 0) >= MOST_VIEWS:
        return TooManyViews(MOST_VIEWS)
    named = {"workspace": of, "id": view.id, "name": view.name, "place": view.place.value}
    connection.execute(insert(table).values(**named, **written))
    return view


def _drop(connection: Connection, of: WorkspaceId, id: ViewId) -> bool:
    where = (table.c.workspace == of, table.c.id == id)
    return connection.execute(delete(table).where(*where)).rowcount == 1
