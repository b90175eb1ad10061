"""A channel's outbox in memory: one lane per recipient, in the order of the sends' ids.

Rule 1: one send per recipient is under way at a time, and an unknown one blocks its lane.
Rule 2: what is parked waits beside its lane and holds nobody up.
"""

import heapq
from bisect import insort
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Final

from attrs import define, field

from kaisa_relay.actors.channel.traffic import Traffic
from kaisa_relay.domain.channel import PAIR
from kaisa_relay.domain.ids import ContactId, SendId
from kaisa_relay.domain.joining import joinable, joined
from kaisa_relay.domain.sending import Purpose, SendState
from kaisa_relay.ports import JoinSends, Send

SLACK: Final = 1e-6
"""Seconds of waiting that are only the rounding of floats."""


@define(eq=False)
class Lane:
    """What waits for one recipient; `empty_at` is their pair limit's bucket (Trio's clock).

    `slot` is when the number's own limit lets its head go, once that is settled.
    """

    contact: ContactId
    sends: list[Send] = field(factory=list)
    busy: bool = False
    empty_at: float = 0.0
    slot: float | None = None

    @property
    def head(self) -> Send | None:
        """The send whose turn it is."""
        return self.sends[0] if self.sends else None


@define(eq=False)
class Lanes:
    """Every lane of a channel, when each may go on, and which sends are known at all.

    Instants are on Trio's clock; `seconds_until` turns a send's `due_at` into a wait; what is
    `held_back` waits for something beside its lane.
    """

    traffic: Traffic
    seconds_until: Callable[[Send], float]
    held_back: Callable[[Send], bool] = field(default=lambda _send: False)
    not_before: float = 0.0
    stopped: bool = False
    _lanes: dict[ContactId, Lane] = field(factory=dict)
    _known: dict[SendId, Send] = field(factory=dict)
    _timers: list[tuple[float, int]] = field(factory=list)

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, send: SendId) -> bool:
        return send in self._known

    def known(self) -> set[SendId]:
        """Return the sends that are known now."""
        return set(self._known)

    def get(self, send: SendId) -> Send | None:
        """Return a send as it is known here."""
        return self._known.get(send)

    def add(self, send: Send) -> Lane:
        """Put a send into its lane, by id; harmless when it is there already."""
        lane = self._lanes.get(send.contact)
        if lane is None:
            lane = self._lanes[send.contact] = Lane(send.contact)
        if send.id not in self._known:
            self._known[send.id] = send
            if send.state is not SendState.PARKED:
                insort(lane.sends, send, key=lambda each: each.id)
        return lane

    def put(self, id: SendId, send: Send | None) -> None:
        """Remember how a send stands now; None is a send that has its outcome."""
        if send is None:
            self.remove(id)
        else:
            self.update(send)

    def update(self, send: Send) -> None:
        """Replace a send by how it stands now; a parked one leaves its lane."""
        if send.id not in self._known:
            return
        self._known[send.id] = send
        lane = self._lanes[send.contact]
        rest = [each for each in lane.sends if each.id != send.id]
        if send.state is not SendState.PARKED:
            insort(rest, send, key=lambda each: each.id)
        lane.sends = rest

    def remove(self, send: SendId) -> Lane | None:
        """Forget a send that has its outcome; return its lane."""
        known = self._known.pop(send, None)
        if known is None:
            return None
        lane = self._lanes[known.contact]
        lane.sends = [each for each in lane.sends if each.id != send]
        return lane

    def all(self) -> list[Lane]:
        """Return every lane."""
        return list(self._lanes.values())

    def waiting(self) -> bool:
        """Say whether anything wants to go out."""
        return any(send.state is SendState.READY for send in self._known.values())

    def parked(self) -> Iterator[Send]:
        """Return the sends that wait for a person or the end of their day."""
        return (send for send in self._known.values() if send.state is SendState.PARKED)

    def wait(self, lane: Lane, now: float) -> float | None:
        """Return the seconds until the lane may go on; None while something else must happen."""
        head = lane.head
        if lane.busy or head is None:
            return None
        wait = max(0.0, self.seconds_until(head))
        if head.state is SendState.UNKNOWN:
            return wait
        if head.state is not SendState.READY:
            return None
        if self.stopped or self.held_back(head):
            return None
        wait = max(wait, PAIR.wait(lane.empty_at, now), self.not_before - now)
        if wait <= 0:
            wait = self._slot(lane, now) - now
        return wait if wait > SLACK else 0.0

    def _slot(self, lane: Lane, now: float) -> float:
        """Return when the number may send for this lane; asking counts towards its limit, once."""
        if lane.slot is None:
            lane.slot = self.traffic.slot(now)
        return lane.slot

    def together(self, lane: Lane, now: float) -> JoinSends | None:
        """Return what may go as one, now that the next message to this person would have to wait.

        Only texts that follow the head, of its conversation, and none that was ever begun.
        """
        if PAIR.wait(PAIR.spend(lane.empty_at, now), now) <= 0:
            return None
        head = lane.sends[0]
        run = list(takewhile(lambda each: _untouched(each) and _alike(each, head), lane.sends))
        outgoing = joined([(each.message, each.outgoing) for each in run])
        if outgoing is None:
            return None
        *others, into = (each.id for each in run[: len(outgoing.messages)])
        return JoinSends(into, tuple(others), outgoing)

    def joined(self, join: JoinSends | None) -> None:
        """Forget the sends that went into another."""
        for send in join.others if join is not None else ():
            self.remove(send)

    def forget(self, join: JoinSends | None) -> bool:
        """Forget what could not be joined, as it was not as we knew it; the table says what is."""
        if join is None:
            return False
        self.joined(join)
        return self.remove(join.into) is not None

    def spend(self, lane: Lane, now: float) -> None:
        """Count one message towards the pair's limit, and use up the lane's slot."""
        lane.slot = None
        lane.empty_at = PAIR.spend(lane.empty_at, now)

    def take_spare(self, now: float) -> bool:
        """Say whether a call that is no message may go now; it is counted if it may."""
        return not self.stopped and now >= self.not_before and self.traffic.take_spare(now)

    def throttled(self, lane: Lane, now: float) -> None:
        """WhatsApp says that this person has got too many: their bucket is as full as it may be."""
        lane.empty_at = max(lane.empty_at, now + PAIR.capacity - PAIR.interval)

    def remind(self, lane: Lane, at: float) -> None:
        """Look at this lane again at an instant."""
        heapq.heappush(self._timers, (at, lane.contact))

    def next_reminder(self) -> float | None:
        """Return when the next lane wants to be looked at."""
        return self._timers[0][0] if self._timers else None

    def due(self, now: float) -> list[Lane]:
        """Return the lanes whose reminder has come."""
        lanes: dict[int, Lane] = {}
        while self._timers and self._timers[0][0] <= now:
            _, contact = heapq.heappop(self._timers)
            if lane := self._lanes.get(ContactId(contact)):
                lanes[contact] = lane
        return list(lanes.values())

    def tidy(self, now: float) -> None:
        """Forget lanes that are empty and owe nothing."""
        parked = {send.contact for send in self.parked()}
        for contact, lane in list(self._lanes.items()):
            idle = not lane.sends and not lane.busy and lane.empty_at <= now
            if idle and contact not in parked:
                del self._lanes[contact]


def _untouched(send: Send) -> bool:
    return send.state is SendState.READY and send.attempt == 0 and send.due_at is None


def _alike(send: Send, head: Send) -> bool:
    """Say whether two sends may share a message: whose they are, where they go, and why."""
    same = (send.conversation, send.recipient) == (head.conversation, head.recipient)
    return same and send.purpose is Purpose.RELAY and joinable(send.outgoing)
