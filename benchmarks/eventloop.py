"""A bare event loop over epoll: what the load and the bare relay of `limit` run on.

Trio's tasks cost more than the whole of a POST may here, and the load shares one core with the
Graph sink. Rule 1: a callback never blocks; what it raises ends the run.
"""

import select
import socket
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from time import perf_counter
from typing import Final

from attrs import define, field

Ready = Callable[[int], None]
IN: Final = select.EPOLLIN
OUT: Final = select.EPOLLOUT
RECEIVE: Final = 1 << 18
LONGEST_TURN: Final = 0.05
"""Seconds that one look at the sockets waits when nothing is due."""


@define(eq=False)
class EventLoop:
    """Calls back when sockets are ready and when times have come; times are `perf_counter`'s."""

    _epoll: select.epoll = field(factory=select.epoll)
    _ready: dict[int, Ready] = field(factory=dict)
    _due: list[tuple[float, int, Callable[[], None]]] = field(factory=list)
    _order: "count[int]" = field(factory=count)

    def watch(self, fd: int, ready: Ready, events: int = IN) -> None:
        """Call `ready` with the events that have come to a descriptor."""
        self._ready[fd] = ready
        self._epoll.register(fd, events)

    def change(self, fd: int, events: int) -> None:
        """Wait for other events of a watched descriptor."""
        self._epoll.modify(fd, events)

    def forget(self, fd: int) -> None:
        """Watch a descriptor no longer."""
        if self._ready.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Call once, as soon as it is that late."""
        heappush(self._due, (when, next(self._order), call))

    def turn(self) -> None:
        """Wait for something to happen, a little at most, and call for all that has."""
        for fd, events in self._epoll.poll(self._timeout(), 512):
            ready = self._ready.get(fd)
            if ready is not None:
                ready(events)
        now = perf_counter()
        while self._due and self._due[0][0] <= now:
            heappop(self._due)[2]()

    def until(self, done: Callable[[], bool], within: float) -> bool:
        """Turn until `done` says so; return whether it did within so many seconds."""
        end = perf_counter() + within
        while not done():
            if perf_counter() > end:
                return False
            self.turn()
        return True

    def _timeout(self) -> float:
        if not self._due:
            return LONGEST_TURN
        return min(LONGEST_TURN, max(0.0, self._due[0][0] - perf_counter()))

    def close(self) -> None:
        """Give the kernel's part back; the sockets are their owners'."""
        self._epoll.close()


@define(eq=False)
class Wire:
    """A watched socket: `take` is called with what comes, and with nothing once it has ended."""

    loop: EventLoop
    sock: socket.socket
    take: Callable[[bytes], None]
    _left: bytes = b""

    def __attrs_post_init__(self) -> None:
        self.loop.watch(self.sock.fileno(), self._ready)

    def _ready(self, events: int) -> None:
        if events & OUT:
            self._more()
        if events & ~OUT:
            self._receive()

    def _receive(self) -> None:
        try:
            data = self.sock.recv(RECEIVE)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        self.take(data)

    def send(self, data: bytes) -> None:
        """Send now what goes, and the rest as soon as it does."""
        if self._left:
            self._left += data
            return
        sent = self._try(data)
        if sent < len(data):
            self._left = data[sent:]
            self.loop.change(self.sock.fileno(), IN | OUT)

    def _more(self) -> None:
        self._left = self._left[self._try(self._left) :]
        if not self._left:
            self.loop.change(self.sock.fileno(), IN)

    def _try(self, data: bytes) -> int:
        try:
            return self.sock.send(data)
        except BlockingIOError:
            return 0
