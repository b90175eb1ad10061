"""Who speaks when: as much as so many people can, or so much a second.

Rule 1: with a rate, a turn that begins late is still made, and how late it was is kept.
"""

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Final, Protocol

from attrs import define, field

from benchmarks.eventloop import EventLoop

ENDS_WITHIN: Final = 60.0
"""Seconds after which what is still under way counts as lost."""

Times = Callable[[], Iterator[float]]
"""The instants (`perf_counter`) at which turns begin, counted from the call."""
BURST: Final = 20
"""How many times denser than on average the messages of a burst come."""


class NotInTime(Exception):
    """Something never ended."""


class People(Protocol):
    """Those who take turns."""

    turn_ended: Callable[[], None]

    @property
    def quiet(self) -> bool:
        """Say whether nothing is under way."""
        ...

    def say(self) -> bool:
        """Begin a turn; False where nobody may."""
        ...

    def check(self) -> None:
        """Raise where something was lost."""
        ...


@define(eq=False)
class Rated:
    """Begins turns when their times have come; `unsaid` is for whom nobody was free to speak."""

    loop: EventLoop
    people: People
    times: Iterator[float]
    late: list[float] = field(factory=list)
    unsaid: int = 0
    done: bool = False
    _next: float = 0.0

    def start(self) -> None:
        """Wait for the first time."""
        self._next = next(self.times)
        self.loop.at(self._next, self._due)

    def _due(self) -> None:
        now = perf_counter()
        while self._next <= now:
            self.late.append(now - self._next)
            self.unsaid += not self.people.say()
            following = next(self.times, None)
            if following is None:
                self.done = True
                return
            self._next = following
        self.loop.at(self._next, self._due)


def at_most(loop: EventLoop, people: People, seconds: float, senders: int) -> None:
    """Have each of so many senders take turn after turn, and wait until all is quiet.

    Ends early where the pair limit lets nobody speak any more.
    """
    end = perf_counter() + seconds
    speaking = sum(people.say() for _ in range(senders))

    def again() -> None:
        nonlocal speaking
        if perf_counter() >= end or not people.say():
            speaking -= 1

    people.turn_ended = again
    loop.until(lambda: not speaking, seconds + ENDS_WITHIN)
    settle(loop, people)


def once_each(loop: EventLoop, people: People, turns: int, senders: int) -> None:
    """Have so many turns taken, and wait until all is quiet."""
    left = turns

    def again() -> None:
        nonlocal left
        if left and people.say():
            left -= 1

    people.turn_ended = again
    for _ in range(senders):
        again()
    while left:
        before = left
        loop.until(lambda: not left, ENDS_WITHIN)
        if left == before:
            break
    settle(loop, people)


def at_rate(loop: EventLoop, people: People, times: Times) -> Rated:
    """Have turns begin at these times, and wait until all is quiet."""
    rated = Rated(loop, people, times())
    people.turn_ended = lambda: None
    rated.start()
    while not rated.done:
        loop.turn()
    settle(loop, people)
    return rated


def settle(loop: EventLoop, people: People) -> None:
    """Wait until nothing is under way."""
    if not loop.until(lambda: people.quiet, ENDS_WITHIN):
        people.check()
        raise NotInTime("what was begun has not ended")


def evenly(rate: float, seconds: float) -> Times:
    """Return the times of `rate` turns a second."""

    def times() -> Iterator[float]:
        began = perf_counter()
        for number in range(max(1, int(rate * seconds))):
            yield began + number / rate

    return times


def in_bursts(rate: float, seconds: float) -> Times:
    """Return as many, all of each second's at the beginning of it and `BURST` times as dense."""

    def times() -> Iterator[float]:
        began = perf_counter()
        for number in range(max(1, int(rate * seconds))):
            second, within = divmod(number / rate, 1.0)
            yield began + second + within / BURST

    return times
