"""POSTs to the Graph sink over HTTP/2: libcurl's multi interface on the bare loop."""

from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Final

import msgspec
import pycurl
from attrs import define, field

from benchmarks.eventloop import IN, OUT, EventLoop

_EVENTS: Final = {
    pycurl.POLL_IN: IN,
    pycurl.POLL_OUT: OUT,
    pycurl.POLL_INOUT: IN | OUT,
}


class _Id(msgspec.Struct):
    id: str


class _Answer(msgspec.Struct):
    messages: list[_Id]


_DECODE: Final = msgspec.json.Decoder(_Answer).decode


class NotSent(Exception):
    """The sink did not take a message."""


@define(eq=False)
class Call:
    """A handle that is used again and again, and where its answer goes."""

    handle: pycurl.Curl
    answer: BytesIO


@define(eq=False)
class Way:
    """Sends messages to one URL, any number at once, over as few connections as go."""

    loop: EventLoop
    url: str
    certificate: Path
    _multi: pycurl.CurlMulti = field(factory=pycurl.CurlMulti)
    _idle: list[Call] = field(factory=list)
    _busy: dict[pycurl.Curl, Call] = field(factory=dict)
    _timer: float = 0.0

    def __attrs_post_init__(self) -> None:
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    @property
    def under_way(self) -> int:
        """Return how many messages were not answered yet."""
        return len(self._busy)

    def send(self, body: bytes) -> None:
        """Send a message."""
        call = self._idle.pop() if self._idle else self._new()
        call.handle.setopt(pycurl.POSTFIELDS, body)
        self._busy[call.handle] = call
        self._multi.add_handle(call.handle)

    def _new(self) -> Call:
        handle, answer = pycurl.Curl(), BytesIO()
        headers = ["Authorization: Bearer token", "Content-Type: application/json", "Expect:"]
        handle.setopt(pycurl.URL, f"{self.url}/v26.0/200000000000001/messages")
        handle.setopt(pycurl.HTTPHEADER, headers)
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        handle.setopt(pycurl.PIPEWAIT, 1)
        handle.setopt(pycurl.CAINFO, str(self.certificate))
        handle.setopt(pycurl.NOSIGNAL, 1)
        handle.setopt(pycurl.WRITEFUNCTION, answer.write)
        return Call(handle, answer)

    # --- what libcurl asks for

    def _watch(self, what: int, fd: int, _multi: object, known: object) -> None:
        if what == pycurl.POLL_REMOVE:
            self.loop.forget(fd)
        elif known is None:
            self._multi.assign(fd, self)
            self.loop.watch(fd, lambda events: self._ready(fd, events), _EVENTS[what])
        else:
            self.loop.change(fd, _EVENTS[what])

    def _set_timer(self, milliseconds: int) -> None:
        self._timer = at = perf_counter() + milliseconds / 1000 if milliseconds >= 0 else 0.0
        if at:
            self.loop.at(at, lambda: self._time_is_up(at))

    def _time_is_up(self, at: float) -> None:
        if at == self._timer:  # else it was set anew
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
            self._finish()

    def _ready(self, fd: int, events: int) -> None:
        wanted = (pycurl.CSELECT_IN if events & ~OUT else 0) | (
            pycurl.CSELECT_OUT if events & OUT else 0
        )
        self._multi.socket_action(fd, wanted)
        self._finish()

    def _finish(self) -> None:
        left = 1
        while left:
            left, done, failed = self._multi.info_read()
            if failed:
                raise NotSent(f"libcurl says {failed[0][1:]}")
            for handle in done:
                self._done(handle)

    def _done(self, handle: pycurl.Curl) -> None:
        self._multi.remove_handle(handle)
        call = self._busy.pop(handle)
        if handle.getinfo(pycurl.RESPONSE_CODE) != 200:
            raise NotSent("the sink refused a message")
        _DECODE(call.answer.getvalue())
        call.answer.seek(0)
        call.answer.truncate()
        self._idle.append(call)
