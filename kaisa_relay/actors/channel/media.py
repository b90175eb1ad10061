"""The shell of a channel's files: brings each from WhatsApp to disk and back, for its sends.

    wanted ──fetched and checked──▶ stored ──uploaded──▶ uploaded ──bytes removed──▶ deleted
       └──────────────┴── never will be ──▶ failed

Rule 1: each step is a commit, conditional on the one before; a restart goes on from the row.
Rule 2: a step may be repeated: to fetch or to upload twice costs time, and nobody sees it.
Rule 3: only what fails because of the file counts towards giving it up, not an outage.
"""

from datetime import timedelta
from functools import partial
from typing import Final

import trio
from attrs import define, evolve, field

from kaisa_relay.actors.channel.file_queue import FileQueue
from kaisa_relay.actors.channel.files import is_ready
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.content import MediaKind
from kaisa_relay.domain.files import ANY_TYPE, FileProblem, can_be_voice, form_of
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.ports import Append, FileRow, FileState, MoveFile, Send
from kaisa_relay.ports.files import Broken, Fetched, Uploaded
from kaisa_relay.runtime.id_source import born_at

WORKERS: Final = 4
"""Files of one channel that are on their way at once."""
PATIENCE: Final = timedelta(minutes=10)
"""How long a send waits for a file that does not come, before it fails."""
LONGEST_WAIT: Final = timedelta(hours=24)
"""The same while nothing comes from WhatsApp at all, as for any other send (`outcome`)."""
ONE_TRY: Final = 300.0
"""Seconds that a single fetch or upload may take."""
FEWEST_TRIES: Final = 3
MOST_DAMAGED: Final = 3
"""Times that a file may come in other bytes than were announced."""
FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0
NO_TYPE: Final = frozenset({100, 131009, 131053})
"""Codes by which an upload is refused for what it is."""


