"""Keeps the read model up with the journal: takes each workspace's events in, in order, each once.

Rule 1: the cursor moves with the rows that events changed, so a crash repeats and skips nothing.
Rule 2: events are taken from memory, and read from the tables only where some are missing.
Rule 3: rows are kept in memory while nobody else moved the cursor; who changes them moves it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Final

import structlog
import trio
from attrs import define, field, frozen

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.model.shelf import Shelf
from kaisa_relay.explore.projecting import writing
from kaisa_relay.explore.projecting.reading import Decode
from kaisa_relay.explore.projecting.stepping import Recent, step_of
from kaisa_relay.ports import Following, Recorded, StoreUnavailable
from kaisa_relay.runtime.supervise import RestartPolicy, supervise
from kaisa_relay.store import Browsing
from kaisa_relay.store.instants import to_micros

logger = structlog.get_logger()

BATCH: Final = 2_000
"""Events taken in with one transaction."""
GATHER: Final = 0.5
"""Seconds for which what happens is gathered before it is taken in."""
LOOK: Final = 30.0
"""Seconds after which every workspace is looked at, though nothing was heard of it."""
RENEW: Final = 1.0
"""Seconds between looks whether a read model was made anew."""
PATIENT: Final = RestartPolicy(1_000_000, 3600.0, first_delay=1.0, max_delay=60.0)
"""Whatever crashes it is tried again, at last once a minute."""
MOST_KEPT: Final = 10_000
"""Events per workspace that wait in memory; of more the tables are read."""
MOST_RECENT: Final = 8
"""Workspaces whose rows of late are kept in memory: those that something happened in last."""


@frozen
class Statistics:
    """How far the read model is: workspaces with something left, and events in memory."""

    behind: int
    waiting: int
    taken: int


@define(eq=False)
class Projector:
    """One task for all workspaces of this process."""

    shelf: Shelf
    store: Browsing
    following: Following
    decode: Decode
    workspaces: Callable[[], Sequence[WorkspaceId]]
    taken: int = 0
    _busy: int = 1
    """1 while a workspace's events are being taken in, and until all were looked at."""
    _known: set[WorkspaceId] = field(factory=set)
    """Whose cursor was found to be of this journal."""
    _heard: dict[WorkspaceId, list[Recorded]] = field(factory=dict)
    _recent: dict[WorkspaceId, Recent] = field(factory=dict)
    _bell: trio.Event = field(factory=trio.Event)

    def take(self, committed: Sequence[Recorded]) -> None:
        """Hear of what was committed; does not wait."""
        for each in committed:
            heard = self._heard.setdefault(each.workspace, [])
            heard.append(each)
            if len(heard) > MOST_KEPT:
                heard.clear()  # an empty list is read from the tables
        self._bell.set()

    def look(self) -> None:
        """Have every workspace looked at, though nothing was heard of it."""
        for each in self.workspaces():
            self._heard.setdefault(each, [])

    def statistics(self) -> Statistics:
        """Return how far the read model is."""
        waiting = sum(map(len, self._heard.values()))
        return Statistics(len(self._heard) + self._busy, waiting, self.taken)

    async def run(self) -> None:
        """Keep up until cancelled; a crash is logged, and nothing that relays hears of it."""
        async with trio.open_nursery() as nursery:
            for name, task in ("explore", self._follow), ("explore renewal", self._renew):
                again = (PATIENT, Random(), self._heard.clear)
                nursery.start_soon(supervise, name, task, *again, name=name)

    async def _renew(self) -> None:
        while True:
            await self.shelf.renew()
            await trio.sleep(RENEW)

    async def _follow(self) -> None:
        while True:
            self.look()
            with trio.move_on_after(LOOK):
                while True:
                    await self.catch_up()
                    await self._bell.wait()
                    await trio.sleep(GATHER)

    async def catch_up(self) -> None:
        """Take in all that was heard of."""
        self._bell = trio.Event()
        try:
            for workspace in tuple(self._heard):
                self._busy = 1
                await self._catch_up_with(workspace)
            self._busy = 0
        except StoreUnavailable:
            self._heard.clear()
            self.look()
            self._bell.set()
            await trio.sleep(GATHER)

    async def _catch_up_with(self, workspace: WorkspaceId) -> None:
        if workspace not in self._known:
            await self._recognise(workspace)
            self._known.add(workspace)
        heard = self._heard.pop(workspace, [])
        at = await self.shelf.read(partial(writing.position, of=workspace))
        recent = self._recent.pop(workspace, None)  # back when all went well
        if recent is None or recent.at != at:
            recent = Recent(workspace, at)
        while events := await self._next(workspace, heard, recent.at):
            step = await step_of(self.shelf, self.store, self.decode, recent, events)
            if not await self.shelf.write(partial(writing.save, step=step)):
                return  # another process took them in
            if step.erased:
                await self.shelf.checkpoint()
            self.taken += len(events)
            recent.move_to(step)
        self._recent[workspace] = recent
        if len(self._recent) > MOST_RECENT:
            del self._recent[next(iter(self._recent))]

    async def _recognise(self, workspace: WorkspaceId) -> None:
        """Begin anew where the journal is another one: it was restored from a backup."""
        stands = await self.shelf.read(partial(writing.stands, of=workspace))
        if stands is None:
            return
        seq, at = stands
        last = await self.following.events(workspace, seq - 1, 1)
        if not last or (last[0].seq, to_micros(last[0].event.at)) != (seq, at):
            logger.warning("the read model knows another journal, and is made anew")
            await self.shelf.write(partial(writing.forget, of=workspace))

    async def _next(
        self, workspace: WorkspaceId, heard: list[Recorded], at: int
    ) -> Sequence[Recorded]:
        """Return the events after `at`: those heard of, if they follow on it.

        What came while these were taken in is heard of next: read now, it would come from the
        tables for ever, as there is always more.
        """
        new = [each for each in heard if each.seq > at][:BATCH]
        if heard and (not new or new[0].seq == at + 1):
            return new
        return await self.following.events(workspace, at, BATCH)
