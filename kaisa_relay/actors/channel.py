"""The shell of a channel number: works off its outbox, and applies the statuses that come back.

Rule 1: `sending` is durable before the first byte goes out, and an outcome before the next send.
Rule 2: an unknown outcome is waited for, then parked; it is never tried again by itself.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
import trio
from attrs import define, evolve, field

from kaisa_relay.actors.exchange import ChannelPost, Context, Ring, Statuses, Withdraw
from kaisa_relay.actors.lanes import Lane, Lanes
from kaisa_relay.actors.outcome import Move, Stop, conclude
from kaisa_relay.actors.statuses import StatusDesk
from kaisa_relay.domain.channel import Channel, throughput
from kaisa_relay.domain.ids import CHANNEL, SendId, to_text
from kaisa_relay.domain.sending import (
    Accepted,
    Answer,
    Purpose,
    Rank,
    Rejected,
    SendState,
    opaque,
)
from kaisa_relay.ports import Append, Change, EndSend, MoveSend, Outcome, Send, Tell
from kaisa_relay.runtime.id_source import born_at

logger = structlog.get_logger()

WORKERS: Final = 32
"""Calls to WhatsApp under way at once, per channel."""
PAGE: Final = 500
MOST_KNOWN: Final = 20_000
"""Sends held in memory; more wait in the table."""
LOOK_AGAIN: Final = 30.0
"""Seconds between looks into the outbox for sends that nobody rang for."""
GIVE_UP: Final = timedelta(hours=24)
"""How long a parked send can still be settled."""
UNKNOWN_IN_A_ROW: Final = 3
PROBE: Final = (1.0, 60.0)
"""Seconds between probes of a number that does not answer: the first and the longest."""


@define(eq=False)
class ChannelTask:
    """One run of one channel; its lanes are read back from the outbox at each start."""

    context: Context
    channel: Channel
    post: ChannelPost
    lanes: Lanes = field(init=False)
    _statuses: StatusDesk = field(init=False)
    _ready: trio.MemorySendChannel[Lane] = field(init=False)
    _timer: trio.Event = field(factory=trio.Event)
    _stopped: trio.Event = field(factory=trio.Event)
    _unknown: int = 0
    _why: Stop = Stop.NO

    def __attrs_post_init__(self) -> None:
        self.lanes = Lanes(throughput(self.channel.throughput), self._seconds_until)
        self._statuses = StatusDesk(self.context, self.channel, self._settled)
        self.post.behind = True

    @property
    def _grace(self) -> timedelta:
        return self.context.accounts.workspace(self.channel.workspace).unknown_grace

    async def run(self) -> None:
        """Work until cancelled."""
        send, receive = trio.open_memory_channel[Lane](MOST_KNOWN * 2)
        self._ready = send
        async with send, receive, trio.open_nursery() as nursery:
            for number in range(WORKERS):
                nursery.start_soon(self._work, receive.clone(), name=f"worker {number}")
            nursery.start_soon(self._keep_time, name="timer")
            nursery.start_soon(self._probe_when_stopped, name="probe")
            nursery.start_soon(self._statuses.retry, name="late statuses")
            await self._listen()

    # --- what is told

    async def _listen(self) -> None:
        while True:
            if self.post.behind and len(self.lanes) < MOST_KNOWN // 2:
                await self._load()
            messages = []
            with trio.move_on_after(LOOK_AGAIN) as patience:
                messages = await self.post.mailbox.receive_many(256)
            if patience.cancelled_caught:
                self.post.behind = True
                await self._give_up()
                self.lanes.tidy(trio.current_time())
            statuses = [each for each in messages if isinstance(each, Statuses)]
            if statuses:
                await self._statuses.apply(statuses)
            for message in messages:
                if isinstance(message, Ring) and not self.post.behind:
                    self._add(message.sends)
                elif isinstance(message, Withdraw):
                    await self._withdraw(message.send)

    async def _load(self) -> None:
        """Read the outbox; what we find `sending` and did not send ourselves is unknown."""
        self.post.behind = False
        after = SendId(0)
        unfinished = self.context.sends.unfinished
        read = partial(unfinished, self.channel.workspace, self.channel.id)
        while page := await self.context.patiently(partial(read, after, PAGE)):
            after = page[-1].id
            for send in page:
                if send.id in self.lanes:
                    continue
                if send.state is SendState.SENDING:
                    send = await self._doubt(send)
                self._add((send,))
            if len(self.lanes) >= MOST_KNOWN:
                self.post.behind = True
                return

    async def _doubt(self, send: Send) -> Send:
        due = self.context.wall() + self._grace
        move = MoveSend(send.id, (SendState.SENDING,), SendState.UNKNOWN, send.attempt, due)
        await self._append(send, (move,))
        return evolve(send, state=SendState.UNKNOWN, due_at=due)

    def _add(self, sends: Iterable[Send]) -> None:
        for send in sends:
            self._schedule(self.lanes.add(send))

    def _settled(self, sends: Iterable[SendId]) -> None:
        for send in sends:
            known = self.lanes.get(send)
            if known is not None and known.state is not SendState.SENDING:
                lane = self.lanes.remove(send)
                assert lane is not None
                self._schedule(lane)

    async def _withdraw(self, send: SendId) -> None:
        """An offer that nobody waits for any more need not go out."""
        known = self.lanes.get(send)
        if known is None or known.state is not SendState.READY:
            return
        lane = self.lanes.remove(send)
        end = EndSend(send, (SendState.READY,), Rank.FAILED, self.context.wall())
        await self._append(known, (end,))
        if lane is not None:
            self._schedule(lane)

    # --- when a lane may go on

    def _seconds_until(self, send: Send) -> float:
        if send.due_at is None:
            return 0.0
        return (send.due_at - self.context.wall()).total_seconds()

    def _schedule(self, lane: Lane) -> None:
        now = trio.current_time()
        wait = self.lanes.wait(lane, now)
        if wait is None or self.context.exchange.stopping:
            return
        if wait <= 0:
            lane.busy = True
            self._ready.send_nowait(lane)
        else:
            self.lanes.remind(lane, now + wait)
            self._timer.set()

    async def _keep_time(self) -> None:
        while True:
            self._timer = trio.Event()
            at = self.lanes.next_reminder()
            with trio.move_on_at(at if at is not None else float("inf")):
                await self._timer.wait()
            for lane in self.lanes.due(trio.current_time()):
                self._schedule(lane)

    # --- one send

    async def _work(self, lanes: trio.MemoryReceiveChannel[Lane]) -> None:
        async with lanes:
            async for lane in lanes:
                head = lane.head
                if head is not None and head.state is SendState.UNKNOWN:
                    await self._park(head)
                elif head is not None:
                    with self.context.exchange.call():
                        await self._send(lane, head)
                lane.busy = False
                self._schedule(lane)

    async def _send(self, lane: Lane, send: Send) -> None:
        attempt = send.attempt + 1
        mark = MoveSend(send.id, (SendState.READY,), SendState.SENDING, attempt)
        if not await self._append(send, (mark,)):
            self.lanes.remove(send.id)
            return
        sending = evolve(send, state=SendState.SENDING, attempt=attempt, due_at=None)
        self.lanes.update(sending)
        self.lanes.spend(lane, trio.current_time())
        answer = await self._call(sending)
        await self._conclude(sending, answer)

    async def _call(self, send: Send) -> Answer:
        if send.recipient.phone is None and send.recipient.bsuid is None:
            return Rejected(131026, "no address")
        access = self.context.accounts.access(self.channel.id)
        ours = opaque(send.workspace, send.channel, send.id)
        answer = await self.context.gateway.send(access, send.recipient, send.outgoing, ours)
        code = getattr(answer, "code", None)
        self.context.meter.answered(type(answer).__name__.lower(), code)
        return answer

    async def _conclude(self, send: Send, answer: Answer) -> None:
        now = self.context.wall()
        verdict = conclude(send, answer, now, self.context.rng, self._grace)
        committed = await self._append(send, verdict.changes)
        if not committed or verdict.move is Move.END:
            self.lanes.remove(send.id)
        else:
            self.lanes.update(verdict.send)
        if isinstance(answer, Accepted):
            self._answers()
            if send.purpose is Purpose.RELAY:
                self.context.meter.relayed(now.timestamp() - born_at(send.message))
        self._unknown = self._unknown + 1 if verdict.move is Move.UNKNOWN else 0
        if self.post.behind and len(self.lanes) < MOST_KNOWN // 2:
            self.post.mailbox.tell(Ring(()))  # there is room again for what waits in the table
        if verdict.pause:
            self.lanes.not_before = trio.current_time() + verdict.pause
        if verdict.stop is not Stop.NO or self._unknown >= UNKNOWN_IN_A_ROW:
            self._stop(verdict.stop)

    async def _park(self, send: Send) -> None:
        """The grace is over: people decide whether this goes out again."""
        due = self.context.wall() + GIVE_UP
        move = MoveSend(send.id, (SendState.UNKNOWN,), SendState.PARKED, send.attempt, due)
        changes: list[Change] = [move]
        if send.purpose is Purpose.RELAY and send.conversation is not None:
            outcome = Outcome(send.id, send.message, send.conversation, send.contact, Rank.PARKED)
            changes.append(Tell(send.channel, outcome))
        if await self._append(send, changes):
            self.lanes.update(evolve(send, state=SendState.PARKED, due_at=due))
        else:
            self.lanes.remove(send.id)

    async def _give_up(self) -> None:
        """A parked send's day is over: it stays unconfirmed for good."""
        for send in [each for each in self.lanes.parked() if self._seconds_until(each) <= 0]:
            now = self.context.wall()
            await self._append(send, (EndSend(send.id, (SendState.PARKED,), Rank.PARKED, now),))
            self.lanes.remove(send.id)

    async def _append(self, send: Send, changes: Iterable[Change]) -> bool:
        append = Append(send.workspace, f"send/{send.id}", 0, (), tuple(changes))
        return await self.context.patiently(partial(self.context.journal.append, append)) is None

    # --- a number that does not answer

    def _answers(self) -> None:
        self.context.outages.ended(self.channel.id)

    def _stop(self, why: Stop) -> None:
        if self.lanes.stopped:
            return
        self.lanes.stopped = True
        self._why = why
        self.context.outages.began(self.channel.id, self.context.wall())
        logger.error("channel stopped", channel=to_text(CHANNEL, self.channel.id), reason=why.value)
        self._stopped.set()

    async def _probe_when_stopped(self) -> None:
        while True:
            await self._stopped.wait()
            self._stopped = trio.Event()
            delay, longest = PROBE
            if self._why is Stop.HALTED:
                delay = longest  # an operator must act first; the number itself may well answer
            await trio.sleep(delay)
            while not await self._answering():
                delay = min(longest, delay * 2)
                await trio.sleep(delay)
            self._resume()

    async def _answering(self) -> bool:
        access = self.context.accounts.access(self.channel.id)
        return isinstance(await self.context.gateway.probe(access), Accepted)

    def _resume(self) -> None:
        self.lanes.stopped = False
        self._unknown = 0
        self._answers()
        logger.info("channel goes on", channel=to_text(CHANNEL, self.channel.id))
        for lane in self.lanes.all():
            self._schedule(lane)
