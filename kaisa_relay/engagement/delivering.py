"""Delivers what is due: a lane for each endpoint that something waits for.

Rule 1: how an endpoint fares is remembered here between its lanes, and forgotten at a restart.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import trio
from attrs import define, field
from sqlalchemy import Connection

from kaisa_relay.domain.engagement.ids import EndpointId
from kaisa_relay.domain.engagement.retrying import Breaker
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.engagement import delivery_rows, endpoint_rows
from kaisa_relay.engagement.endpoint_rows import Cipher, Target
from kaisa_relay.engagement.lane import Lane, Tools
from kaisa_relay.ports import StoreUnavailable

LOOK: Final = 10.0
"""Seconds after which we look even if nothing is known to be due."""
PAUSE: Final = 0.5
"""Seconds before we look again while the store is away."""
TIDY_EVERY: Final = 3600.0
KEPT: Final = timedelta(days=30)
"""For which deliveries that ended can be looked at."""
PAGE: Final = 500

Key = tuple[WorkspaceId, EndpointId]


@define(eq=False)
class Deliverer:
    """One task, with a task below for each endpoint that is busy."""

    tools: Tools
    cipher: Cipher
    workspaces: Callable[[], Sequence[WorkspaceId]]
    _breakers: dict[Key, Breaker] = field(factory=dict)
    _busy: set[Key] = field(factory=set)
    _bell: trio.Event = field(factory=trio.Event)

    def ring(self) -> None:
        """Something may be due."""
        self._bell.set()

    async def run(self) -> None:
        """Deliver until cancelled; an outage of the store is waited out."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._tidy, name="deliveries: old ones")
            while True:
                self._bell = trio.Event()
                try:
                    wait = await self._look(nursery)
                except StoreUnavailable:
                    wait = PAUSE
                with trio.move_on_after(wait):
                    await self._bell.wait()

    async def _look(self, nursery: trio.Nursery) -> float:
        """Start a lane wherever something is due; return for how long nothing else is."""
        now = self.tools.wall()
        wait = LOOK
        for target, due_at in await self.tools.store.browse(partial(self._dues, now=now)):
            key = (target.workspace, target.id)
            if key in self._busy:
                continue
            breaker = self._breakers.get(key, Breaker())
            at = max(due_at, breaker.until or due_at)
            if at <= now:
                self._busy.add(key)
                nursery.start_soon(
                    self._serve, Lane(self.tools, target, breaker), name=f"endpoint {target.id}"
                )
            else:
                wait = min(wait, (at - now).total_seconds())
        return wait

    def _dues(self, connection: Connection, now: datetime) -> list[tuple[Target, datetime]]:
        found = []
        for target in endpoint_rows.targets(connection, self.workspaces(), now, self.cipher):
            first = delivery_rows.first_due(connection, target.workspace, target.id)
            if first is not None:
                found.append((target, first))
        return found

    async def _serve(self, lane: Lane) -> None:
        key = (lane.target.workspace, lane.target.id)
        try:
            await lane.work()
        except StoreUnavailable:
            await trio.sleep(PAUSE)
        finally:
            self._busy.discard(key)
            if lane.breaker.failures:
                self._breakers[key] = lane.breaker
            else:
                self._breakers.pop(key, None)
            self.ring()

    async def _tidy(self) -> None:
        while True:
            before = self.tools.wall() - KEPT
            try:
                tidy = partial(delivery_rows.tidy, before=before, most=PAGE)
                wait = PAUSE if await self.tools.store.write(tidy) == PAGE else TIDY_EVERY
            except StoreUnavailable:
                wait = PAUSE
            await trio.sleep(wait)
