"""What is kept no longer goes from the read model as well.

Rule 1: the relay's own rows say what is gone; a read model that was made anew has none of it, and
what slipped in while it was made goes in the next round.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import trio
from attrs import frozen
from sqlalchemy import Column, Connection, Table, delete, select

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.model import tables
from kaisa_relay.explore.model.shelf import Shelf
from kaisa_relay.store import Store
from kaisa_relay.store.tables import content, metadata

UNIT: Final = 200
PAUSE: Final = 0.05
"""Seconds between two units."""


@frozen
class _Place:
    """Rows of the read model, and the column of the relay's rows that they were made of."""

    table: Table
    key: Column[Any]
    made_of: Column[Any]


@frozen
class Forgetting:
    """`privacy.keeping.ReadModel`."""

    shelf: Shelf
    store: Store

    async def forget_texts(self, of: WorkspaceId, below: int) -> int:
        """Take out what messages with lower ids say, where the relay has nothing of it."""
        said = tables.said_on(self.shelf.writer.dialect.name)
        return await self._forget(of, _Place(said, said.c.message, content.c.message), below)

    async def forget_metadata(self, of: WorkspaceId, below: int) -> int:
        """Take out by what conversations with lower ids can be found."""
        label = tables.label
        place = _Place(label, label.c.conversation, metadata.c.conversation)
        return await self._forget(of, place, below)

    async def _forget(self, of: WorkspaceId, place: _Place, below: int) -> int:
        after, gone = 0, 0
        look: Callable[..., list[int]] = partial(_keys, of=of, place=place, below=below)
        while keys := await self.shelf.read(partial(look, after=after)):
            there = await self.store.browse(partial(_there, of=of, place=place, keys=keys))
            over = [key for key in keys if key not in there]
            if over:
                await self.shelf.write(partial(_delete, of=of, place=place, keys=over))
            after, gone = keys[-1], gone + len(over)
            await trio.sleep(PAUSE)
        if gone:
            await self.shelf.checkpoint()
        return gone


def _keys(
    connection: Connection, of: WorkspaceId, place: _Place, after: int, below: int
) -> list[int]:
    wanted = (place.table.c.workspace == of, place.key > after, place.key < below)
    query = select(place.key).where(*wanted).distinct().order_by(place.key).limit(UNIT)
    return list(connection.scalars(query))


def _there(connection: Connection, of: WorkspaceId, place: _Place, keys: Sequence[int]) -> set[int]:
    made_of = place.made_of
    kept = (made_of.table.c.workspace == of, made_of.in_(keys))
    return set(connection.scalars(select(made_of).where(*kept)))


def _delete(connection: Connection, of: WorkspaceId, place: _Place, keys: Sequence[int]) -> None:
    mine = (place.table.c.workspace == of, place.key.in_(keys))
    connection.execute(delete(place.table).where(*mine))
