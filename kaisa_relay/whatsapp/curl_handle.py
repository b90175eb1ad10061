"""One of libcurl's easy handles: a request goes into it, and its end becomes a reply.

Rule 1: a body is read through a callback that cannot be rewound. On its own, libcurl repeats a
request on a fresh connection when a reused one dies before an answer, and that would be a second
message; without a rewind it fails instead (CURLE_SEND_FAIL_REWIND).
Rule 2: a request whose body was never asked for has not been sent.
"""

import socket
import sys
from typing import Any, Final

import pycurl
from attrs import define, field

from kaisa_relay.whatsapp.transport import (
    Answered,
    Broken,
    Headers,
    Limits,
    NotSent,
    Reply,
    Request,
)

_REASONS: Final = {
    pycurl.E_COULDNT_RESOLVE_HOST: "the host's name has no address",
    pycurl.E_COULDNT_CONNECT: "no connection",
    pycurl.E_OPERATION_TIMEDOUT: "no answer in time",
    pycurl.E_SSL_CONNECT_ERROR: "TLS failed",
    pycurl.E_PEER_FAILED_VERIFICATION: "the server's certificate is not trusted",
    pycurl.E_FILESIZE_EXCEEDED: "the answer is too long",
    pycurl.E_GOT_NOTHING: "the connection was closed without an answer",
    pycurl.E_SEND_ERROR: "the connection broke while sending",
    pycurl.E_RECV_ERROR: "the connection broke before the answer",
    pycurl.E_SEND_FAIL_REWIND: "the connection broke before the answer",
    pycurl.E_PARTIAL_FILE: "the answer broke off",
}
DEAD_AFTER: Final = 10
"""Seconds until a connection whose far end acknowledges nothing, not even keep-alives, is ended."""
_NO_REWIND: Final = "necessary data rewind was not possible"
"""libcurl's text when a rewind is the first thing to fail. A connection that died on HTTP/2 has
left a text of its own before, so on HTTP/2 this says that the server refused the stream."""


@define(eq=False)
class CurlHandle:
    """A handle that is used again and again; what does not change between calls is set once."""

    easy: Any
    asked: bool = False
    """Whether libcurl asked for the body, so that a part of it may have gone out."""
    home: object = field(default=None, repr=False)
    """Whose connections it used last."""
    _url: str = field(default="", repr=False)
    _headers: Headers = field(default=(), repr=False)
    _method: str = ""
    _length: int = -1
    _body: bytes = field(default=b"", repr=False)
    _lines: list[bytes] = field(factory=list, repr=False)
    _parts: list[bytes] = field(factory=list, repr=False)

    def prepare(self, limits: Limits, ca_file: str) -> None:
        """Set what is the same for every call."""
        easy = self.easy
        easy.setopt(pycurl.READFUNCTION, self._read)
        easy.setopt(pycurl.WRITEFUNCTION, self._parts.append)
        easy.setopt(pycurl.HEADERFUNCTION, self._lines.append)
        easy.setopt(pycurl.CAINFO, ca_file)
        easy.setopt(pycurl.SSL_VERIFYPEER, 1)
        easy.setopt(pycurl.SSL_VERIFYHOST, 2)
        easy.setopt(pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2)
        easy.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        easy.setopt(pycurl.PIPEWAIT, 1)
        easy.setopt(pycurl.PROXY, "")  # else libcurl looks into the environment
        easy.setopt(pycurl.FOLLOWLOCATION, 0)
        easy.setopt(pycurl.NOSIGNAL, 1)
        easy.setopt(pycurl.USERAGENT, "kaisa-relay")
        easy.setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(limits.connect))
        easy.setopt(pycurl.TIMEOUT_MS, _milliseconds(limits.whole))
        easy.setopt(pycurl.MAXFILESIZE_LARGE, limits.answer_bytes)
        easy.setopt(pycurl.MAXAGE_CONN, max(1, int(limits.idle)))
        easy.setopt(pycurl.TCP_KEEPALIVE, 1)
        easy.setopt(pycurl.TCP_KEEPIDLE, DEAD_AFTER // 2)
        easy.setopt(pycurl.TCP_KEEPINTVL, DEAD_AFTER // 2)

    def load(self, request: Request) -> None:
        """Make it ready for this call."""
        easy, body = self.easy, request.body
        self.asked = False
        if request.url != self._url:
            self._url = request.url
            easy.setopt(pycurl.URL, request.url)
        if request.headers != self._headers:
            self._headers = request.headers
            easy.setopt(pycurl.HTTPHEADER, _lines(request.headers))
        if request.method != self._method:
            self._method = request.method
            easy.setopt(pycurl.POST if request.method == "POST" else pycurl.HTTPGET, 1)
        self._body = body or b""
        if len(self._body) != self._length:
            self._length = len(self._body)
            easy.setopt(pycurl.POSTFIELDSIZE, self._length)
        self._lines.clear()
        self._parts.clear()

    def answered(self) -> Reply:
        """Return what a call that libcurl calls well came to; it lets a head break off."""
        if b"\r\n" not in self._lines:
            return Broken("the answer broke off")
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        return Answered(self.easy.getinfo(pycurl.RESPONSE_CODE), tuple(self._lines), body)

    def failed(self, code: int, text: str, multiplexed: bool) -> Reply:
        """Return what libcurl's error says; `multiplexed` when the connection spoke HTTP/2."""
        reason = _REASONS.get(code, f"libcurl's error {code}")
        if not self._may_have_left():
            return NotSent(reason)
        if code == pycurl.E_SEND_FAIL_REWIND and text == _NO_REWIND and multiplexed:
            return NotSent("the server refused the stream", unreachable=False)
        return Broken(reason)

    def closed(self) -> Reply:
        """Return what a call comes to that has no end before we close."""
        reason = "the transport was closed"
        return Broken(reason) if self._may_have_left() else NotSent(reason)

    def _may_have_left(self) -> bool:
        """Say whether the far end may have the whole request."""
        if self._length == 0:
            return bool(self.easy.getinfo(pycurl.REQUEST_SIZE) > 0)
        return self.asked

    def _read(self, size: int) -> bytes:
        self.asked = True
        part, self._body = self._body[:size], self._body[size:]
        return part


def _lines(headers: Headers) -> list[str]:
    """Return them as libcurl takes them, without the `Accept` that it would add."""
    return [*(f"{name}: {value}" for name, value in headers), "Accept:"]


def bound_silence(fd: int) -> None:
    """End the connection when what was sent stays unacknowledged; the default is many minutes."""
    if sys.platform == "linux":
        each = socket.socket(fileno=fd)
        try:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER * 1000)
        finally:
            each.detach()


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
