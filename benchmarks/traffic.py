"""Messages both ways through a running relay, watched while they pass.

Rule 1: a message that comes twice, out of order or not at all ends the benchmark with an error.
Rule 2: WhatsApp's pair limit is kept here too, so that no message waits for it in the relay.
"""

from collections import deque
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Final

from attrs import define, field, frozen

from benchmarks.batching import Batches
from benchmarks.posting import Poster
from benchmarks.sink import Message
from benchmarks.templates import MESSAGES, STATUSES, Party, status, text
from kaisa_relay.domain.channel import PAIR_BURST, PAIR_INTERVAL, Pace

NEWS: Final = (b"sent", b"delivered", b"read")
PAIR: Final = Pace(PAIR_INTERVAL, PAIR_BURST - 2)
"""A little stricter than the relay's, whose clock starts a message later."""
_FILLING: Final = b"The viewing is on Thursday at six; shall we meet by the gate?"


class NotOnceInOrder(Exception):
    """A guarantee was broken under load."""


@frozen
class Talk:
    """An active conversation, and how many messages each of the two was just sent."""

    visitor: Party
    agent: Party
    received: int = 0


@frozen
class Manner:
    """How people write: so many messages before they wait, with statuses or without, and how

    many messages and statuses Meta puts into one POST.
    """

    in_a_row: int = 1
    statuses: bool = True
    message_batch: int = 1
    status_batch: int = 1


@define(eq=False)
class Lane:
    """One direction of one conversation; `to_say` and `open` are of the turn that is on.

    `held` is that more is said in it than the pair limit lets out: what is missing is not lost.
    """

    number: int
    sender: Party
    recipient: Party
    empty_at: float
    said: int = 0
    arrived: int = 0
    to_say: int = 0
    open: int = 0
    held: bool = False
    began: dict[int, float] = field(factory=dict)


@define(eq=False)
class Said:
    """One message, until its webhook was answered 200."""

    traffic: "Traffic"
    lane: Lane

    def acked(self) -> None:
        """It is stored: the next one may follow it."""
        if self.lane.to_say:
            self.traffic.speak(self.lane)


@define(eq=False)
class Reported:
    """The statuses of one message, one after the other."""

    traffic: "Traffic"
    lane: Lane
    wamid: bytes
    opaque: bytes
    step: int = 0

    def acked(self) -> None:
        """The status before was taken."""
        if self.step == len(NEWS):
            self.traffic.finished(self.lane)
            return
        name, person = NEWS[self.step], self.lane.recipient
        self.step += 1
        self.traffic.statuses.put(person, status(person, name, self.wamid, self.opaque), self)


def _nobody() -> None:
    """Do nothing when a turn ends."""


@define(eq=False)
class Traffic:
    """All lanes; `relays` has the seconds from each message's POST to its way out."""

    poster: Poster
    manner: Manner = Manner()
    relays: list[float] = field(factory=list)
    lanes: list[Lane] = field(factory=list)
    turn_ended: Callable[[], None] = _nobody
    arrived: int = 0
    statuses: Batches = field(init=False)
    _messages: Batches = field(init=False)
    _free: deque[Lane] = field(factory=deque)
    _turns: int = 0

    def __attrs_post_init__(self) -> None:
        self.behave(self.manner)

    def behave(self, manner: Manner) -> None:
        """Have people write in another manner from now on."""
        self.manner = manner
        self._messages = Batches(self.poster, MESSAGES, manner.message_batch)
        self.statuses = Batches(self.poster, STATUSES, manner.status_batch)

    def open(self, talks: Iterable[Talk]) -> None:
        """Take the conversations over."""
        before, now = len(self.lanes), perf_counter()
        for talk in talks:
            owed = PAIR_INTERVAL * talk.received
            for sender, recipient in ((talk.visitor, talk.agent), (talk.agent, talk.visitor)):
                self.lanes.append(Lane(len(self.lanes), sender, recipient, now + owed))
        # Whoever is new speaks first: all visitors, then all agents.
        fresh = self.lanes[before:]
        self._free.extendleft(reversed(fresh[0::2] + fresh[1::2]))

    # --- into the relay

    def say(self) -> bool:
        """Have somebody speak whose turn it is; False where the pair limit lets nobody."""
        now, in_a_row = perf_counter(), self.manner.in_a_row
        if not self._free:
            return False
        lane = self._free.popleft()
        if PAIR.wait(lane.empty_at + PAIR_INTERVAL * (in_a_row - 1), now) > 0:
            self._free.append(lane)
            return False
        self._turns += 1
        lane.to_say = lane.open = in_a_row
        self.speak(lane)
        return True

    def speak(self, lane: Lane) -> None:
        """Say the next message of a lane."""
        lane.to_say -= 1
        self._messages.put(lane.sender, self.words(lane), Said(self, lane))

    def words(self, lane: Lane) -> bytes:
        """Return the next message of a lane, which is now said."""
        lane.said += 1
        lane.began[lane.said] = now = perf_counter()
        lane.empty_at = PAIR.spend(lane.empty_at, now)
        return text(lane.sender, b"%d:%d:%s" % (lane.number, lane.said, _FILLING))

    def hold(self, talk: Talk) -> Lane:
        """Return a lane, the visitor's, in which somebody may say more than is let out."""
        lane = Lane(len(self.lanes), talk.visitor, talk.agent, perf_counter(), held=True)
        self.lanes.append(lane)
        return lane

    # --- out of the relay

    def take(self, message: Message) -> None:
        """A message came out of the relay."""
        words = message.text.body if message.text else ""
        number, _, rest = words.partition(":")
        if not number.isdigit():
            raise NotOnceInOrder(f"an automatic text came in the middle: {words!r}")
        lane, serial = self.lanes[int(number)], int(rest.partition(":")[0])
        lane.arrived += 1
        if serial != lane.arrived or message.to != lane.recipient.person.phone:
            raise NotOnceInOrder(f"message {serial} of lane {number} came as {lane.arrived}")
        self.relays.append(perf_counter() - lane.began.pop(serial))
        self.arrived += 1
        if self.manner.statuses:
            opaque = message.biz_opaque_callback_data.encode()
            Reported(self, lane, message.wamid, opaque).acked()
        else:
            self.finished(lane)

    def finished(self, lane: Lane) -> None:
        """A message has arrived and its statuses were taken."""
        lane.open -= 1
        if not lane.open and not lane.held:
            self._turns -= 1
            self._free.append(lane)
            self.turn_ended()

    # --- the watch

    @property
    def quiet(self) -> bool:
        """Say whether nothing is under way."""
        return not self._turns and not self.poster.under_way

    def check(self) -> None:
        """Raise `NotOnceInOrder` unless everything that was said has arrived."""
        lost = sum(lane.said - lane.arrived for lane in self.lanes if not lane.held)
        if lost:
            raise NotOnceInOrder(f"{lost} messages did not arrive")
