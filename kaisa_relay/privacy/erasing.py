"""Erases people: what was asked for is written down, and done step by step until it is whole.

Rule 1: a step that is repeated does no harm, so a crash anywhere leaves only work to do.
Rule 2: who the person is goes last, and rows are swept again after that: what was on its way to
be written when it began must not stay.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from random import Random
from typing import Final, Protocol, TypeVar

import structlog
import trio
from attrs import define, field, frozen

from kaisa_relay.domain.ids import (
    AuditId,
    ContactId,
    ConversationId,
    ErasureId,
    MessageId,
    WorkspaceId,
    to_text,
)
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.requester import PREFIXES, Requester
from kaisa_relay.domain.sending import Rank, SendState
from kaisa_relay.ports import Append, Busy, EndSend, Fenced, Journal, NotFound, StoreUnavailable
from kaisa_relay.ports.erasing import AgentToo, Erasure, ErasureAnswer, Parting, StillTalking
from kaisa_relay.ports.views import PersonView
from kaisa_relay.privacy import exported, footprint, receipts, sweeping
from kaisa_relay.privacy.footprint import Footprint
from kaisa_relay.privacy.ledger import Ledger, Line
from kaisa_relay.runtime.supervise import RestartPolicy, supervise
from kaisa_relay.store import Store

logger = structlog.get_logger()

T = TypeVar("T")

PATIENT: Final = RestartPolicy(1_000_000, 3600.0, first_delay=0.1, max_delay=60.0)
"""Whatever crashes it is tried again, at last once a minute."""
PATIENCE: Final = timedelta(seconds=60)
"""How long what is on its way to them may still go out; after that it is given up."""
AGAIN: Final = 1.0
LOOK: Final = 30.0
"""Seconds until another try of what cannot be done yet, and until a look for others' requests."""
WAIT: Final = 5.0
"""Seconds that a request waits for its erasure to be done."""
TRIES: Final = 20
"""How often SQLite's log is tried to be emptied; readers are there for milliseconds."""


class Disk(Protocol):
    """Where copies of files lie."""

    async def remove(self, workspace: WorkspaceId, message: MessageId) -> None:
        """Remove a file; harmless where there is none."""
        ...


class Exports(Protocol):
    """Files that were exported."""

    async def sweep(self, of: WorkspaceId) -> None:
        """Remove every file of a workspace that no row of a job speaks of."""
        ...


@frozen
class Given:
    """What an eraser works with."""

    store: Store
    journal: Journal
    disk: Disk
    exports: Exports
    parting: Parting
    ledger: Ledger
    workspaces: Callable[[], Sequence[WorkspaceId]]


