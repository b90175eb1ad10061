"""The shell of a channel number: works off its outbox, and applies the statuses that come back.

Rule 1: `sending` is durable before the first byte goes out, and an outcome before the next send.
Rule 2: an unknown outcome is waited for, then parked; it is never tried again by itself.
"""

from collections.abc import Iterable
from typing import Final

import trio
from attrs import define, field

from kaisa_relay.actors.channel.calling import call
from kaisa_relay.actors.channel.health import HealthDesk
from kaisa_relay.actors.channel.lanes import Lane, Lanes
from kaisa_relay.actors.channel.outbox import Outbox
from kaisa_relay.actors.channel.outcome import Move, Stop, conclude
from kaisa_relay.actors.channel.standstill import Standstill
from kaisa_relay.actors.channel.statuses import StatusDesk
from kaisa_relay.actors.channel.traffic import calls_at_once
from kaisa_relay.actors.conversation.resolving import other_way, resolved
from kaisa_relay.actors.exchange import ChannelPost, Context
from kaisa_relay.actors.fencing import fenced_alone
from kaisa_relay.actors.messages import Noticed, Ring, SendsSettled, Statuses, ToChannel, Withdraw
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.channel_health import Report, limit_of
from kaisa_relay.domain.ids import SendId
from kaisa_relay.domain.outgoing import messages_of
from kaisa_relay.domain.sending import (
    PAIR_LIMIT,
    Accepted,
    Answer,
    Deferred,
    Purpose,
    Rejected,
    SendState,
)
from kaisa_relay.ports import Send
from kaisa_relay.runtime.id_source import born_at

PAGE: Final = 500
LOOK_AGAIN: Final = 30.0
"""Seconds between looks into the outbox for sends that nobody rang for."""
UNKNOWN_IN_A_ROW: Final = 3


