"""Keeps the read model up with the journal: takes each workspace's events in, in order, each once.

Rule 1: the cursor moves with the rows that events changed, so a crash repeats and skips nothing.
Rule 2: events are taken from memory, and read from the tables only where some are missing.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random
from typing import Final

import structlog
import trio
from attrs import define, field, frozen

from kaisa_relay.domain.contact_events import ContactErased, ContactMerged
from kaisa_relay.domain.conversation import events as happened
from kaisa_relay.domain.ids import ConversationId, MessageId, WorkspaceId
from kaisa_relay.explore import reading, writing
from kaisa_relay.explore.folding import Folding, Rows
from kaisa_relay.explore.reading import Decode, Sources
from kaisa_relay.explore.shelf import Shelf
from kaisa_relay.explore.writing import Label, Said, Step
from kaisa_relay.ports import Following, Recorded, StoreUnavailable
from kaisa_relay.runtime.supervise import RestartPolicy, supervise
from kaisa_relay.store import Store
from kaisa_relay.store.instants import to_micros

logger = structlog.get_logger()

BATCH: Final = 500
"""Events taken in with one transaction."""
GATHER: Final = 0.1
"""Seconds for which what happens is gathered before it is taken in."""
LOOK: Final = 30.0
"""Seconds after which every workspace is looked at, though nothing was heard of it."""
PATIENT: Final = RestartPolicy(1_000_000, 3600.0, first_delay=1.0, max_delay=60.0)
"""Whatever crashes it is tried again, at last once a minute."""
MOST_KEPT: Final = 5_000
"""Events per workspace that wait in memory; of more the tables are read."""


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
    store: Store
    following: Following
    decode: Decode
    workspaces: Callable[[], Sequence[WorkspaceId]]
    taken: int = 0
    _known: set[WorkspaceId] = field(factory=set)
    """Whose cursor was found to be of this journal."""
    _heard: dict[WorkspaceId, list[Recorded]] = field(factory=dict)
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
        return Statistics(len(self._heard), waiting, self.taken)

    async def run(self) -> None:
        """Keep up until cancelled; a crash is logged, and nothing that relays hears of it."""
        await supervise("explore", self._follow, PATIENT, Random(), self._heard.clear)

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
                await self._catch_up_with(workspace)
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
        while events := await self._next(workspace, heard, at):
            step = await self._step(workspace, at, events)
            if not await self.shelf.write(partial(writing.save, step=step)):
                return  # another process took them in
            if step.erased:
                await self.shelf.checkpoint()
            self.taken += len(events)
            at = step.after

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

    async def _step(self, workspace: WorkspaceId, at: int, events: Sequence[Recorded]) -> Step:
        conversations = {each.conversation for each in events if each.conversation is not None}
        messages = {id for each in events if (id := getattr(each.event, "message", None))}
        rows = await self.shelf.read(
            partial(writing.load, of=workspace, conversations=conversations, messages=messages)
        )
        sources = await self._sources(workspace, events)
        last = events[-1]
        folded = partial(_fold, workspace, events, rows, sources)
        said, labels = await trio.to_thread.run_sync(folded)
        mergers = [each.event for each in events if isinstance(each.event, ContactMerged)]
        erased = [each.event.contact for each in events if isinstance(each.event, ContactErased)]
        then = to_micros(last.event.at)
        return Step(workspace, at, last.seq, then, rows, said, labels, mergers, erased)

    async def _sources(self, workspace: WorkspaceId, events: Sequence[Recorded]) -> Sources:
        messages = list(_written(events))
        created = [
            each.event.conversation
            for each in events
            if isinstance(each.event, happened.ConversationCreated)
        ]
        read = partial(reading.read, of=workspace, messages=messages, created=created)
        return await self.store.browse(partial(read, decode=self.decode))


def _written(events: Sequence[Recorded]) -> Iterator[MessageId]:
    """Return the messages whose words are wanted: what people wrote, and what closed one."""
    for each in events:
        match each.event:
            case happened.MessageReceived(message=message) | happened.TeamWrote(message=message):
                yield message
            case (
                happened.ConversationClosed(outcome=int(message))
                | happened.OutcomeNamed(message=message)
            ):
                yield MessageId(message)
            case _:
                pass


def _fold(
    workspace: WorkspaceId, events: Sequence[Recorded], rows: Rows, sources: Sources
) -> tuple[list[Said], list[Label]]:
    folding = Folding(workspace, rows)
    said: list[Said | None] = []
    labels: list[Label] = []
    for each in events:
        if each.conversation is None:
            continue
        folding.take(each.conversation, each.event)
        match each.event:
            case happened.MessageReceived(message=message) | happened.TeamWrote(message=message):
                said.append(reading.words_of(sources, each.conversation, message))
            case (
                happened.ConversationClosed(outcome=int(message))
                | happened.OutcomeNamed(message=message)
            ):
                row = rows.conversations.get(each.conversation)
                if row is not None:
                    reading.note_outcome(row, sources, MessageId(message))
            case happened.ConversationCreated(conversation=conversation):
                data = sources.metadata.get(ConversationId(conversation))
                labels += reading.labels_of(conversation, data) if data is not None else ()
            case _:
                pass
    return [each for each in said if each is not None], labels
