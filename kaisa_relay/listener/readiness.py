"""Who of many connections has sent something: one task waits for all of them.

Rule 1: a task per connection that waits for its socket costs a registration with the kernel and
two switches per request; here both are paid once for all that came together.
"""

import select
from collections.abc import Callable
from typing import Final

from attrs import define, field
from trio.lowlevel import wait_readable

AT_ONCE: Final = 64
"""Sockets that are looked after before other tasks have their turn."""


@define(eq=False)
class Readiness:
    """Calls whoever watches a socket as long as there is something to read, or it has ended."""

    _epoll: select.epoll = field(factory=select.epoll, init=False)
    _watchers: dict[int, Callable[[], None]] = field(factory=dict, init=False)

    def watch(self, fd: int, on_ready: Callable[[], None]) -> None:
        """Have this called from now on; it must not wait."""
        self._watchers[fd] = on_ready
        self._epoll.register(fd, select.EPOLLIN | select.EPOLLRDHUP)

    def forget(self, fd: int) -> None:
        """Call no more; harmless when nobody watches. To be called before it is closed."""
        if self._watchers.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await wait_readable(self._epoll.fileno())
            for fd, _ in self._epoll.poll(0, AT_ONCE):
                on_ready = self._watchers.get(fd)
                if on_ready is not None:  # the one before may have had it forgotten
                    on_ready()

    def close(self) -> None:
        """Give the kernel's part back."""
        self._epoll.close()
