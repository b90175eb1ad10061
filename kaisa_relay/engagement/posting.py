"""One POST to somebody else's server, which is trusted with nothing.

Rule 1: nothing is followed, little is read, and all of it ends in time.
"""

import ssl
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import certifi
import httpcore
import trio
from attrs import define, field, frozen

from kaisa_relay.domain.engagement.addresses import Network
from kaisa_relay.engagement.resolving import Unreachable, judged

WITHIN: Final = 15.0
"""Seconds for all of it."""
CONNECT_WITHIN: Final = 5.0
MOST_READ: Final = 4096
"""Bytes of an answer that are read; the log keeps less."""
LONGEST_ANSWER: Final = 500
"""Characters of an answer that the log keeps."""
MOST_CONNECTIONS: Final = 1000
KEPT_CONNECTIONS: Final = 100
KEPT_SECONDS: Final = 30.0


@frozen
class Reply:
    """What came of it: a status, or `why` there is none."""

    status: int | None = None
    why: str | None = None
    answer: str = field(default="", repr=False)
    retry_after: timedelta | None = None
    final: bool = False
    """Whether it will never be taken, however often it is tried."""
    pending: bool = False
    """Whether it is on its way, and nothing is wrong."""
    refused: bool = False
    """Whether it is not taken, though the status is good."""
    unwanted: bool = False
    """Whether it was not sent, because its receiver asked not to be written to."""
    left: bool = False
    """Whether it is on its way to a person by this, though not taken yet."""
    declined: bool = False
    """Whether its receiver has asked, elsewhere, not to get any such."""

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300 and not self.refused


@frozen
class Call:
    """One HTTP request."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    method: str = "POST"


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects where `reachable` allows it, and nowhere else."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._inner = httpcore.TrioBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as its base class has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, judge every address, and connect to one that passed."""
        failure: Exception | None = None
        for address in await judged(host, port, self._allowed):
            try:
                return await self._inner.connect_tcp(address, port, timeout, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        assert failure is not None
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)


@frozen
class Poster:
    """Posts over connections that are kept for a while."""

    _pool: httpcore.AsyncConnectionPool

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, at: datetime) -> Reply:
        """Return what came of one POST, made `at`."""
        return await self.send(Call(url, headers, body), at)

    async def send(self, call: Call, at: datetime) -> Reply:
        """Return what came of one call, made `at`; it never takes longer than `WITHIN`."""
        try:
            with trio.fail_after(WITHIN):
                return await self._exchange(call, at)
        except (trio.TooSlowError, httpcore.TimeoutException):
            return Reply(why="it took too long")
        except httpcore.ConnectError as error:
            return Reply(why=_named(error))
        except (httpcore.NetworkError, httpcore.ProtocolError):
            return Reply(why="the connection broke, or what came back is not HTTP")

    async def _exchange(self, call: Call, at: datetime) -> Reply:
        timeouts = {"connect": CONNECT_WITHIN, "read": WITHIN, "write": WITHIN, "pool": WITHIN}
        sized = [*call.headers.items(), ("content-length", str(len(call.body)))]
        stream = self._pool.stream(
            call.method,
            call.url,
            headers=sized,
            content=_Once(call.body),
            extensions={"timeout": timeouts},
        )
        async with stream as response:
            answer = await _beginning(response)
        text = answer.decode("utf-8", "replace")
        return Reply(response.status, answer=text, retry_after=_retry_after(response, at))


@define
class _Once:
    """A body that is sent once. The library's own leaves a generator behind where it is cut off."""

    body: bytes | None

    def __aiter__(self) -> "_Once":
        return self

    async def __anext__(self) -> bytes:
        body, self.body = self.body, None
        if body is None:
            raise StopAsyncIteration
        return body


@asynccontextmanager
async def open_poster(
    allowed: Sequence[Network] = (), tls: ssl.SSLContext | None = None
) -> AsyncIterator[Poster]:
    """Open the way out; `allowed` are private networks that its operator has named."""
    async with httpcore.AsyncConnectionPool(
        ssl_context=tls or ssl.create_default_context(cafile=certifi.where()),
        max_connections=MOST_CONNECTIONS,
        max_keepalive_connections=KEPT_CONNECTIONS,
        keepalive_expiry=KEPT_SECONDS,
        network_backend=GuardedNetwork(allowed),
    ) as pool:
        yield Poster(pool)


async def _beginning(response: httpcore.Response) -> bytes:
    read = b""
    with trio.CancelScope() as scope:
        async for part in response.aiter_stream():
            read += part
            if len(read) >= MOST_READ:
                scope.cancel()  # ends the library's generators from within, as leaving would not
    return read[:MOST_READ]


def _named(error: httpcore.ConnectError) -> str:
    if isinstance(error, Unreachable):
        return str(error)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "its certificate is not valid"
        cause = cause.__cause__ or cause.__context__
    return "no connection"


def _retry_after(response: httpcore.Response, at: datetime) -> timedelta | None:
    """Read `Retry-After`, which is in seconds or a date (RFC 9110)."""
    given = {name.lower(): value for name, value in response.headers}
    text = given.get(b"retry-after", b"").decode("ascii", "replace").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:8]))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(until - at, timedelta()) if until.tzinfo else None


def kept(answer: str) -> str | None:
    """Return what the log keeps of an answer: the beginning, without what no database takes."""
    beginning = answer[:LONGEST_ANSWER].replace("\0", "\N{REPLACEMENT CHARACTER}")
    return beginning.encode("utf-8", "replace").decode() or None
