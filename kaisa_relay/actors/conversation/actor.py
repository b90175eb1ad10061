"""The shell of a conversation: receive, decide, append, evolve, ring.

Rule 1: state is local to one run; a restart reads it back and inherits nothing.
Rule 2: nothing leaves before its row is durable, and nothing here is a rule about conversations.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import trio
from attrs import define, evolve, field

from kaisa_relay.actors.agents.opening import with_opening
from kaisa_relay.actors.conversation.announcing import announce
from kaisa_relay.actors.conversation.answering import answer
from kaisa_relay.actors.conversation.changes import Commit, collect, wake_at
from kaisa_relay.actors.conversation.committing import Commits, Stale
from kaisa_relay.actors.conversation.handing_over import with_handover, with_stand_ins
from kaisa_relay.actors.conversation.recalling import Recall, waiting_for
from kaisa_relay.actors.conversation.resolving import with_other_way, with_quote
from kaisa_relay.actors.conversation.searching import asks_anew, command_of, wanted
from kaisa_relay.actors.conversation.slot import Slot
from kaisa_relay.actors.conversation.supervising import ended_by
from kaisa_relay.actors.conversation.template_alerts import alert_templates
from kaisa_relay.actors.conversation.windows import Windows
from kaisa_relay.actors.conversation.wording import Wording
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import (
    Deliver,
    EndConversation,
    MakeLink,
    MoveConversation,
    SendOutreach,
    Supervise,
    ToConversation,
)
from kaisa_relay.domain.conversation import Decision, State, deliberate, next_deadline
from kaisa_relay.domain.conversation.messages import (
    AlreadyEnded,
    Command,
    End,
    Event,
    HearOutcome,
    NoteIdentity,
    Receive,
    Refusal,
    Tick,
)
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.ports import (
    Append,
    Change,
    ClaimPair,
    Conflict,
    Done,
    DropSends,
    Ended,
    InboxItem,
    SaveAnswer,
    SaveConversation,
    SaveToken,
    StoreUnavailable,
)

IDLE_AFTER: Final = 300.0
"""Seconds without anything to do after which a conversation leaves memory."""
ASK_AGAIN: Final = 30.0
"""Seconds after which the pool is asked again, in case an answer got lost."""
HELD: Final = 1.0
"""Seconds between looks at a deadline that has passed and must not fire yet."""
TRIES: Final = 3
"""How often a message is decided whose commit lost a race for somebody's pair."""
FEED: Final = 64
"""Rows read at once when behind."""

Readdress = Callable[[InboxItem], Awaitable[Deliver | None]]
"""Says what an item read back from its row means to this conversation; None: not ours any more."""


