"""Bytes in, whole requests or one named refusal out; no I/O, no clock.

Rule 1: the same bytes give the same requests and the same refusal, however they arrive.
Rule 2: after a refusal nothing is read any more: where the next request begins is unknown.
"""

from enum import Enum, auto
from typing import Final

from attrs import define, field

from kaisa_relay.listener.chunks import Chunks
from kaisa_relay.listener.head import Head, find_end, parse_head
from kaisa_relay.listener.messages import KIB, Refusal, Request, Sizes

FREE: Final = 64 * KIB
"""Bytes of each body that need no place in the budget, so that no large body can keep an ordinary
one out; the number of connections bounds their sum."""


class Stage(Enum):
    """What is waited for."""

    IDLE = auto()
    """A request: nothing of it is here."""
    HEAD = auto()
    BODY = auto()


@define(eq=False)
class Budget:
    """How many bytes of large bodies may be held at once, by all readers together."""

    size: int
    held: int = 0

    def take(self, count: int) -> bool:
        """Set so many bytes aside; False, and nothing taken, when there are not so many."""
        if self.held + count > self.size:
            return False
        self.held += count
        return True


@define(eq=False)
class Sized:
    """A body whose length was announced; what of it is here."""

    _length: int
    body: bytearray = field(factory=bytearray)
    rest: bytes = b""

    def feed(self, data: bytes) -> bool:
        """Take some bytes; says whether the body has ended."""
        left = self._length - len(self.body)
        self.body += data[:left]
        self.rest = data[left:]
        return len(self.body) == self._length


@define(eq=False)
class Reader:
    """Reads the requests of one connection. `close` it, or its bytes stay in the budget."""

    _sizes: Sizes
    _budget: Budget
    last: Head | None = field(default=None, init=False)
    """The last head that was whole."""
    _pending: bytes = b""
    _head: Head | None = None
    _coming: Sized | Chunks | None = None
    _refusal: Refusal | None = None
    _held: int = 0
    _asked: bool = False

    @property
    def stage(self) -> Stage:
        """What is waited for."""
        if self._head is not None:
            return Stage.BODY
        return Stage.HEAD if self._pending else Stage.IDLE

    @property
    def size(self) -> int:
        """Bytes of the unfinished body that are here."""
        return len(self._coming.body) if self._coming else 0

    def wants_continue(self) -> bool:
        """Say, once, that the client waits for a 100 before it sends the body."""
        asked, self._asked = self._asked, False
        return asked and self.size == 0

    def feed(self, data: bytes) -> None:
        """Take what arrived; then ask `next_request` until it has nothing more."""
        self._pending = self._pending + data if self._pending else data

    def next_request(self) -> Request | Refusal | None:
        """Return the next whole request, or why there will be none; None when more must arrive.

        What the request before held of the budget is given back: it is answered by now.
        """
        if self._refusal is not None:
            return self._refusal
        if self._held and self._head is None:
            self._release()
        if not self._pending:
            return None
        outcome = self._begin() if self._head is None else self._go_on(self._head)
        if isinstance(outcome, Refusal):
            self._refusal = outcome
            self.close()
        return outcome

    def close(self) -> None:
        """Let go of what was read, and give back what is held of the budget."""
        self._release()
        self._pending, self._coming = b"", None

    def _release(self) -> None:
        self._budget.held -= self._held
        self._held = 0

    def _begin(self) -> Request | Refusal | None:
        """Go on to the body, or past it when all of it is here, if the head is whole."""
        end = find_end(self._pending, self._sizes)
        if end is None or isinstance(end, Refusal):
            return end
        head = parse_head(self._pending[:end], self._sizes)
        if isinstance(head, Refusal):
            return head
        self.last = head
        length = head.length
        if length is not None and end + length <= len(self._pending):
            stop = end + length
            body, self._pending = self._pending[end:stop], self._pending[stop:]
            return Request(head.method, head.path, head.query, head.headers, body)
        self._pending = self._pending[end:]
        self._head, self._asked = head, head.wants_continue
        self._coming = Chunks(self._sizes) if length is None else Sized(length)
        return self._go_on(head)

    def _go_on(self, head: Head) -> Request | Refusal | None:
        """Add what arrived to the body."""
        coming = self._coming
        assert coming is not None  # there is one as long as there is its head
        data, self._pending = self._pending, b""
        ended = coming.feed(data)
        if isinstance(ended, Refusal):
            return ended
        if not self._hold(len(coming.body) - FREE):
            return Refusal.OVERLOADED
        if not ended:
            return None
        self._pending = coming.rest
        self._head = self._coming = None
        return Request(head.method, head.path, head.query, head.headers, bytes(coming.body))

    def _hold(self, size: int) -> bool:
        """Have so many bytes set aside in the budget; says whether it had room for them."""
        if size <= self._held:
            return True
        if not self._budget.take(size - self._held):
            return False
        self._held = size
        return True
