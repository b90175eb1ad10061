"""Calls over libcurl's multi interface, driven by one Trio task: the hot way out.

Rule 1: libcurl's callbacks only take notes; nothing is called back into libcurl from them.
Rule 2: replies are given by the task that drives, so never from within `start_nowait`.
"""

import selectors
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from math import inf
from pathlib import Path
from typing import Any, Final

import certifi
import pycurl
import trio
from attrs import define, field

from kaisa_relay.whatsapp.curl_handle import CurlHandle, bound_silence
from kaisa_relay.whatsapp.transport import LIMITS, Limits, OnReply, Reply, Request

IDLE_HANDLES: Final = 256
"""Handles kept for the next calls; each is some kilobytes."""
ROUNDS: Final = 16
"""How often libcurl may ask for another round at once before other tasks have their turn."""
KNOWN_CONNECTIONS: Final = 256
_HTTP_2: Final = 3
"""CURL_HTTP_VERSION_2_0, as CURLINFO_HTTP_VERSION says it."""
_EVENTS: Final = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}
_READY: Final = {
    selectors.EVENT_READ: pycurl.CSELECT_IN,
    selectors.EVENT_WRITE: pycurl.CSELECT_OUT,
    selectors.EVENT_READ | selectors.EVENT_WRITE: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}


class CurlUnfit(Exception):
    """This libcurl cannot do what we need; the text says what it lacks."""


@define(eq=False)
class CurlCall:
    """A call under way."""

    _transport: "CurlTransport"
    handle: CurlHandle
    on_reply: OnReply
    live: bool = True

    def cancel(self) -> None:
        """Give it up; on HTTP/2 only its stream is reset."""
        if self.live:
            self.live = False
            self._transport.give_up(self)


