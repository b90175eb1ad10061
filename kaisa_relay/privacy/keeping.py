"""What a workspace does not want to keep for ever goes when its time is over.

Rule 1: a conversation that lives, or may be gone on with, is left alone, however old its words are.
Rule 2: nothing is noted down of how far it is: a row that is there is one to look at.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Final, Protocol

import structlog
import trio
from attrs import frozen

from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.ports import Journal, StoreUnavailable
from kaisa_relay.ports.accounts import Workspace
from kaisa_relay.privacy import places
from kaisa_relay.privacy.places import Kept, Row
from kaisa_relay.runtime.id_source import first_id
from kaisa_relay.runtime.supervise import RestartPolicy, supervise
from kaisa_relay.store import Store

logger = structlog.get_logger()

PATIENT: Final = RestartPolicy(1_000_000, 3600.0, first_delay=1.0, max_delay=600.0)
EVERY: Final = 600.0
PAUSE: Final = 0.05
"""Seconds between two rounds, and between two units: others come first."""


class ReadModel(Protocol):
    """What lists and searches read; it holds the words a second time. Raises what a store does."""

    async def forget_texts(self, of: WorkspaceId, below: int) -> int:
        """Take out what messages with lower ids say, of which the relay has nothing any more."""
        ...

    async def forget_metadata(self, of: WorkspaceId, below: int) -> int:
        """Do so with what conversations with lower ids were created with."""
        ...


@frozen
class Keeping:
    """Looks now and then for what is kept no longer."""

    store: Store
    journal: Journal
    read_model: ReadModel
    workspaces: Callable[[], Sequence[WorkspaceId]]
    workspace: Callable[[WorkspaceId], Workspace]

    async def run(self) -> None:
        """Work until cancelled; a crash is logged, and relaying goes on."""
        await supervise("keeping", self._keep_working, PATIENT, Random())

    async def _keep_working(self) -> None:
        while True:
            try:
                await self.tidy()
            except StoreUnavailable:
                logger.info("what is kept no longer waits for the database")
            await trio.sleep(EVERY)

    async def tidy(self) -> None:
        """Take out all that is over now."""
        for of in self.workspaces():
            gone = {what: await self._forget(what, of, at) for what, at in self._ends(of)}
            if any(gone.values()):
                logger.info("kept no longer", workspace=of, **{str(k): n for k, n in gone.items()})
                await self.store.checkpoint()

    def _ends(self, of: WorkspaceId) -> Iterator[tuple[Kept, datetime]]:
        """Yield the classes that are kept for a time, each with the instant before which."""
        it, now = self.workspace(of), self.store.wall()
        least = max(it.terms.resume_time, it.recovery_link_time)
        for what, time in ((Kept.TEXTS, it.keep_texts), (Kept.METADATA, it.keep_metadata)):
            if time > timedelta():
                yield what, now - max(time, least)

    async def _forget(self, what: Kept, of: WorkspaceId, before: datetime) -> int:
        below, after, gone = first_id(before.timestamp()), 0, 0
        older = partial(places.older, what=what, of=of, below=below)
        while rows := await self.store.browse(partial(older, after=after)):
            keys = await self._over(of, rows, before)
            if keys:
                await self.store.write(partial(places.forget, what=what, of=of, keys=keys))
            after, gone = rows[-1].key, gone + len(keys)
            await trio.sleep(PAUSE)
        forget = self.read_model.forget_texts
        if what is Kept.METADATA:
            forget = self.read_model.forget_metadata
        return gone + await forget(of, below)

    async def _over(self, of: WorkspaceId, rows: Sequence[Row], before: datetime) -> list[int]:
        """Return the keys of those whose conversation has been over since before an instant."""
        talks = sorted({row.conversation for row in rows if row.conversation is not None})
        waiting = await self.store.browse(partial(places.live, of=of, conversations=talks))
        spared = {each for each in talks if each in waiting or await self._lasts(of, each, before)}
        return [row.key for row in rows if row.conversation not in spared]

    async def _lasts(self, of: WorkspaceId, id: ConversationId, since: datetime) -> bool:
        events = await self.journal.read(of, f"conversation/{id}")
        return bool(events) and events[-1].event.at >= since
