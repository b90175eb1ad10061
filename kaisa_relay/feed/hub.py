"""Hands committed events to those who watch their workspace."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import trio
from attrs import define, field, frozen

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.feed.choosing import Known
from kaisa_relay.feed.composing import Shared
from kaisa_relay.feed.ring import MOST, Ring
from kaisa_relay.ports import Recorded


@define(eq=False)
class Room:
    """One workspace that is watched; there as long as somebody watches."""

    ring: Ring
    known: Known = field(factory=Known)
    shared: Shared = field(factory=Shared)
    next_at: float = 0.0
    """When those who were just served are served again, on Trio's clock."""
    watchers: int = 0
    _bell: trio.Event = field(factory=trio.Event)

    def ring_bell(self) -> None:
        """Wake everybody who waits for the next event."""
        self._bell.set()
        self._bell = trio.Event()

    def pace(self, gather: float) -> None:
        """Begin the next interval, unless one is under way."""
        now = trio.current_time()
        if now >= self.next_at:
            self.next_at = now + gather

    async def wait_after(self, seq: int) -> None:
        """Return once there is an event above this number."""
        while self.ring.last <= seq:
            await self._bell.wait()


@frozen
class HubStatistics:
    """How many watch now, in how many workspaces."""

    watchers: int
    rooms: int


@define(eq=False)
class Hub:
    """Takes what the journal commits; `keep` is how many events a watched workspace holds."""

    keep: int = MOST
    closing: trio.Event = field(factory=trio.Event)
    _rooms: dict[WorkspaceId, Room] = field(factory=dict)

    def take(self, committed: Sequence[Recorded]) -> None:
        """Keep what somebody watches; does not wait."""
        if not self._rooms:
            return
        heard = set()
        for recorded in committed:
            room = self._rooms.get(recorded.workspace)
            if room is not None:
                room.ring.add(recorded)
                heard.add(room)
        for room in heard:
            room.ring_bell()

    @contextmanager
    def room(self, workspace: WorkspaceId) -> Iterator[Room]:
        """Watch a workspace: its events are kept from here on."""
        room = self._rooms.setdefault(workspace, Room(Ring(self.keep)))
        room.watchers += 1
        try:
            yield room
        finally:
            room.watchers -= 1
            if not room.watchers:
                del self._rooms[workspace]

    def close(self) -> None:
        """Say goodbye to everybody, also to who comes later; harmless twice."""
        self.closing.set()

    def statistics(self) -> HubStatistics:
        """Return how many watch."""
        return HubStatistics(sum(room.watchers for room in self._rooms.values()), len(self._rooms))
