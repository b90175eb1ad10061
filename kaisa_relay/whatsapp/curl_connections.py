"""One of libcurl's multi handles: connections to any hosts, and the calls that use them.

Rule 1: libcurl's callbacks only take notes; nothing is called back into libcurl from them.
Rule 2: it says when a call has ended; when its reply is given is decided by who drives.
"""

import selectors
from math import inf
from typing import Any, Final

import pycurl
import trio
from attrs import define, field

from kaisa_relay.whatsapp.curl_handle import CurlHandle, bound_silence
from kaisa_relay.whatsapp.transport import Limits, OnReply, Reply

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
READY: Final = {
    selectors.EVENT_READ: pycurl.CSELECT_IN,
    selectors.EVENT_WRITE: pycurl.CSELECT_OUT,
    selectors.EVENT_READ | selectors.EVENT_WRITE: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}
"""libcurl's word for what a selector found."""


@define(eq=False)
class Ongoing:
    """A call that has a handle."""

    handle: CurlHandle
    connections: "CurlConnections"
    on_reply: OnReply
    live: bool = True


@define(eq=False)
class CurlConnections:
    """The connections of one multi handle; its sockets are watched by a selector of others."""

    limits: Limits
    selector: selectors.BaseSelector
    calls: dict[Any, Ongoing] = field(factory=dict)
    due: float = inf
    """When libcurl wants to be asked again, in Trio's time."""
    ended: bool = False
    """Whether calls have ended that were not taken yet."""
    silent: bool = False
    """Whether a call got no answer in time on a connection that otherwise stands."""
    _multi: Any = field(factory=pycurl.CurlMulti)
    _nudge: Any = field(factory=pycurl.Curl)
    _multiplexed: dict[int, None] = field(factory=dict)
    _connecting: bool = False
    """Whether a connection was begun since calls that wait for one were woken."""
    _broken: bool = False
    """Whether calls have failed that may not be the only ones on their connection."""

    def __attrs_post_init__(self) -> None:
        multi = self._multi
        multi.setopt(pycurl.M_SOCKETFUNCTION, self._note_socket)
        multi.setopt(pycurl.M_TIMERFUNCTION, self._note_timer)
        multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, self.limits.connections)
        multi.setopt(pycurl.M_MAXCONNECTS, self.limits.connections)

    def add(self, call: Ongoing) -> None:
        """Start a call; what can be written at once is written now."""
        easy = call.handle.easy
        self.calls[easy] = call
        if call.handle.home is not self:
            call.handle.home = self
            easy.setopt(pycurl.SOCKOPTFUNCTION, self._note_connection)
        self._multi.add_handle(easy)
        self.act(pycurl.SOCKET_TIMEOUT, 0)

    def remove(self, call: Ongoing) -> None:
        """Take a call back, ended or not; on HTTP/2 only its stream is reset."""
        del self.calls[call.handle.easy]
        self._multi.remove_handle(call.handle.easy)

    def act(self, fd: int, ready: int) -> None:
        """Have libcurl work on this socket, or on what is due."""
        if fd == pycurl.SOCKET_TIMEOUT:
            self.due = inf
        _, running = self._multi.socket_action(fd, ready)
        self.ended = running < len(self.calls)

    @property
    def wake_at(self) -> float:
        """When somebody must look here again, in Trio's time."""
        return -inf if self.ended else self.due

    def catch_up(self) -> None:
        """Have libcurl do what is due."""
        if self._connecting:
            self._wake_waiting()
        for _ in range(ROUNDS):
            if self.due > trio.current_time():
                return
            self.act(pycurl.SOCKET_TIMEOUT, 0)

    def take_ended(self) -> list[tuple[Ongoing, Reply]]:
        """Remove the calls that have ended, and say what became of them."""
        self.ended = False
        _, well, ill = self._multi.info_read()
        ends: list[tuple[Ongoing, Reply]] = []
        for easy in well:
            self._note_protocol(easy)
            call = self.calls[easy]
            ends.append((call, call.handle.answered()))
            self.remove(call)
        failed = [(self.calls[easy], code, text) for easy, code, text in ill]
        ends += [(call, self._failure(call, code, text)) for call, code, text in failed]
        for call, _, _ in failed:
            self.remove(call)
        if self._broken:
            self._look_at_all()
        return ends

    def close(self) -> None:
        """Close every connection."""
        self._nudge.close()
        self._multi.close()

    # --- libcurl's callbacks

    def _note_socket(self, what: int, fd: int, multi: object, data: object) -> None:
        known = fd in self.selector.get_map()
        if what == pycurl.POLL_REMOVE:
            if known:
                self.selector.unregister(fd)
        elif known:
            self.selector.modify(fd, _EVENTS[what], self)
        else:
            self.selector.register(fd, _EVENTS[what], self)

    def _note_timer(self, milliseconds: int) -> None:
        if milliseconds > 0:
            self.due = trio.current_time() + milliseconds / 1000
        else:
            self.due = -inf if milliseconds == 0 else inf

    def _note_connection(self, fd: int, purpose: int) -> int:
        self._connecting = True
        bound_silence(fd)
        return int(pycurl.SOCKOPT_OK)

    # --- where libcurl needs help

    def _wake_waiting(self) -> None:
        """Have calls go on that wait to share the first connection. Where that one turns out to
        speak HTTP/1.1, libcurl forgets them until any handle is removed.
        """
        if any(call.handle.asked for call in self.calls.values()):
            self._connecting = False
            self._multi.add_handle(self._nudge)
            self._multi.remove_handle(self._nudge)

    def _look_at_all(self) -> None:
        """Have libcurl look at every call: those that shared a connection which broke hear of it
        now, and not when some timer of theirs runs out.
        """
        self._broken = False
        _, running = self._multi.perform()
        self.ended = running < len(self.calls)

    # --- what a failure says

    def _failure(self, call: Ongoing, code: int, text: str) -> Reply:
        handle = call.handle
        self._broken = self._broken or handle.asked
        self.silent = self.silent or (handle.asked and code == pycurl.E_OPERATION_TIMEDOUT)
        multiplexed = code == pycurl.E_SEND_FAIL_REWIND and self._spoke_http2(handle)
        return handle.failed(code, text, multiplexed)

    def _note_protocol(self, easy: Any) -> None:
        """Remember which connections speak HTTP/2: a failed call does not say it any more."""
        connection = easy.getinfo(pycurl.CONN_ID)
        if connection in self._multiplexed:
            return
        if easy.getinfo(pycurl.INFO_HTTP_VERSION) == _HTTP_2:
            self._remember(connection)

    def _remember(self, connection: int) -> None:
        self._multiplexed[connection] = None
        if len(self._multiplexed) > KNOWN_CONNECTIONS:
            del self._multiplexed[next(iter(self._multiplexed))]

    def _spoke_http2(self, handle: CurlHandle) -> bool:
        """Say whether a failed call's connection certainly spoke HTTP/2: an answer came over it,
        or it carries another call at the same time.
        """
        connection = handle.easy.getinfo(pycurl.CONN_ID)
        if connection in self._multiplexed:
            return True
        # Until its body was asked for, a handle may still name its last call's connection.
        others = (each.handle for each in self.calls.values() if each.handle.asked)
        shared = any(
            other.easy.getinfo(pycurl.CONN_ID) == connection
            for other in others
            if other is not handle
        )
        if shared:
            self._remember(connection)
        return shared