@define(eq=False)
class CurlTransport:
    """A `Transport`; open it with `open_curl_transport`."""

    _limits: Limits
    _ca_file: str
    _multi: Any = field(factory=pycurl.CurlMulti)
    _selector: selectors.DefaultSelector = field(factory=selectors.DefaultSelector)
    _calls: dict[Any, CurlCall] = field(factory=dict)
    _idle: list[CurlHandle] = field(factory=list)
    _multiplexed: dict[int, None] = field(factory=dict)
    _sleep: trio.CancelScope = field(factory=trio.CancelScope)
    _due: float = inf
    """When libcurl wants to be asked again, in Trio's time."""
    _nudge: Any = field(factory=pycurl.Curl)
    _connecting: bool = False
    """Whether a connection was begun since calls that wait for one were woken."""
    _ended: bool = False
    """Whether calls have ended whose replies are not yet given."""
    _closed: bool = False

    def __attrs_post_init__(self) -> None:
        multi = self._multi
        multi.setopt(pycurl.M_SOCKETFUNCTION, self._note_socket)
        multi.setopt(pycurl.M_TIMERFUNCTION, self._note_timer)
        multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, self._limits.connections)
        multi.setopt(pycurl.M_MAXCONNECTS, self._limits.connections)

    def start_nowait(self, request: Request, on_reply: OnReply) -> CurlCall:
        """Start a call; what can be written at once is written before this returns."""
        if self._closed:
            raise trio.ClosedResourceError
        handle = self._idle.pop() if self._idle else self._new_handle()
        handle.load(request)
        call = CurlCall(self, handle, on_reply)
        self._calls[handle.easy] = call
        self._multi.add_handle(handle.easy)
        self._act(pycurl.SOCKET_TIMEOUT, 0)
        self._wake()
        return call

    def give_up(self, call: CurlCall) -> None:
        """Take a call's handle back before its end."""
        if self._calls.pop(call.handle.easy, None) is not None:
            self._release(call.handle)
            self._wake()

    async def drive(self) -> None:
        """Move bytes, and give replies, until cancelled."""
        while True:
            with trio.CancelScope(deadline=self._wake_at) as self._sleep:
                await trio.lowlevel.wait_readable(self._selector.fileno())
            for key, events in self._selector.select(0):
                self._act(key.fd, _READY[events])
            if self._connecting:
                self._wake_waiting()
            for _ in range(ROUNDS):
                if self._due > trio.current_time():
                    break
                self._act(pycurl.SOCKET_TIMEOUT, 0)
            if self._ended:
                self._settle()

    def close(self) -> None:
        """End every call and close every connection; whoever waits hears of it."""
        self._closed = True
        for call in [*self._calls.values()]:
            self._end(call, call.handle.failed(-1, "", multiplexed=False))
        for handle in self._idle:
            handle.easy.close()
        self._nudge.close()
        self._multi.close()
        self._selector.close()

    # --- libcurl's callbacks

    def _note_socket(self, what: int, fd: int, multi: object, data: object) -> None:
        known = fd in self._selector.get_map()
        if what == pycurl.POLL_REMOVE:
            if known:
                self._selector.unregister(fd)
        elif known:
            self._selector.modify(fd, _EVENTS[what])
        else:
            self._selector.register(fd, _EVENTS[what])

    def _note_connection(self, fd: int, purpose: int) -> int:
        self._connecting = True
        bound_silence(fd)
        return int(pycurl.SOCKOPT_OK)

    def _note_timer(self, milliseconds: int) -> None:
        self._due = inf if milliseconds < 0 else trio.current_time() + milliseconds / 1000

    # --- driving

    def _act(self, fd: int, ready: int) -> None:
        if fd == pycurl.SOCKET_TIMEOUT:
            self._due = inf
        _, running = self._multi.socket_action(fd, ready)
        self._ended = running < len(self._calls)

    def _wake_waiting(self) -> None:
        """Have calls go on that wait to share the first connection. Where that one turns out to
        speak HTTP/1.1, libcurl forgets them until any handle is removed.
        """
        if any(call.handle.asked for call in self._calls.values()):
            self._connecting = False
            self._multi.add_handle(self._nudge)
            self._multi.remove_handle(self._nudge)

    @property
    def _wake_at(self) -> float:
        return -inf if self._ended else self._due

    def _wake(self) -> None:
        """Have `drive` wake up earlier, if it must."""
        if self._wake_at < self._sleep.deadline:
            self._sleep.deadline = self._wake_at

    def _settle(self) -> None:
        """Give all replies. First all handles are taken back: a callback may start new calls."""
        self._ended = False
        for call, reply in [*self._read_ends()]:
            if call.live:
                call.live = False
                call.on_reply(reply)

    def _read_ends(self) -> Iterator[tuple[CurlCall, Reply]]:
        queued = 1
        while queued:
            queued, well, ill = self._multi.info_read()
            for easy in well:
                call = self._calls.pop(easy)
                self._note_protocol(easy)
                yield call, call.handle.answered()
                self._release(call.handle)
            for easy, code, text in ill:
                call = self._calls.pop(easy)
                known = easy.getinfo(pycurl.CONN_ID) in self._multiplexed
                yield call, call.handle.failed(code, text, known)
                self._release(call.handle)

    def _end(self, call: CurlCall, reply: Reply) -> None:
        del self._calls[call.handle.easy]
        self._release(call.handle)
        call.live = False
        call.on_reply(reply)

    # --- handles and connections

    def _note_protocol(self, easy: Any) -> None:
        """Remember which connections speak HTTP/2: a failed call does not say it any more."""
        connection = easy.getinfo(pycurl.CONN_ID)
        if connection in self._multiplexed:
            return
        if easy.getinfo(pycurl.INFO_HTTP_VERSION) == _HTTP_2:
            self._multiplexed[connection] = None
            if len(self._multiplexed) > KNOWN_CONNECTIONS:
                del self._multiplexed[next(iter(self._multiplexed))]

    def _new_handle(self) -> CurlHandle:
        handle = CurlHandle(pycurl.Curl())
        handle.prepare(self._limits, self._ca_file)
        handle.easy.setopt(pycurl.SOCKOPTFUNCTION, self._note_connection)
        return handle

    def _release(self, handle: CurlHandle) -> None:
        self._multi.remove_handle(handle.easy)
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
    async with trio.open_nursery() as nursery:
        try:
            nursery.start_soon(transport.drive, name="curl")
            yield transport
        finally:
            nursery.cancel_scope.cancel()
            transport.close()


def check_fitness(features: int) -> None:
    """Raise `CurlUnfit` unless libcurl was built with what we build on."""
    needed = {"TLS": pycurl.VERSION_SSL, "HTTP/2": pycurl.VERSION_HTTP2}
    lacking = [name for name, bit in needed.items() if not features & bit]
    if lacking:
        raise CurlUnfit(
            f"libcurl was built without {' and '.join(lacking)}: install pycurl's wheel"
        )
