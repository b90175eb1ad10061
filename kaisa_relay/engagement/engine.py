"""The Engagement Builder, put together: what runs, and what its faces ask."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import trio
from attrs import define, field

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.engagement import trigger_rows
from kaisa_relay.engagement.builder import Builder
from kaisa_relay.engagement.delivering import Deliverer
from kaisa_relay.engagement.endpoint_rows import Cipher
from kaisa_relay.engagement.following import Follower
from kaisa_relay.engagement.lane import Tools
from kaisa_relay.engagement.trigger_rows import Standing
from kaisa_relay.ports import Recorded, StoreUnavailable

RELOAD: Final = 10.0
"""Seconds after which triggers are read again, for another process may have changed them."""


@define(eq=False)
class Engine:
    """Follows, delivers, and answers for both."""

    tools: Tools
    cipher: Cipher
    workspaces: Callable[[], Sequence[WorkspaceId]]
    random: Callable[[int], bytes]
    plain: bool = False
    """Whether endpoints may be http, too."""
    deliverer: Deliverer = field(init=False)
    follower: Follower = field(init=False)
    builder: Builder = field(init=False)
    _changed: trio.Event = field(factory=trio.Event)
    _known: trio.Event = field(factory=trio.Event)
    """That the triggers were read."""

    def __attrs_post_init__(self) -> None:
        tools = self.tools
        self.deliverer = Deliverer(tools, self.cipher, self.workspaces)
        ring, reading = self.deliverer.ring, (tools.following, tools.archive)
        self.follower = Follower(tools.store, *reading, ring, tools.wall, tools.quotas)
        self.follower.outdated = self.reload
        self.deliverer.may_deliver = self.follower.is_level
        told = (self.reload, ring, self.deliverer.fares)
        self.builder = Builder(tools, self.cipher, self.random, *told, self.plain)

    def take(self, committed: Sequence[Recorded]) -> None:
        """Hear of what was committed; does not wait."""
        self.follower.take(committed)

    def reload(self) -> None:
        """Have the triggers read again."""
        self._changed.set()

    async def run(self) -> None:
        """Run until cancelled."""
        self._known = trio.Event()
        self.follower.begin()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.follower.run, name="engagement: following")
            nursery.start_soon(self._deliver, name="engagement: delivering")
            while True:
                self._changed = trio.Event()
                with suppress(StoreUnavailable):
                    self._stand(await self.tools.store.browse(trigger_rows.enabled))
                with trio.move_on_after(RELOAD):
                    await self._changed.wait()

    async def _deliver(self) -> None:
        await self._known.wait()  # for they say whether anything may still be cancelled
        await self.deliverer.run()

    def _stand(self, enabled: Sequence[Standing]) -> None:
        """Have the follower go by these, and look where that changes anything."""
        owned = set(self.workspaces())
        standing: dict[WorkspaceId, list[Standing]] = {}
        for each in enabled:
            if each.workspace in owned:
                standing.setdefault(each.workspace, []).append(each)
        self.follower.stand(standing)
        self._known.set()
