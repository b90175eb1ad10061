"""Delivers what is due: a lane for each endpoint that something waits for.

Rule 1: how an endpoint fares is remembered here between its lanes, and forgotten at a restart.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import trio
from attrs import define, field

from kaisa_relay.domain.engagement.ids import CHANNEL_LANE, EndpointId
from kaisa_relay.domain.engagement.retrying import Breaker
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.engagement import (
    due_rows,
    ending_rows,
    endpoint_rows,
    limit_rows,
    quota_rows,
)
from kaisa_relay.engagement.endpoint_rows import Cipher, channel_lane
from kaisa_relay.engagement.lane import Lane, Tools
from kaisa_relay.ports import StoreUnavailable

LOOK: Final = 10.0
"""Seconds after which we look even if nothing is known to be due."""
PAUSE: Final = 0.5
"""Seconds before we look again while the store is away."""
GATHER: Final = 0.01
"""Seconds for which bells are gathered: lanes that end together cost one look."""
TIDY_EVERY: Final = 3600.0
KEPT: Final = timedelta(days=30)
"""For which deliveries that ended can be looked at."""
PAGE: Final = 100

Key = tuple[WorkspaceId, EndpointId]


@define(eq=False)
class Deliverer:
    """One task, with a task below for each endpoint that is busy."""

    tools: Tools
    cipher: Cipher
    workspaces: Callable[[], Sequence[WorkspaceId]]
    may_deliver: Callable[[WorkspaceId], bool] = lambda workspace: True
    _breakers: dict[Key, Breaker] = field(factory=dict)
    _busy: set[Key] = field(factory=set)
    _bell: trio.Event = field(factory=trio.Event)

    def ring(self) -> None:
        """Something may be due."""
        self._bell.set()

    def fares(self, workspace: WorkspaceId, endpoint: EndpointId) -> Breaker:
        """Return how an endpoint fared, as of the last time it was left."""
        return self._breakers.get((workspace, endpoint), Breaker())

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
                    await trio.sleep(GATHER)

    async def _look(self, nursery: trio.Nursery) -> float:
        """Start a lane wherever something is due; return for how long nothing else is."""
        now = self.tools.wall()
        wait = LOOK
        dues = partial(due_rows.dues, of=self.workspaces())
        for workspace, endpoint, due_at in await self.tools.store.browse(dues):
            key = (workspace, endpoint)
            if key in self._busy or not self.may_deliver(workspace):
                continue
            until = self._breakers.get(key, Breaker()).until
            at = max(due_at, until or due_at)
            if at <= now:
                self._busy.add(key)
                nursery.start_soon(self._serve, key, name=f"endpoint {endpoint}")
            else:
                wait = min(wait, (at - now).total_seconds())
        return wait

    async def _serve(self, key: Key) -> None:
        try:
            await self._work(key)
        except* StoreUnavailable:  # of one of its deliveries, or of all
            await trio.sleep(PAUSE)
        finally:
            self._busy.discard(key)
            self.ring()

    async def _work(self, key: Key) -> None:
        (of, id), now = key, self.tools.wall()
        read = partial(endpoint_rows.target, of=of, id=id, now=now, cipher=self.cipher)
        on_channel = id == CHANNEL_LANE
        target = channel_lane(of) if on_channel else await self.tools.store.browse(read)
        if target is None:
            return
        lane = Lane(self.tools, target, self.fares(of, id))
        try:
            await lane.work()
        finally:
            self._breakers.pop(key, None)
            if lane.breaker.failures:
                self._breakers[key] = lane.breaker

    async def _tidy(self) -> None:
        while True:
            before = self.tools.wall() - KEPT
            try:
                await self.tools.store.write(partial(limit_rows.tidy, before=before))
                await self.tools.store.write(partial(quota_rows.tidy, before=before))
                tidy = partial(ending_rows.tidy, before=before, most=PAGE)
                overdue = partial(ending_rows.end_overdue, at=self.tools.wall())
                more = await self.tools.store.write(overdue) == ending_rows.PAGE
                more |= await self.tools.store.write(tidy) == PAGE
                wait = PAUSE if more else TIDY_EVERY
            except StoreUnavailable:
                wait = PAUSE
            await trio.sleep(wait)
