"""The listener: accepts, sweeps, stops.

run
├── sweep          once a second: the time, the date, whose deadline has passed
└── connections    one task each
    └── accept     one task per listening socket, cancelled by `stop`
"""

import errno
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog
import trio
from attrs import define, field, frozen

from kaisa_relay.listener.answers import Refuse, date_line, refuse_plainly
from kaisa_relay.listener.connection import Connection
from kaisa_relay.listener.context import Context
from kaisa_relay.listener.limits import Limits
from kaisa_relay.listener.messages import Handler
from kaisa_relay.listener.reader import Budget

logger = structlog.get_logger()

SWEEP_EVERY: Final = 1.0
BROKEN: Final = {errno.EBADF, errno.EINVAL, errno.ENOTSOCK}
NO_ROOM: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
PAUSE: Final = 1.0
"""Seconds until it is tried again to accept when the machine has nothing left for it."""


@frozen
class Statistics:
    """What a listener has and had; `held` is in bytes, `refused` by the name of the refusal."""

    connections: int
    answering: int
    held: int
    requests: int
    refused: Mapping[str, int]


@define(eq=False)
class Listener:
    """Hands small requests whole to one handler.

    `wall` is the time in UTC. `refuse` words what never became a request. The handler answers
    everything itself: what it raises ends `run`.
    """

    _handler: Handler
    _wall: Callable[[], datetime]
    _limits: Limits = field(factory=Limits)
    _refuse: Refuse = refuse_plainly
    _context: Context = field(init=False)
    _connections: set[Connection] = field(factory=set, init=False)
    _places: trio.Semaphore = field(init=False)
    _accepting: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    _ended: trio.Event | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        limits = self._limits
        self._context = Context(self._handler, self._refuse, limits, Budget(limits.held))
        self._places = trio.Semaphore(limits.connections + limits.turned_away)

    async def run(
        self,
        listeners: Sequence[trio.SocketListener],
        task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        """Serve on these sockets until `stop`, and to the end of what was begun; closes them.

        Called once.
        """
        self._ended = trio.Event()
        self._tick()
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._sweep, name="sweep connections")
                nursery.start_soon(self._context.readiness.run, name="ready connections")
                await self._serve(listeners, task_status)
                nursery.cancel_scope.cancel()
        finally:
            self._context.readiness.close()
            self._ended.set()

    async def stop(self) -> None:
        """Accept nothing more; return when all that was begun is answered."""
        self._context.stopping = True
        self._accepting.cancel()
        for connection in self._connections:
            connection.finish()
        if self._ended is not None:
            await self._ended.wait()

    def statistics(self) -> Statistics:
        """Return what is happening."""
        context = self._context
        return Statistics(
            connections=len(self._connections),
            answering=sum(connection.answering for connection in self._connections),
            held=context.budget.held,
            requests=context.requests,
            refused={each.name.lower(): count for each, count in context.refused.items()},
        )

    async def _serve(
        self, listeners: Sequence[trio.SocketListener], task_status: trio.TaskStatus[None]
    ) -> None:
        async with trio.open_nursery() as connections:
            with self._accepting:
                await self._accept_all(listeners, connections, task_status)

    async def _accept_all(
        self,
        listeners: Sequence[trio.SocketListener],
        connections: trio.Nursery,
        task_status: trio.TaskStatus[None],
    ) -> None:
        async with trio.open_nursery() as nursery:
            for each in listeners:
                nursery.start_soon(self._accept, each, connections, name="accept")
            task_status.started()

    async def _accept(self, listener: trio.SocketListener, connections: trio.Nursery) -> None:
        async with listener:
            while True:
                await self._places.acquire()
                accepted = await _next(listener)
                connections.start_soon(self._converse, accepted, name="connection")

    async def _converse(self, accepted: socket.socket) -> None:
        connection = Connection(self._context, accepted)
        self._connections.add(connection)
        if self._context.stopping:
            connection.finish()  # accepted just before
        try:
            if len(self._connections) > self._limits.connections:
                await connection.turn_away()
            else:
                await connection.run()
        finally:
            connection.close()
            self._connections.discard(connection)
            self._places.release()

    async def _sweep(self) -> None:
        while True:
            await trio.sleep(SWEEP_EVERY)
            self._tick()
            for connection in self._connections:
                connection.check(self._context.now)

    def _tick(self) -> None:
        self._context.now = trio.current_time()
        self._context.date = date_line(self._wall())


async def _next(listener: trio.SocketListener) -> socket.socket:
    """Accept one connection, as a plain socket: the lane calls it without a checkpoint."""
    while True:
        try:
            accepted, _ = await listener.socket.accept()
        except OSError as reason:
            if reason.errno in BROKEN:
                raise
            if reason.errno in NO_ROOM:
                logger.warning("cannot accept", reason=errno.errorcode[reason.errno])
                await trio.sleep(PAUSE)
            continue  # anything else was that connection's own end
        plain = socket.socket(fileno=accepted.detach())
        plain.setblocking(False)
        with suppress(OSError):  # no TCP, or it is over already
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        return plain