@define(eq=False)
class ChannelTask:
    """One run of one channel; its lanes are read back from the outbox at each start."""

    context: Context
    channel: Channel
    post: ChannelPost
    health: HealthDesk
    lanes: Lanes = field(init=False)
    _outbox: Outbox = field(init=False)
    _standstill: Standstill = field(init=False)
    _statuses: StatusDesk = field(init=False)
    _ready: trio.MemorySendChannel[Lane] = field(init=False)
    _timer: trio.Event = field(factory=trio.Event)
    _unknown: int = 0
    _ended: set[SendId] = field(factory=set)
    _look_at: float = 0.0

    def __attrs_post_init__(self) -> None:
        context, channel = self.context, self.channel
        files = self.post.files
        self._outbox = Outbox(context, channel)
        self.lanes = Lanes(self.post.traffic, self._outbox.seconds_until, files.blocks)
        self._standstill = Standstill(context, channel, self.lanes, self._resume, self._report)
        self._statuses = StatusDesk(context, channel, self.post, self._settled)
        self.post.take_spare = lambda: self.lanes.take_spare(trio.current_time())

    async def run(self) -> None:
        """Work until cancelled."""
        send, receive = trio.open_memory_channel[Lane](self.context.bounds.sends * 2)
        self._ready = send
        with fenced_alone():
            async with send, receive, trio.open_nursery() as nursery:
                for number in range(calls_at_once(self.channel)):
                    nursery.start_soon(self._work, receive.clone(), name=f"worker {number}")
                nursery.start_soon(self._keep_time, name="timer")
                nursery.start_soon(self._standstill.run, name="probe")
                nursery.start_soon(self._statuses.retry, name="late statuses")
                with self.post.files.telling(self._file_settled):
                    await self._listen()

    # --- what is told

    async def _listen(self) -> None:
        while True:
            if trio.current_time() >= self._look_at:
                await self._look_around()
            if self.post.behind and self._roomy:
                await self._load()
            messages: list[ToChannel] = []
            with trio.move_on_at(self._look_at):
                messages = await self.post.mailbox.receive_many(256)
            statuses = [each for each in messages if isinstance(each, Statuses)]
            if statuses:
                await self._statuses.apply(statuses)
            for message in messages:
                match message:
                    case Ring(sends=sends) if not self.post.behind:
                        self._add(sends)
                    case Withdraw(send=send):
                        await self._withdraw(send)
                    case SendsSettled(sends=settled):
                        self._settled(settled)
                    case Noticed(report=report):
                        await self.health.take(self.channel, report)

    async def _look_around(self) -> None:
        """Do what nobody rings for: it is time that has come."""
        self._look_at = trio.current_time() + LOOK_AGAIN
        self.post.behind = True
        for send in [each for each in self.lanes.parked() if self._outbox.seconds_until(each) <= 0]:
            self.lanes.put(send.id, await self._outbox.give_up(send))
        self.lanes.tidy(trio.current_time())
        await self.health.look(self.channel)

    def _report(self, report: Report) -> None:
        """Note what sending tells of the number; when the mailbox is full, the next send will."""
        self.post.mailbox.tell(Noticed(report))

    @property
    def _roomy(self) -> bool:
        return len(self.lanes) <= self.context.bounds.sends // 2

    async def _load(self) -> None:
        """Read the outbox; what we find `sending` and did not send ourselves is unknown."""
        self.post.behind = False
        after, before, seen = SendId(0), self.lanes.known(), set[SendId]()
        while not self.post.behind and (page := await self._outbox.page(after, PAGE)):
            after = page[-1].id
            for found in page:
                seen.add(found.id)
                if found.id in self.lanes:
                    continue
                sending = found.state is SendState.SENDING
                send = await self._outbox.doubt(found) if sending else found
                if send is not None:
                    self._add((send,))
        if not self.post.behind:
            # A status ended these, and nobody told us: the commit seemed to fail, for one.
            self._settled(before - seen)

    def _add(self, sends: Iterable[Send]) -> None:
        for send in sends:
            if len(self.lanes) >= self.context.bounds.sends:
                self.post.behind = True  # it waits in the table until there is room
                return
            self.post.files.want(send)
            self._schedule(self.lanes.add(send))

    def _settled(self, sends: Iterable[SendId]) -> None:
        for send in sends:
            known = self.lanes.get(send)
            if known is not None and known.state is SendState.SENDING:
                self._ended.add(send)  # a worker has it in hand, and lets it go when it is back
            elif known is not None:
                lane = self.lanes.remove(send)
                assert lane is not None
                self._schedule(lane)

    async def _withdraw(self, send: SendId) -> None:
        """An offer that nobody waits for any more need not go out."""
        known = self.lanes.get(send)
        if known is None or known.state is not SendState.READY:
            return
        lane = self.lanes.remove(send)
        await self._outbox.withdraw(known)
        if lane is not None:
            self._schedule(lane)

    def _file_settled(self, send: Send) -> None:
        known = self.lanes.get(send.id)
        if known is not None:
            self._schedule(self.lanes.add(known))

    # --- when a lane may go on

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

    def _resume(self) -> None:
        self._unknown = 0
        for lane in self.lanes.all():
            self._schedule(lane)

    # --- one send

    async def _work(self, lanes: trio.MemoryReceiveChannel[Lane]) -> None:
        async with lanes:
            async for lane in lanes:
                head = self._still_ready(lane)
                if head is not None:
                    await self._move(lane, head)
                    self._let_go(head.id)
                lane.busy = False
                self._schedule(lane)
                if self.post.behind and self._roomy:
                    self.post.mailbox.tell(Ring(()))  # there is room for what waits in the table

    def _still_ready(self, lane: Lane) -> Send | None:
        """Return the lane's head, unless the channel stopped or paused while it queued here."""
        lane.busy = False
        wait = self.lanes.wait(lane, trio.current_time())
        if wait is None or wait > 0 or self.context.exchange.stopping:
            return None
        lane.busy = True
        return lane.head

    def _let_go(self, send: SendId) -> None:
        """Forget a send that a status ended while its own step was being committed."""
        if send in self._ended:
            self._ended.discard(send)
            self.lanes.remove(send)

    async def _move(self, lane: Lane, head: Send) -> None:
        if head.state is SendState.UNKNOWN:
            self.lanes.put(head.id, await self._outbox.park(head))
            return
        with self.context.exchange.call():
            await self._send(lane, head)

    async def _send(self, lane: Lane, head: Send) -> None:
        join = self.lanes.together(lane, trio.current_time())
        send = self.lanes.get(join.into) if join is not None else head
        assert send is not None
        self.lanes.spend(lane, trio.current_time())
        outgoing = join.outgoing if join is not None else await resolved(self.context, send)
        if outgoing is None:
            self.post.files.want(send)  # it was uploaded too long ago
            return
        outgoing = self.post.shut.turned_back(send) or outgoing
        begun = await self._outbox.begin(send, join)
        self.lanes.put(send.id, begun)
        if begun is None or (begun.state, begun.attempt) != (SendState.SENDING, send.attempt + 1):
            if self.lanes.forget(join):
                self.post.fall_behind()
            return  # it was settled or taken back meanwhile
        self.lanes.joined(join)
        answer = await call(self.context, begun, outgoing)
        if isinstance(answer, Deferred) and answer.code == PAIR_LIMIT:
            self.lanes.throttled(lane, trio.current_time())
        if limit := limit_of(getattr(answer, "code", None), self.context.wall()):
            self._report(limit)
        await self._conclude(begun, answer)
        self._let_go(begun.id)

    async def _conclude(self, send: Send, answer: Answer) -> None:
        now = self.context.wall()
        self.post.shut.note(send, answer)
        if isinstance(answer, Rejected) and (again := await other_way(self.context, send, answer)):
            self.post.files.want(send)
            self.lanes.put(send.id, await self._outbox.step(send, *again))
            return
        verdict = conclude(send, answer, now, self.context.rng, self._outbox.grace)
        after = None if verdict.move is Move.END else verdict.send
        stands = await self._outbox.step(send, after, verdict.changes)
        self.lanes.put(send.id, stands)
        if isinstance(answer, Accepted | Rejected):
            self._standstill.got_through()
        if isinstance(answer, Accepted) and send.purpose is Purpose.RELAY:
            for message in messages_of(send.message, send.outgoing):
                self.context.meter.relayed(now.timestamp() - born_at(message))
        doubted = stands is not None and stands.state is SendState.UNKNOWN
        unknown = doubted and send.id not in self._ended
        self._unknown = self._unknown + 1 if unknown else 0
        if verdict.pause:
            self.lanes.not_before = trio.current_time() + verdict.pause
        if verdict.stop is not Stop.NO or self._unknown >= UNKNOWN_IN_A_ROW:
            self._standstill.stop(verdict.stop)