@define(eq=False)
class ConversationTask:
    """One run of one conversation."""

    context: Context
    slot: Slot
    readdress: Readdress
    state: State
    version: int
    wording: Wording
    saved: int
    commits: Commits
    asked_at: float | None = None
    raced: bool = False
    windows: Windows = field(factory=Windows)
    _due_in: State | None = None
    _due_at: datetime | None = None

    async def run(self) -> None:
        """Take one message or deadline at a time, until there is nothing to do."""
        if self.saved != self.version:
            await self._save()  # the row may be behind on a deadline that only moved later
        while True:
            if self.slot.behind:
                await self._catch_up()
            if self._deadline_passed():
                await self._tick()
            self._ask_pool()
            message = await self._next()
            if message is not None:
                await self._handle(message)
            elif not self._deadline_passed() and await self._retire():
                return

    async def _next(self) -> ToConversation | None:
        """Return the next message; None when a deadline or the end of patience came first."""
        if self.slot.mailbox.queued:
            return await self.slot.mailbox.receive()
        with trio.move_on_after(self._patience()):
            return await self.slot.mailbox.receive()
        return None

    def _due(self) -> datetime | None:
        """Return the deadline; it is asked for four times per message and worked out once."""
        if self._due_in is not self.state:
            self._due_in, self._due_at = self.state, next_deadline(self.state)
        return self._due_at

    def _patience(self) -> float:
        seconds = ASK_AGAIN if self.state.wants_agent else IDLE_AFTER
        due = self._due()
        if due is None:
            return seconds
        left = (due - self.context.wall()).total_seconds()
        # A deadline that has passed and is held (outage, undrained inbox) is looked at again.
        return min(seconds, left) if left > 0 else HELD

    def _deadline_passed(self) -> bool:
        due = self._due()
        if due is None or self.context.wall() < due:
            return False
        if self.slot.pending or not self.context.exchange.drained.is_set():
            return False  # what people said before the deadline counts first
        return not self.context.outages.holds(self.state.channel, due)

    async def _tick(self) -> None:
        due = self._due()
        assert due is not None
        outage = self.context.outages.covering(self.state.channel, due)
        # Not patiently: what is decided before an outage is not what is right after it.
        with suppress(StoreUnavailable):
            tick = Tick(self.context.wall(), outage)
            await self.apply(await with_stand_ins(self.context, self.state, tick))

    async def _catch_up(self) -> None:
        """Feed from the rows, by id, until none is left."""
        while self.slot.pending:
            ids = list(self.slot.pending)[:FEED]
            rows = await self.context.patiently(partial(self.context.inbox.still_new, ids))
            for row in rows:
                deliver = await self.readdress(row)
                if deliver is not None:
                    await self._deliver(deliver)
            for item in ids:
                self.slot.done(item)
        self.slot.behind = False

    async def _handle(self, message: ToConversation) -> None:
        at = self.context.wall()
        match message:
            case Deliver(item=item):
                if item in self.slot.pending:  # otherwise it was fed from its row already
                    await self._deliver(message)
            case EndConversation(by=by):
                refusal = await self.apply(End(ended_by(by), at, by))
                message.reply.answer(refusal if isinstance(refusal, AlreadyEnded) else Ended())
            case Supervise() | MoveConversation() | MakeLink() | SendOutreach():
                await answer(self, message)
            case _:
                await self.apply(command_of(message, at))

    async def _deliver(self, deliver: Deliver) -> None:
        changes: list[Change] = [Done((deliver.item,)), *deliver.changes]
        self.wording.learn(self.context.exchange.addresses.still(changes, deliver.item))
        command = deliver.command
        if isinstance(command, Receive):
            if deliver.channel not in (None, self.state.channel):
                command = evolve(command, elsewhere=True)  # it moved while this was on its way
            changes += self.windows.opened(self.state.channel, command)
            if deliver.refers is not None:
                command = await with_quote(self.context, self.state, command, deliver.refers)
            command = with_opening(self.context, self.state, command)
        if isinstance(command, NoteIdentity):
            await self._meet_again(command.contact)
        if isinstance(command, HearOutcome):
            command, moved = await with_other_way(self.context, self.state, command)
            changes += moved
        for _ in range(TRIES):
            self.raced = False
            if isinstance(command, Receive):
                command = await with_handover(self.context, self.state, self.wording, command)
            await self.apply(command, changes, deliver.wamid)
            if not self.raced:
                break
        self.slot.done(deliver.item)

    async def _meet_again(self, contact: ContactId) -> None:
        """Somebody in it is reached, or recognised, in another way from now on."""
        read = partial(self.context.directory.people, self.state.workspace, [contact])
        self.wording.people |= await self.context.patiently(read)

    async def apply(
        self, command: Command, changes: Sequence[Change] = (), wamid: str | None = None
    ) -> Refusal | None:
        decision = deliberate(self.state, command, self.context.new_id)
        if not isinstance(decision, Decision):
            return decision
        events = decision.outcome
        if not events and not changes:
            return None
        recall = Recall(self.context, self.state, self.wording, command)
        said = await recall.said(events)
        commit = collect(self.state, decision, self.wording, said)
        if isinstance(command, Receive):
            commit.keep_said(command, events, wamid)
            changes = self.context.exchange.addresses.still(changes, command.message)
        commit.save_row(events, self.version + len(events), command.at)
        rows = (*changes, *commit.changes)
        append = Append(self.state.workspace, self.slot.stream, self.version, events, rows)
        if await self._append(append, command):
            self._accept(events, commit)
        return None

    async def _append(self, append: Append, command: Command | None) -> bool:
        """Commit; False when somebody else was first and there is nothing more to do."""
        try:
            wait = waiting_for(self.context, command)  # a message has nowhere to go back
            conflict = await self.commits.commit(append, wait)
        finally:
            # A commit that failed may be durable all the same.
            self.context.exchange.forget_changed(append.changes)
        if conflict is None:
            return True
        self._lost(conflict)
        return False

    def _lost(self, conflict: Conflict) -> None:
        match conflict.change:
            case Done():
                return  # decided before: a repeat is not news
            case ClaimPair() | DropSends():
                # Somebody else has the agent: ask for another one.
                self.asked_at, self.raced = None, True
            case SaveAnswer() | SaveToken():
                self.raced = True  # the same key came by another conversation in this moment
            case _:
                raise Stale(self.slot.stream)

    def _accept(self, events: tuple[Event, ...], commit: Commit) -> None:
        """Remember what was committed, and tell whom it concerns."""
        before, self.state = self.state, commit.state
        self.version += len(events)
        if commit.saves_row:
            self.saved = self.version
        if asks_anew(before, self.state, self.context.wall()):
            self.asked_at = None
        alert_templates(self.context, before, events)
        announce(self.context.exchange, before, self.state, events, commit.sends)

    def _ask_pool(self) -> None:
        if not self.state.wants_agent:
            return
        now = trio.current_time()
        if self.asked_at is not None and now < self.asked_at + ASK_AGAIN:
            return
        if pool := self.context.exchange.pools.get(self.state.workspace):
            pool.tell(wanted(self.state, self.context.wall()))
            self.asked_at = now

    async def _save(self) -> None:
        due = wake_at(self.state, self.context.wall())
        row = SaveConversation(self.state, self.version, due)
        append = Append(self.state.workspace, self.slot.stream, self.version, (), (row,))
        if await self._append(append, None):
            self.saved = self.version

    async def _retire(self) -> bool:
        """Leave memory, unless a message or a deadline gets in first."""
        if self.state.wants_agent or self.slot.pending:
            return False
        due = self._due()
        if due is not None and due <= self.context.wall() + timedelta(seconds=IDLE_AFTER):
            return False  # it is not worth leaving memory before that
        if self.saved != self.version:
            await self._save()
        return not self.slot.behind and self.slot.mailbox.retire_if_empty()