@define(eq=False)
class Eraser:
    """`ports.erasing.Erasing`, and the task that does it."""

    given: Given
    _bell: trio.Event = field(factory=trio.Event)
    _waiting: dict[ErasureId, trio.Event] = field(factory=dict)

    async def erase(
        self, workspace: WorkspaceId, contact: ContactId, by: Requester | None, *, force: bool
    ) -> ErasureAnswer:
        """Write the request down, unless it is refused, and wait a little for it to be done."""
        store = self.given.store
        find = partial(footprint.of_contact, of=workspace, id=contact)
        found = await store.browse(find)
        known = await store.browse(partial(receipts.last, of=workspace, contact=contact))
        if known is not None and (known.done_at is None or not found.people):
            return await self._when_done(known)
        if not found.people:
            return NotFound()
        if found.is_agent:
            return AgentToo()
        if found.live and not force:
            return StillTalking(found.live[0])
        return await self._when_done(await self._ask(workspace, contact, by))

    async def receipt(self, workspace: WorkspaceId, erasure: ErasureId) -> Erasure | None:
        """Return one receipt."""
        return await self.given.store.browse(partial(receipts.one, of=workspace, id=erasure))

    async def visitors(self, workspace: WorkspaceId, phone: Phone) -> Sequence[PersonView]:
        """Return who is known by this number and is no agent."""
        find = partial(footprint.of_phone, of=workspace, phone=phone)
        found = await self.given.store.browse(find)
        return [PersonView(each.contact, each.name or None, each.phone) for each in found]

    async def run(self) -> None:
        """Do what is asked for until cancelled; a crash is logged, and relaying goes on."""
        await supervise("erasures", self._keep_working, PATIENT, Random())

    async def _keep_working(self) -> None:
        """First what a restored database does not know."""
        with suppress(StoreUnavailable):
            await self._reapply()
        while True:
            self._bell = trio.Event()
            left = await self._work()
            with trio.move_on_after(AGAIN if left else LOOK):
                await self._bell.wait()

    async def _ask(
        self, workspace: WorkspaceId, contact: ContactId, by: Requester | None
    ) -> Erasure:
        store = self.given.store
        id, at = ErasureId(store.new_id()), store.wall()
        asked_by = None if by is None else to_text(PREFIXES[by.kind], by.id)
        new = Erasure(id, workspace, contact, at, asked_by, None, {})
        line = Line(id, workspace, contact, at)
        await trio.to_thread.run_sync(self.given.ledger.add, line)
        entry = AuditId(store.new_id())
        await store.write(partial(receipts.begin, new=new, entry=entry))
        return new

    async def _when_done(self, asked: Erasure) -> Erasure:
        """Return the receipt as it is once it is done, or after a while."""
        if asked.done_at is None:
            done = self._waiting.setdefault(asked.id, trio.Event())
            self._bell.set()
            with trio.move_on_after(WAIT):
                await done.wait()
        return await self.receipt(asked.workspace, asked.id) or asked

    async def _reapply(self) -> None:
        """Ask again for what the database, e.g. a restored backup, does not know of."""
        for line in await trio.to_thread.run_sync(self.given.ledger.lines):
            again = Erasure(line.id, line.workspace, line.contact, line.asked_at, None, None, {})
            await self.given.store.write(partial(receipts.add, new=again))

    async def _work(self) -> bool:
        """Do what can be done now; says whether anything is left."""
        try:
            read = partial(receipts.undone, of=self.given.workspaces())
            undone = await self.given.store.browse(read)
            return not all([await self._finish(each) for each in undone])
        except (StoreUnavailable, Busy, Fenced, OSError):
            return True

    async def _finish(self, asked: Erasure) -> bool:
        """Erase somebody; False while something keeps it from being whole."""
        given, of = self.given, asked.workspace
        find = partial(footprint.of_contact, of=of, id=asked.contact)
        found = await given.store.browse(find)
        for conversation in found.live:
            await given.parting.end(of, conversation)
        if found.live or not await self._is_quiet(asked, found):
            return False
        given.parting.leave(found.people, found.phones)
        await self._sweep(asked, found)
        given.parting.left(found.people)
        await given.parting.record(of, asked.contact, asked.id)
        await self._sweep(asked, found)
        await self._write(partial(exported.erase, of=asked, words=found.words()))
        await given.exports.sweep(of)
        await self._empty_log()  # first: done is to mean that no byte is left, also after a crash
        await self._write(partial(receipts.done, of=asked, at=given.store.wall()))
        logger.info("erased", erasure=asked.id, workspace=of, contact=asked.contact)
        self._waiting.pop(asked.id, trio.Event()).set()
        return True

    async def _is_quiet(self, asked: Erasure, found: Footprint) -> bool:
        """Say whether nothing is on its way to them any more; give up what takes too long."""
        given, of = self.given, asked.workspace
        left = await given.store.browse(partial(footprint.unfinished, of=of, found=found))
        at = given.store.wall()
        patient = at < asked.asked_at + PATIENCE
        for send, state in left:
            if state is SendState.PARKED or not (patient or state is SendState.SENDING):
                end = EndSend(send, (state,), Rank.FAILED, at)
                await given.journal.append(Append(of, f"send/{send}", 0, (), (end,)))
        return not left

    async def _sweep(self, asked: Erasure, found: Footprint) -> None:
        store, of = self.given.store, asked.workspace
        concealing = store.concealing
        for addresses in _units(tuple(found.addresses())):
            some = partial(sweeping.conceal, of=asked, addresses=addresses)
            await self._write(partial(some, concealing=concealing))
        for messages in _units(await self._messages(of, found)):
            for message in await store.browse(partial(sweeping.files_of, of=of, messages=messages)):
                await self.given.disk.remove(of, message)
            await self._write(partial(sweeping.erase_messages, of=asked, messages=messages))
        for talks in _units(found.conversations):
            await self._write(partial(sweeping.erase_conversations, of=asked, conversations=talks))
            await self._erase_answers(asked, talks)
        await self._erase_bodies(asked, found)
        await self._write(partial(sweeping.erase_contacts, of=asked, found=found))

    async def _erase_answers(self, asked: Erasure, talks: Sequence[ConversationId]) -> None:
        find = partial(sweeping.deliveries_of, of=asked.workspace, conversations=talks)
        for deliveries in _units(await self.given.store.browse(find)):
            await self._write(partial(sweeping.erase_answers, of=asked, deliveries=deliveries))

    async def _erase_bodies(self, asked: Erasure, found: Footprint) -> None:
        store, of, needles = self.given.store, asked.workspace, found.needles()
        held = await store.browse(partial(sweeping.set_aside, of=of, needles=needles))
        for rows in _units(held):
            await self._write(partial(sweeping.empty, of=asked, rows=rows))
        kept = await store.browse(partial(sweeping.kept_answers, of=of, needles=needles))
        for keys in _units(kept):
            await self._write(partial(sweeping.forget_answers, of=asked, keys=keys))

    async def _messages(self, of: WorkspaceId, found: Footprint) -> list[MessageId]:
        """Return theirs, and those of their conversations, whoever wrote them."""
        messages = set(found.messages)
        for conversation in found.conversations:
            for each in await self.given.journal.read(of, f"conversation/{conversation}"):
                messages |= set(footprint.messages_of(each.event))
        return sorted(messages)

    async def _empty_log(self) -> None:
        for _ in range(TRIES):
            if await self.given.store.checkpoint():
                return
            await trio.sleep(AGAIN / TRIES)
        logger.warning("the write-ahead log was in use and holds erased rows until it is emptied")

    async def _write(self, work: Callable[..., T]) -> T:
        return await self.given.store.write(work)


def _units(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), sweeping.UNIT):
        yield rows[start : start + sweeping.UNIT]