@define(eq=False)
class MediaTask:
    """One run of the files of one channel."""

    context: Context
    channel: Channel
    queue: FileQueue
    _damaged: dict[MessageId, int] = field(factory=dict)

    async def run(self) -> None:
        """Work until cancelled."""
        self.queue.look_at_all()
        async with trio.open_nursery() as nursery:
            for number in range(WORKERS):
                nursery.start_soon(self._work, name=f"files {number}")

    async def _work(self) -> None:
        while True:
            await self._bring(await self.queue.next())

    async def _bring(self, send: Send) -> None:
        """Bring a file as far as it goes now; what is to be tried again is put off."""
        read = partial(self.context.files.file, send.workspace, send.message)
        row = await self.context.patiently(read)
        while row is not None and row.code is None and not self._is_ready(row):
            after = await self._step(row)
            problem = after if isinstance(after, Broken) else None
            if problem is not None:
                after = self._judged(send, row, problem)
            assert isinstance(after, FileRow)
            moved = await self._commit(after, row.state)
            if problem is not None and moved and after.due_at is not None:
                wait = (after.due_at - self.context.wall()).total_seconds()
                self.queue.look(send.message, trio.current_time() + max(0.0, wait))
                return
            row = after if moved else await self.context.patiently(read)
        self._damaged.pop(send.message, None)
        self.queue.settle(send.message)

    async def _step(self, row: FileRow) -> FileRow | Broken:
        """Return the row after its next step."""
        match row.state:
            case FileState.WANTED if row.attempts == 0 and self._reuses and self._came_here(row):
                return self._uploaded(row, row.inbound_id)
            case FileState.WANTED:
                return await self._fetch(row)
            case FileState.STORED:
                return await self._upload(row)
            case _:  # what is too old, or another number's, is uploaded again, or fetched anew
                found = await self.context.carrier.inspect(row)
                state = FileState.WANTED if found is None else FileState.STORED
                return evolve(row, state=state, media_id=None, uploaded_at=None, uploaded_by=None)

    async def _fetch(self, row: FileRow) -> FileRow | Broken:
        access = self.context.accounts.access(row.channel)  # to another number it is nothing
        fetched: Fetched | Broken = Broken("no end in sight")
        with trio.move_on_after(ONE_TRY):
            fetched = await self.context.carrier.fetch(access, row)
        if isinstance(fetched, Broken):
            return fetched
        form = form_of(row.kind, row.mime_type, fetched.head, fetched.size)
        if isinstance(form, FileProblem):
            return Broken("cannot be sent", form)
        voice = row.voice and can_be_voice(form.mime_type, fetched.head)
        return evolve(
            row,
            state=FileState.STORED,
            kind=form.kind,
            mime_type=form.mime_type,
            voice=voice,
            size=fetched.size,
            sha256=fetched.sha256,
            attempts=0,
            due_at=None,
        )

    async def _upload(self, row: FileRow) -> FileRow | Broken:
        if await self.context.carrier.inspect(row) is None:
            return evolve(row, state=FileState.WANTED)  # somebody tidied the directory
        access = self.context.accounts.access(self.channel.id)
        answer: Uploaded | Broken = Broken("no end in sight")
        with trio.move_on_after(ONE_TRY):
            answer = await self.context.carrier.upload(access, row)
        match answer:
            case Uploaded(media_id=media_id):
                return evolve(self._uploaded(row, media_id), attempts=0, due_at=None)
            case Broken(code=int(code)) if code in NO_TYPE:
                return _plainer(row) or Broken("not taken", FileProblem.NOT_TAKEN)
            case _:
                return answer

    def _came_here(self, row: FileRow) -> bool:
        return row.channel == self.channel.id

    def _is_ready(self, row: FileRow) -> bool:
        return is_ready(row, self.context.wall(), self.channel.id)

    def _uploaded(self, row: FileRow, media_id: str) -> FileRow:
        uploaded = evolve(row, state=FileState.UPLOADED, media_id=media_id)
        return evolve(uploaded, uploaded_at=self.context.wall(), uploaded_by=self.channel.id)

    def _judged(self, send: Send, row: FileRow, broken: Broken) -> FileRow:
        """Return the row after a step that did not work: put off, or given up."""
        now, problem = self.context.wall(), broken.problem
        if problem is FileProblem.DAMAGED:
            self._damaged[row.message] = self._damaged.get(row.message, 0) + 1
            if self._damaged[row.message] < MOST_DAMAGED:
                problem = None
        attempts = row.attempts + (not broken.unreachable)
        waited = now.timestamp() - born_at(send.id)
        over = waited >= PATIENCE.total_seconds() and attempts >= FEWEST_TRIES
        if problem is None and (
            waited >= LONGEST_WAIT.total_seconds() or (over and not broken.unreachable)
        ):
            problem = FileProblem.TIMED_OUT
        if problem is not None:
            return evolve(
                row, state=FileState.FAILED, code=int(problem), attempts=attempts, due_at=None
            )
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(max(0, attempts - 1), 16))
        later = now + timedelta(seconds=delay * self.context.rng.uniform(0.5, 1.0))
        return evolve(row, attempts=attempts, due_at=later)

    async def _commit(self, row: FileRow, before: FileState) -> bool:
        """Write the row; False where it does not stand as it did."""
        move = MoveFile(row, (before,))
        append = Append(row.workspace, f"file/{row.message}", 0, (), (move,))
        conflict = await self.context.patiently(partial(self.context.journal.append, append))
        if conflict is None and row.state is not before:
            self.context.meter.file(row.state.value, row.size or 0)
        return conflict is None

    @property
    def _reuses(self) -> bool:
        return self.context.accounts.workspace(self.channel.workspace).reuse_media


def _plainer(row: FileRow) -> FileRow | None:
    """Return a file as something that WhatsApp takes more readily, None where there is nothing."""
    if row.kind is not MediaKind.DOCUMENT:
        return evolve(row, kind=MediaKind.DOCUMENT, voice=False)
    return evolve(row, mime_type=ANY_TYPE) if row.mime_type != ANY_TYPE else None
