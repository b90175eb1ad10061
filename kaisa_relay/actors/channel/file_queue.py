"""The files that a channel's sends wait for, each with when it is looked at next.

Rule 1: a send whose file is not ready holds up its own lane and nothing else.
Rule 2: what waits here is found again from the outbox: nothing here need survive.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import trio
from attrs import define, field

from kaisa_relay.actors.channel.files import file_of
from kaisa_relay.domain.ids import MessageId, SendId
from kaisa_relay.ports import Send


@define(eq=False)
class FileQueue:
    """Sends by the message whose file they wait for; instants are on Trio's clock.

    Several sends may carry one file. Whoever is `telling` hears of each that waits no more.
    """

    _settled: Callable[[Send], None] = field(default=lambda _send: None)
    _waiting: dict[MessageId, dict[SendId, Send]] = field(factory=dict)
    _due: list[tuple[float, MessageId]] = field(factory=list)
    _next: dict[MessageId, float] = field(factory=dict)
    """When each is looked at; what else stands in `_due` counts no more. None in hand is here."""
    _bell: trio.Event = field(factory=trio.Event)

    def __len__(self) -> int:
        return len(self._waiting)

    @contextmanager
    def telling(self, settled: Callable[[Send], None]) -> Iterator[None]:
        """Tell `settled` of each send whose file is ready, or never will be."""
        before, self._settled = self._settled, settled
        try:
            yield
        finally:
            self._settled = before

    def want(self, send: Send) -> None:
        """Have a send wait for its file, if it carries one."""
        if file_of(send) is None:
            return
        if send.message not in self._waiting:
            self.look(send.message, trio.current_time())
        self._waiting.setdefault(send.message, {})[send.id] = send

    def blocks(self, send: Send) -> bool:
        """Say whether a send waits for its file."""
        return send.message in self._waiting and file_of(send) is not None

    def look(self, message: MessageId, at: float) -> None:
        """Look at a file at an instant."""
        heapq.heappush(self._due, (at, message))
        self._next[message] = at
        self._bell.set()

    def look_at_all(self) -> None:
        """Look at every file again: whoever had some in hand has crashed."""
        self._due.clear()
        for message in self._waiting:
            self.look(message, trio.current_time())

    def settle(self, message: MessageId) -> None:
        """A file is ready, or never will be."""
        self._next.pop(message, None)
        for send in self._waiting.pop(message, {}).values():
            self._settled(send)

    async def next(self) -> Send:
        """Return a send whose file is to be looked at, when its time has come; each once."""
        while True:
            send = self._take()
            if send is not None:
                await trio.lowlevel.checkpoint()
                return send
            if self._bell.is_set():
                self._bell = trio.Event()  # one for all who wait
            at = self._due[0][0] if self._due else float("inf")
            with trio.move_on_at(at):
                await self._bell.wait()

    def _take(self) -> Send | None:
        while self._due and self._due[0][0] <= trio.current_time():
            at, message = heapq.heappop(self._due)
            if self._next.get(message) == at:
                del self._next[message]
                return next(iter(self._waiting[message].values()))
        return None
