"""Tries are written down together: what ends while one commit is on its way is in the next.

Rule 1: who recorded a try goes on when it is durable, however long the store is away.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

import trio
from attrs import define, field

from kaisa_relay.engagement import delivery_rows
from kaisa_relay.engagement.delivery_rows import Tried
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.store import Store

PAUSE: Final = 0.5
"""Seconds before tries are written down again while the store is away."""


@define(eq=False)
class Recorder:
    """One commit at a time, with the tries of all lanes."""

    store: Store
    _waiting: list[tuple[Sequence[Tried], trio.Event]] = field(factory=list)
    _turn: trio.Lock = field(factory=trio.Lock)

    async def record(self, tried: Sequence[Tried]) -> None:
        """Return when these are durable."""
        durable = trio.Event()
        self._waiting.append((tried, durable))
        async with self._turn:
            if not durable.is_set():
                await self._write()

    async def _write(self) -> None:
        together = tuple(self._waiting)
        tried = [each for some, _ in together for each in some]
        while True:
            try:
                await self.store.write(partial(delivery_rows.record, tried=tried))
                break
            except StoreUnavailable:
                await trio.sleep(PAUSE)
        del self._waiting[: len(together)]  # not before: what is cut off is written by the next
        for _, durable in together:
            durable.set()
