"""Follows each workspace's events, and writes down what they start and stop.

Rule 1: a workspace without an enabled trigger costs nothing: not a read, not a row.
Rule 2: events are taken in their order, each once: the cursor moves with what they start.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import trio
from attrs import define, evolve, field

from kaisa_relay.domain.engagement.ids import DeliveryId
from kaisa_relay.domain.engagement.quota import Quotas
from kaisa_relay.domain.engagement.trigger import named, plan, starts, stops
from kaisa_relay.domain.ids import (
    ContactId,
    WorkspaceId,
)
from kaisa_relay.domain.public_events import TYPES
from kaisa_relay.engagement import cursor_rows
from kaisa_relay.engagement.backlog import Backlog
from kaisa_relay.engagement.cursor_rows import Enabled, Moved, Started, Stopped
from kaisa_relay.engagement.facts import facts, view_of
from kaisa_relay.engagement.limit_rows import Limited
from kaisa_relay.engagement.trigger_rows import Standing
from kaisa_relay.ports import Archive, Following, Recorded, StoreUnavailable
from kaisa_relay.runtime.clock import WallClock
from kaisa_relay.store import Store

BATCH: Final = 200
"""Events dealt with in one transaction."""
GATHER: Final = 0.05
"""Seconds for which what happens is gathered before it is looked at."""
LOOK: Final = 30.0
"""Seconds after which we look even if nobody rang."""


class _Outdated(Exception):
    """The triggers that we go by are not those that are enabled."""


@define(eq=False)
class Follower:
    """One task for all workspaces of this process; `started` hears that there is something due."""

    store: Store
    following: Following
    archive: Archive
    started: Callable[[], None]
    wall: WallClock
    quotas: Quotas
    backlog: Backlog = field(init=False)
    standing: Mapping[WorkspaceId, Sequence[Standing]] = field(factory=dict)
    """The enabled triggers."""
    outdated: Callable[[], None] = lambda: None
    """Told that the triggers are not as they stand here."""
    _level: set[WorkspaceId] = field(factory=set)
    _bell: trio.Event = field(factory=trio.Event)

    def __attrs_post_init__(self) -> None:
        self.backlog = Backlog(self.store, self.quotas.waiting)

    def take(self, committed: Sequence[Recorded]) -> None:
        """Hear of what was committed; does not wait."""
        if self.standing and any(each.workspace in self.standing for each in committed):
            self._bell.set()

    def ring(self) -> None:
        """Have everything looked at."""
        self._bell.set()

    def begin(self) -> None:
        """Know of nothing that it was looked at."""
        self._level.clear()

    async def run(self) -> None:
        """Follow until cancelled; an outage of the store is waited out."""
        while True:
            with trio.move_on_after(LOOK):
                await self._bell.wait()
                await trio.sleep(GATHER)
            self._bell = trio.Event()
            try:
                for workspace in tuple(self.standing):
                    await self._catch_up(workspace)
                    self._note_level(workspace)
            except _Outdated:
                self.outdated()
            except StoreUnavailable:
                await trio.sleep(GATHER)
                self._bell.set()

    def is_level(self, workspace: WorkspaceId) -> bool:
        """Whether all was looked at that had happened when it was first followed here: whatever
        cancels a delivery must be, before the delivery is tried."""
        return workspace not in self.standing or workspace in self._level

    def stand(self, standing: Mapping[WorkspaceId, Sequence[Standing]]) -> None:
        """Go by these triggers."""
        if standing != self.standing:
            self.standing = standing
            self._level &= standing.keys()
            self.ring()

    def _note_level(self, workspace: WorkspaceId) -> None:
        if workspace not in self._level:
            self._level.add(workspace)
            self.started()

    async def _catch_up(self, workspace: WorkspaceId) -> None:
        more = True
        while more:
            triggers = self.standing.get(workspace, ())
            more = bool(triggers) and await self._advance(workspace, triggers)

    async def _advance(self, workspace: WorkspaceId, triggers: Sequence[Standing]) -> bool:
        """Deal with one batch; says whether there may be more."""
        at = await self.store.browse(partial(cursor_rows.cursor, of=workspace))
        since = min(each.since for each in triggers)
        if at is None:
            await self.store.write(partial(cursor_rows.begin_at, of=workspace, seq=since))
            return True
        after = max(at, since)
        head, events = await self.following.of_types(workspace, after, _types(triggers), BATCH)
        full = len(events) == BATCH
        last = events[-1].seq if events else 0
        to = last if full else max(head, last)
        if to <= at:
            return False
        steps = [step for each in events for step in await self._steps(triggers, each)]
        steps = await self._within_quota(workspace, steps)
        by = frozenset(Enabled(each.id, each.version, each.since) for each in triggers)
        advance = partial(cursor_rows.advance, of=workspace, between=(at, to), steps=steps, by=by)
        moved = await self.store.write(advance)
        if moved is Moved.OTHER_TRIGGERS:
            raise _Outdated
        if moved is None and steps:
            self.started()
        return full or moved is not None

    async def _within_quota(
        self, workspace: WorkspaceId, steps: Sequence[Started | Stopped]
    ) -> list[Started | Stopped]:
        """Have what the workspace has no room for end before it waits."""
        wanted = sum(len(each.due) for each in steps if isinstance(each, Started))
        if not wanted:
            return list(steps)
        room, kept = await self.backlog.room(workspace, wanted), list[Started | Stopped]()
        before = room
        for each in steps:
            if isinstance(each, Started):
                full = len(each.due) > room
                room -= 0 if full else len(each.due)
                each = evolve(each, refused=(self.quotas.full, self.wall())) if full else each
            kept.append(each)
        self.backlog.add(workspace, before - room)
        return kept

    async def _steps(
        self, triggers: Sequence[Standing], recorded: Recorded
    ) -> list[Started | Stopped]:
        conversation = recorded.conversation
        type = TYPES[recorded.event.__class__]
        later = [each for each in triggers if recorded.seq > each.since]
        steps: list[Started | Stopped] = []
        if conversation is not None:
            stopped = (each.id for each in later if stops(each.definition, type))
            seq, at = recorded.seq, recorded.event.at
            steps += [Stopped(trigger, seq, conversation, at) for trigger in stopped]
        wanted = [each for each in later if named(each.definition.on, type)]
        if wanted:
            view = await view_of(self.archive, recorded)
            known, visitor = facts(recorded, view), None if view is None else view.visitor.contact
            begun = (each for each in wanted if starts(each.definition, type, known))
            steps += [self._started(each, recorded, visitor) for each in begun]
        return steps

    def _started(self, trigger: Standing, recorded: Recorded, visitor: ContactId | None) -> Started:
        at, limit, limited = recorded.event.at, trigger.definition.limit, None
        planned = tuple(
            (DeliveryId(self.store.new_id()), each) for each in plan(trigger.definition, at)
        )
        if limit is not None and visitor is not None:
            limited = Limited(limit, trigger.id, visitor, recorded.seq, at)
        conversation = recorded.conversation
        return Started(trigger.id, trigger.version, recorded.seq, conversation, planned, limited)


def _types(triggers: Sequence[Standing]) -> frozenset[str]:
    """Return every type that one of them starts or stops by."""
    return frozenset(_matched(triggers))


def _matched(triggers: Sequence[Standing]) -> Iterator[str]:
    for type in TYPES.values():
        if any(named((*each.definition.on, *each.definition.unless), type) for each in triggers):
            yield type
