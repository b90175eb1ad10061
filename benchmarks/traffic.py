"""Messages both ways through a running relay, watched while they pass.

Rule 1: a message that comes twice, out of order or not at all ends the benchmark with an error.
Rule 2: WhatsApp's pair limit is kept here too, so that no message waits for it in the relay.
"""

from collections import deque
from collections.abc import Sequence
from time import perf_counter
from typing import Final

import trio
from attrs import define, field

from benchmarks.bodies import Person, posted, status, text
from benchmarks.graph import Sent
from benchmarks.talks import Talk, post
from benchmarks.wire import Caller
from kaisa_relay.domain.channel import PAIR_BURST, PAIR_INTERVAL, Pace

ARRIVES_WITHIN: Final = 30.0
"""Seconds after which a message counts as lost."""
STATUSES: Final = ("sent", "delivered", "read")
PAIR: Final = Pace(PAIR_INTERVAL, PAIR_BURST - 2)
"""A little stricter than the relay's, whose clock starts a message later."""
_FILLING: Final = "The viewing is on Thursday at six; shall we meet by the gate?"


class NotOnceInOrder(Exception):
    """A guarantee was broken under load."""


@define(eq=False)
class Lane:
    """One direction of one conversation; `waiting` holds the messages under way, oldest first."""

    number: int
    sender: Person
    recipient: Person
    empty_at: float
    said: int = 0
    arrived: int = 0
    waiting: dict[int, "Passage"] = field(factory=dict)


@define(eq=False)
class Passage:
    """One message on its way."""

    began: float
    out: trio.Event = field(factory=trio.Event)
    arrived_at: float = 0.0
    sent: Sent | None = None


@define
class Samples:
    """What one run measured, in seconds: from a POST to its 200, and to the relayed message."""

    acks: list[float] = field(factory=list)
    relays: list[float] = field(factory=list)


@define(eq=False)
class Traffic:
    """All lanes, and the samples of the run that is on."""

    with_statuses: bool
    in_a_row: int
    samples: Samples = field(factory=Samples)
    lanes: list[Lane] = field(factory=list)
    _free: deque[Lane] = field(factory=deque)

    def open(self, talks: Sequence[Talk], received: dict[str, int]) -> None:
        """Take the conversations over, with what everybody has received before."""
        now = trio.current_time()
        for talk in talks:
            for sender, recipient in ((talk.visitor, talk.agent), (talk.agent, talk.visitor)):
                owed = PAIR_INTERVAL * received[recipient.phone]
                self.lanes.append(Lane(len(self.lanes), sender, recipient, now + owed))
        self._free.extend(self.lanes)

    # --- out of the relay

    def take(self, sent: Sent) -> None:
        """A message came out of the relay."""
        number, _, rest = (sent.text or "").partition(":")
        if not number.isdigit():
            raise NotOnceInOrder(f"an automatic text came in the middle: {sent.text!r}")
        lane, serial = self.lanes[int(number)], int(rest.partition(":")[0])
        lane.arrived += 1
        if serial != lane.arrived or sent.to != lane.recipient.phone:
            raise NotOnceInOrder(f"message {serial} of lane {number} came as {lane.arrived}")
        passage = lane.waiting.pop(serial)
        passage.arrived_at, passage.sent = perf_counter(), sent
        passage.out.set()

    @property
    def total(self) -> int:
        """How many messages have arrived in all."""
        return sum(lane.arrived for lane in self.lanes)

    def check(self) -> None:
        """Raise `NotOnceInOrder` unless everything that was said has arrived."""
        lost = sum(lane.said - lane.arrived for lane in self.lanes)
        if lost:
            raise NotOnceInOrder(f"{lost} messages did not arrive")

    # --- into the relay

    async def turn(self, caller: Caller) -> None:
        """Say something in a free lane, see it arrive, and report its statuses."""
        lane = self._free_lane()
        passages = [await self._say(caller, lane) for _ in range(self.in_a_row)]
        for passage in passages:
            with trio.fail_after(ARRIVES_WITHIN):
                await passage.out.wait()
            self.samples.relays.append(passage.arrived_at - passage.began)
        self._free.append(lane)
        if self.with_statuses:
            for passage in passages:
                await self._report(caller, lane.recipient, passage)

    def _free_lane(self) -> Lane:
        now = trio.current_time()
        for _ in range(len(self._free)):
            lane = self._free.popleft()
            if PAIR.wait(lane.empty_at + PAIR_INTERVAL * (self.in_a_row - 1), now) <= 0:
                return lane
            self._free.append(lane)
        raise RuntimeError(
            "the pair limit (45 messages at once, then one per 6 s and person) lets nobody speak: "
            "more --conversations, or fewer --seconds and --runs"
        )

    async def _say(self, caller: Caller, lane: Lane) -> Passage:
        lane.said += 1
        lane.empty_at = PAIR.spend(lane.empty_at, trio.current_time())
        said = text(lane.sender, f"{lane.number}:{lane.said}:{_FILLING}")
        body = posted([lane.sender], "messages", [said])
        passage = lane.waiting[lane.said] = Passage(perf_counter())
        await self._post(caller, body)
        return passage

    async def _report(self, caller: Caller, person: Person, passage: Passage) -> None:
        assert passage.sent is not None
        for name in STATUSES:
            item = status(person, name, passage.sent.wamid, passage.sent.opaque)
            await self._post(caller, posted([person], "statuses", [item]))

    async def _post(self, caller: Caller, whole_request: bytes) -> None:
        began = perf_counter()
        await post(caller, whole_request)
        self.samples.acks.append(perf_counter() - began)
