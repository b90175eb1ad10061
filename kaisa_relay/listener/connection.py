"""One connection: receive, hand over, answer, in this order, until one side has had enough.

Rule 1: nothing is received while a request is being answered, so answers are in order, whoever
sends without waiting is held up by TCP, and half a connection is as good as a whole one.
Rule 2: no deadline has a scope of its own. The sweeper looks at `deadline` once a second and shuts
one direction of the socket, which wakes the task with what was already there, then with the end.
Rule 3: requests that come whole are read and answered by callbacks while the task sleeps; it is
woken for what remains, and sleeps again when nothing does.
"""

import socket
from contextlib import suppress
from math import inf
from typing import Final

import outcome
from attrs import define, field, frozen
from trio.lowlevel import (
    Abort,
    Task,
    checkpoint,
    current_task,
    reschedule,
    wait_readable,
    wait_task_rescheduled,
    wait_writable,
)

from kaisa_relay.listener.answers import CLOSES, CONTINUE, connection_line, encode
from kaisa_relay.listener.context import Context
from kaisa_relay.listener.messages import KIB, Refusal, Request, Response
from kaisa_relay.listener.reader import Reader, Stage

RECEIVE: Final = 64 * KIB
"""Bytes taken from the socket at once."""
IN_A_ROW: Final = 16
"""Requests answered before everybody else gets a turn: 64 KiB may hold thousands."""


@frozen
class _Unsent:
    """What is left of an answer, None when nobody is there; `line` is said of the connection."""

    rest: bytes | None
    line: bytes


class _Gone:
    """Nothing more will come."""


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
    _sleeper: Task | None = None
    """The task, while requests are answered without it."""
    _deaf: bool = False
    _bodiless: bool = False

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
        while True:
            found: Request | Refusal | _Unsent | _Gone | None = self._reader.next_request()
            if found is None and self._reader.stage is Stage.IDLE:
                found = await self._sleep()
                if found is None:
                    continue
            if found is None:
                if await self._more():
                    continue
                if not self._late or self._stage is Stage.IDLE:
                    return False
                found = Refusal.TOO_SLOW
            if isinstance(found, _Gone):
                return False
            if isinstance(found, Refusal):
                return await self._refuse(found)
            line = await self._finish(found)
            if line is None or line is CLOSES:
                return line is CLOSES
            if self._context.requests % IN_A_ROW == 0:
                await checkpoint()

    async def _finish(self, found: Request | _Unsent) -> bytes | None:
        """Have a request answered, or the rest of its answer taken; see `_answer`."""
        if isinstance(found, Request):
            return await self._answer(found)
        if found.rest is None or not await self._send(found.rest):
            return None
        return found.line

    # --- without the task

    async def _sleep(self) -> Refusal | _Unsent | _Gone | None:
        """Return what is left to do after requests that were answered meanwhile.

        None: a part of a request is here, or several are.
        """
        if self._stage is not Stage.IDLE:
            self._wait_for(Stage.IDLE)
        self._sleeper, self._deaf = current_task(), False
        readiness = self._context.readiness
        readiness.watch(self._fd, self._on_ready)
        try:
            left: Refusal | _Unsent | _Gone | None = await wait_task_rescheduled(_leave)
            return left
        finally:
            self._sleeper = None
            readiness.forget(self._fd)

    def _wake(self, left: Refusal | _Unsent | _Gone | None) -> None:
        sleeper, self._sleeper = self._sleeper, None
        assert sleeper is not None
        self._context.readiness.forget(self._fd)
        reschedule(sleeper, outcome.Value(left))

    def _on_ready(self) -> None:
        if self._stage is None:  # being answered: the next request waits in the kernel until then
            self._context.readiness.forget(self._fd)
            self._deaf = True
            return
        try:
            data = self._socket.recv(RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._wake(_Gone())
            return
        self._reader.feed(data)
        found = self._reader.next_request()
        if isinstance(found, Request):
            self._hand_over(found)
            return
        self._wait_for(self._reader.stage)
        self._wake(found)

    def _hand_over(self, request: Request) -> None:
        context = self._context
        self._stage, self._deadline = None, inf
        self._bodiless = request.method == "HEAD"
        context.requests += 1
        context.handler(request, self._respond)

    def _respond(self, response: Response) -> None:
        if self._sleeper is None:
            return  # cancelled meanwhile
        data, line = self._encoded(response)
        sent = self._push(data)
        if sent != len(data) or line is CLOSES:
            self._wake(_Unsent(None if sent is None else data[sent:], line))
        elif self._reader.stage is not Stage.IDLE:
            self._wake(None)
        else:
            self._wait_for(Stage.IDLE)
            if self._deaf:
                self._deaf = False
                self._context.readiness.watch(self._fd, self._on_ready)

    def _encoded(self, response: Response) -> tuple[bytes, bytes]:
        """Return an answer as it is sent, and what it says of the connection."""
        context = self._context
        line = connection_line(self._reader.last, closing=context.stopping)
        return encode(response, context.date, line, bodiless=self._bodiless), line

    # --- by the task

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
        answers: list[Response] = []
        waiting: list[Task] = []

        def respond(response: Response) -> None:
            answers.append(response)
            if waiting:
                reschedule(waiting.pop())

        context = self._context
        self._stage, self._deadline = None, inf
        self._bodiless = request.method == "HEAD"
        context.requests += 1
        context.handler(request, respond)
        if not answers:
            waiting.append(current_task())
            try:
                await wait_task_rescheduled(_leave)
            finally:
                waiting.clear()
        data, line = self._encoded(answers[0])
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


def _leave(_: object) -> Abort:
    return Abort.SUCCEEDED
