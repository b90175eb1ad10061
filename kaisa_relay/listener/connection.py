"""One connection: receive, hand over, answer, in this order, until one side has had enough.

Rule 1: nothing is received while a request is being answered, so answers are in order, whoever
sends without waiting is held up by TCP, and half a connection is as good as a whole one.
Rule 2: requests that come whole are read and answered by callbacks while the task sleeps; it is
woken for what remains, and sleeps again when nothing does.
"""

import socket
from math import inf
from typing import Final

import outcome
from attrs import define, frozen
from trio.lowlevel import (
    Abort,
    Task,
    checkpoint,
    current_task,
    reschedule,
    wait_task_rescheduled,
)

from kaisa_relay.listener.answers import CLOSES, CONTINUE, connection_line, encode
from kaisa_relay.listener.messages import Refusal, Request, Response
from kaisa_relay.listener.reader import Stage
from kaisa_relay.listener.timed_socket import RECEIVE, TimedSocket

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
class Connection(TimedSocket):
    """A connected socket, non-blocking, that is spoken HTTP on."""

    _sleeper: Task | None = None
    """The task, while requests are answered without it."""
    _deaf: bool = False
    _bodiless: bool = False

    async def run(self) -> None:
        """Speak until the end. Whatever the handler raises, this raises."""
        if await self._converse():
            await self._linger()

    async def turn_away(self) -> None:
        """Say that there are too many."""
        if await self._refuse(Refusal.OVERLOADED):
            await self._linger()

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
        self._context.readiness.watch(self._fd, self._on_ready)
        left: Refusal | _Unsent | _Gone | None = await wait_task_rescheduled(self._leave)
        return left

    def _leave(self, _: object) -> Abort:
        """Be cancelled: nobody wakes the task again, though its turn is yet to come."""
        self._sleeper = None
        self._context.readiness.forget(self._fd)
        return Abort.SUCCEEDED

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

    async def _ask_for_body(self) -> bool:
        """Send a 100 to whoever waits for one."""
        return not self._reader.wants_continue() or await self._send(CONTINUE)

    async def _answer(self, request: Request) -> bytes | None:
        """Have one request answered; returns what was said of the connection, None if nothing."""
        answers: list[Response] = []
        waiting: list[Task] = []

        def respond(response: Response) -> None:
            answers.append(response)
            if waiting:
                reschedule(waiting.pop())

        def leave(_: object) -> Abort:
            waiting.clear()  # at once: the task has its turn later than who may answer
            return Abort.SUCCEEDED

        context = self._context
        self._stage, self._deadline = None, inf
        self._bodiless = request.method == "HEAD"
        context.requests += 1
        context.handler(request, respond)
        if not answers:
            waiting.append(current_task())
            await wait_task_rescheduled(leave)
        data, line = self._encoded(answers[0])
        return line if await self._send(data) else None

    async def _refuse(self, refusal: Refusal) -> bool:
        self._stage, self._deadline = None, inf
        self._reader.close()
        context = self._context
        context.refused[refusal] += 1
        return await self._send(encode(context.refuse(refusal), context.date, CLOSES))

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
