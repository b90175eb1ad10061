"""One connection: receive, hand over, answer, in this order, until one side has had enough.

Rule 1: nothing is received while a request is being answered, so answers are in order, whoever
sends without waiting is held up by TCP, and half a connection is as good as a whole one.
Rule 2: no deadline has a scope of its own. The sweeper looks at `deadline` once a second and shuts
one direction of the socket, which wakes the task with what was already there, then with the end.
"""

import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import inf
from typing import Final

from attrs import define, field
from trio.lowlevel import checkpoint, wait_readable, wait_writable

from kaisa_relay.listener.answers import CLOSES, CONTINUE, Refuse, connection_line, encode
from kaisa_relay.listener.limits import Limits
from kaisa_relay.listener.messages import KIB, Refusal, Request, Response
from kaisa_relay.listener.reader import Budget, Reader, Stage

RECEIVE: Final = 64 * KIB
IN_A_ROW: Final = 16
"""Requests answered before everybody else gets a turn: 64 KiB may hold thousands."""
"""Bytes taken from the socket at once."""

Handler = Callable[[Request], Awaitable[Response]]


@define(eq=False)
class Context:
    """What all connections of a listener share; `now` and `date` are renewed every second."""

    handler: Handler
    refuse: Refuse
    limits: Limits
    budget: Budget
    now: float = 0.0
    date: bytes = b""
    stopping: bool = False
    requests: int = 0
    refused: Counter[Refusal] = field(factory=Counter)


@define(eq=False)
class Connection:
    """A connected socket, non-blocking, that is spoken HTTP on."""

    _context: Context
    _socket: socket.socket
    _fd: int = field(init=False)
    _reader: Reader = field(init=False)
    _stage: Stage | None = Stage.IDLE
    """What is waited for; None while something else is done than to wait for a request."""
    _deadline: float = field(init=False)
    _late: bool = False
    _sending: bool = False
    _seen: int = 0
    _stalls: float = inf

    def __attrs_post_init__(self) -> None:
        self._fd = self._socket.fileno()
        self._reader = Reader(self._context.limits.sizes, self._context.budget)
        self._deadline = self._context.now + self._context.limits.patience.head

    @property
    def answering(self) -> bool:
        """Whether a request was begun and not yet answered."""
        return self._stage is not Stage.IDLE

    async def run(self) -> None:
        """Speak until the end. Whatever the handler raises, this raises."""
        if await self._converse():
            await self._linger()

    async def turn_away(self) -> None:
        """Say that there are too many."""
        if await self._refuse(Refusal.OVERLOADED):
            await self._linger()

    def check(self, now: float) -> None:
        """Hang up on whoever let a deadline pass."""
        if now < self._deadline and not self._stalled(now):
            return
        self._late, self._deadline, self._stalls = True, inf, inf
        self._shut(socket.SHUT_RDWR if self._sending else socket.SHUT_RD)

    def finish(self) -> None:
        """Answer what has come, and nothing more."""
        if self._stage is Stage.IDLE:
            self._shut(socket.SHUT_RD)

    def close(self) -> None:
        """Let go of socket and memory."""
        self._reader.close()
        self._socket.close()

    async def _converse(self) -> bool:
        """Answer request after request; says whether a last answer is still to be read."""
        next_request = self._reader.next_request
        while True:
            outcome = next_request()
            if outcome is None:
                if await self._more():
                    continue
                if not self._late or self._stage is Stage.IDLE:
                    return False
                outcome = Refusal.TOO_SLOW
            if isinstance(outcome, Refusal):
                return await self._refuse(outcome)
            line = await self._answer(outcome)
            if line is None or line is CLOSES:
                return line is CLOSES
            if self._context.requests % IN_A_ROW == 0:
                await checkpoint()

    async def _more(self) -> bool:
        """Receive some; says whether there was anything."""
        stage = self._reader.stage
        if stage is not self._stage:
            self._wait_for(stage)
            if stage is Stage.BODY and not await self._ask_for_body():
                return False
        data = await self._receive()
        self._reader.feed(data)
        return bool(data)

    def _wait_for(self, stage: Stage) -> None:
        context, patience = self._context, self._context.limits.patience
        self._stage = stage
        if stage is Stage.IDLE:
            self._deadline = context.now + patience.idle
            if context.stopping:
                self.finish()
        elif stage is Stage.HEAD:
            self._deadline = context.now + patience.head
        else:
            self._deadline = context.now + patience.body
            self._seen, self._stalls = 0, context.now + patience.stall

    async def _ask_for_body(self) -> bool:
        """Send a 100 to whoever waits for one."""
        return not self._reader.wants_continue() or await self._send(CONTINUE)

    def _stalled(self, now: float) -> bool:
        if self._stage is not Stage.BODY:
            return False
        patience = self._context.limits.patience
        if self._reader.size >= self._seen + patience.step:
            self._seen, self._stalls = self._reader.size, now + patience.stall
        return now >= self._stalls

    async def _answer(self, request: Request) -> bytes | None:
        """Have one request answered; returns what was said of the connection, None if nothing."""
        context = self._context
        self._stage, self._deadline = None, inf
        context.requests += 1
        response = await context.handler(request)
        line = connection_line(self._reader.last, closing=context.stopping)
        data = encode(response, context.date, line, bodiless=request.method == "HEAD")
        return line if await self._send(data) else None

    async def _refuse(self, refusal: Refusal) -> bool:
        self._stage, self._deadline = None, inf
        self._reader.close()
        context = self._context
        context.refused[refusal] += 1
        return await self._send(encode(context.refuse(refusal), context.date, CLOSES))

    async def _receive(self) -> bytes:
        """Return what is there, or nothing at the end, however it came about."""
        while True:
            await wait_readable(self._fd)
            try:
                return self._socket.recv(RECEIVE)
            except BlockingIOError:
                continue
            except OSError:
                return b""

    async def _send(self, data: bytes) -> bool:
        """Send; says whether there was somebody. No checkpoint unless it must wait."""
        sent = self._push(data)
        if sent == len(data):
            return True
        return sent is not None and await self._send_rest(memoryview(data)[sent:])

    async def _send_rest(self, data: memoryview) -> bool:
        deadline, self._sending = self._deadline, True
        self._deadline = self._context.now + self._context.limits.patience.send
        sent: int | None = 0
        while data and sent is not None:
            await wait_writable(self._fd)
            sent = self._push(data)
            data = data[sent:]
        self._deadline, self._sending = deadline, False
        return sent is not None

    def _push(self, data: bytes | memoryview) -> int | None:
        """Return how many bytes the socket took; None when nobody is there."""
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return None

    async def _linger(self) -> None:
        """Read on for a moment: a socket that is closed unread takes its last answer with it."""
        limits = self._context.limits
        self._deadline = self._context.now + limits.patience.linger
        self._shut(socket.SHUT_WR)
        left = limits.linger
        while left > 0:
            data = await self._receive()
            if not data:
                return
            left -= len(data)

    def _shut(self, how: int) -> None:
        with suppress(OSError):  # the other side was faster
            self._socket.shutdown(how)
