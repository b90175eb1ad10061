"""A socket with deadlines, and the reader of what comes.

Rule 1: no deadline has a scope of its own. The sweeper looks at `deadline` once a second and shuts
one direction of the socket, which wakes the task with what was already there, then with the end.
"""

import socket
from contextlib import suppress
from math import inf
from typing import Final

from attrs import define, field
from trio.lowlevel import wait_readable, wait_writable

from kaisa_relay.listener.context import Context
from kaisa_relay.listener.messages import KIB
from kaisa_relay.listener.reader import Reader, Stage

RECEIVE: Final = 64 * KIB
"""Bytes taken from the socket at once."""


@define(eq=False)
class TimedSocket:
    """A connected socket, non-blocking; each wait for it has a deadline."""

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

    def _stalled(self, now: float) -> bool:
        if self._stage is not Stage.BODY:
            return False
        patience = self._context.limits.patience
        if self._reader.size >= self._seen + patience.step:
            self._seen, self._stalls = self._reader.size, now + patience.stall
        return now >= self._stalls

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

    def _shut(self, how: int) -> None:
        with suppress(OSError):  # the other side was faster
            self._socket.shutdown(how)
