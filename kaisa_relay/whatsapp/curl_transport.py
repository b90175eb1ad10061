"""Calls over libcurl's multi interface, driven by one Trio task: the hot way out.

Rule 1: replies are given by the task that drives, so never from within `start_nowait`.
Rule 2: when a call got no answer in time, later ones do not use its connection: one that hangs
would take them all with it, and libcurl keeps it.
"""

import selectors
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import certifi
import pycurl
import trio
from attrs import define, field, frozen

from kaisa_relay.whatsapp.curl_connections import READY, CurlConnections, Ongoing
from kaisa_relay.whatsapp.curl_handle import CurlHandle
from kaisa_relay.whatsapp.transport import LIMITS, Limits, OnReply, Request

IDLE_HANDLES: Final = 256
"""Handles kept for the next calls; each is some kilobytes."""


class CurlUnfit(Exception):
    """This libcurl cannot do what we need; the text says what it lacks."""


@frozen
class Statistics:
    """Calls under way, handles kept for later ones, and connections that only finish calls."""

    calls: int
    idle_handles: int
    retired: int


@define(eq=False)
class CurlCall:
    """A call that was started."""

    _transport: "CurlTransport"
    _ongoing: Ongoing

    def cancel(self) -> None:
        """Give it up; on HTTP/2 only its stream is reset."""
        if self._ongoing.live:
            self._ongoing.live = False
            self._transport.give_up(self._ongoing)


@define(eq=False)
class CurlTransport:
    """A `Transport`; open it with `open_curl_transport`."""

    _limits: Limits
    _ca_file: str
    _selector: selectors.DefaultSelector = field(factory=selectors.DefaultSelector)
    _idle: list[CurlHandle] = field(factory=list)
    _current: CurlConnections = field(init=False)
    _retired: list[CurlConnections] = field(factory=list)
    _sleep: trio.CancelScope = field(factory=trio.CancelScope)
    _closed: bool = False

    def __attrs_post_init__(self) -> None:
        self._current = CurlConnections(self._limits, self._selector)

    def start_nowait(self, request: Request, on_reply: OnReply) -> CurlCall:
        """Start a call; what can be written at once is written before this returns."""
        if self._closed:
            raise trio.ClosedResourceError
        handle = self._idle.pop() if self._idle else self._new_handle()
        handle.load(request)
        ongoing = Ongoing(handle, self._current, on_reply)
        self._current.add(ongoing)
        self._wake(self._current)
        return CurlCall(self, ongoing)

    def give_up(self, call: Ongoing) -> None:
        """Take a call's handle back before its reply was given."""
        if call.handle.easy in call.connections.calls:
            call.connections.remove(call)
            self._keep(call.handle)
            self._wake(call.connections)

    def statistics(self) -> Statistics:
        """Return what is under way and what is kept."""
        calls = sum(len(each.calls) for each in self._all())
        return Statistics(calls, len(self._idle), len(self._retired))

    async def drive(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Move bytes, and give replies, until cancelled."""
        task_status.started()
        while True:
            at = min(each.wake_at for each in self._all())
            with trio.CancelScope(deadline=at) as self._sleep:
                while True:  # in one scope until it is time: a scope per answer would cost more
                    await trio.lowlevel.wait_readable(self._selector.fileno())
                    self._move()
            self._move()

    def _move(self) -> None:
        for key, events in self._selector.select(0):
            key.data.act(key.fd, READY[events])
        for connections in self._all():
            connections.catch_up()
            if connections.ended:
                self._settle(connections)
            self._wake(connections)
        if self._current.silent:
            self._retire()
        if self._retired:
            self._close_retired()

    def close(self) -> None:
        """End every call and close every connection; whoever waits hears of it."""
        self._closed = True
        for connections in self._all():
            for call in [*connections.calls.values()]:
                connections.remove(call)
                self._keep(call.handle)
                call.live = False
                call.on_reply(call.handle.closed())
            connections.close()
        for handle in self._idle:
            handle.easy.close()
        self._selector.close()

    def _settle(self, connections: CurlConnections) -> None:
        """Give replies. First all handles are taken back: a callback may start new calls."""
        ends = connections.take_ended()
        for call, _ in ends:
            self._keep(call.handle)
        for call, reply in ends:
            if call.live:
                call.live = False
                call.on_reply(reply)

    def _retire(self) -> None:
        """Use new connections from now on; the calls on the old ones may still be answered."""
        self._retired.append(self._current)
        self._current = CurlConnections(self._limits, self._selector)

    def _close_retired(self) -> None:
        for each in [each for each in self._retired if not each.calls]:
            each.close()
            self._retired.remove(each)

    def _all(self) -> tuple[CurlConnections, ...]:
        return (self._current, *self._retired)

    def _wake(self, connections: CurlConnections) -> None:
        """Have `drive` wake up earlier, if it must."""
        if connections.wake_at < self._sleep.deadline:
            self._sleep.deadline = connections.wake_at

    def _new_handle(self) -> CurlHandle:
        handle = CurlHandle(pycurl.Curl())
        handle.prepare(self._limits, self._ca_file)
        return handle

    def _keep(self, handle: CurlHandle) -> None:
        if len(self._idle) < IDLE_HANDLES:
            self._idle.append(handle)
        else:
            handle.easy.close()


@asynccontextmanager
async def open_curl_transport(
    ca_file: Path | None = None, limits: Limits = LIMITS
) -> AsyncIterator[CurlTransport]:
    """Open it; `ca_file` stands in for the public authorities. Raises `CurlUnfit`."""
    check_fitness(pycurl.version_info()[4])
    # The bundle that libcurl was built to look for is another on every system, or none.
    transport = CurlTransport(limits, str(ca_file) if ca_file else certifi.where())
    try:
        async with trio.open_nursery() as nursery:
            await nursery.start(transport.drive, name="curl")
            yield transport
            nursery.cancel_scope.cancel()
    finally:
        transport.close()


def check_fitness(features: int) -> None:
    """Raise `CurlUnfit` unless libcurl was built with what we build on."""
    needed = {"TLS": pycurl.VERSION_SSL, "HTTP/2": pycurl.VERSION_HTTP2}
    lacking = [name for name, bit in needed.items() if not features & bit]
    if lacking:
        raise CurlUnfit(f"libcurl has no {' and no '.join(lacking)}: install the wheel of pycurl")
