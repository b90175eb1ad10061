"""Calls over httpx: for what is not hot, and for tests that answer in memory.

Rule 1: the environment is not read: no proxy, no CA file that no setting names.
"""

import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import trio
from attrs import define, field, frozen

from kaisa_relay.whatsapp.transport import (
    LIMITS,
    Answered,
    Broken,
    Limits,
    NotSent,
    OnReply,
    Reply,
    Request,
)

_CERTAIN: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""There was no connection, so nothing was sent."""
_IDENTITY: Final = ("Accept-Encoding", "identity")


@frozen
class HttpxCall:
    """A call in a task of its own."""

    _scope: trio.CancelScope

    def cancel(self) -> None:
        """Give it up."""
        self._scope.cancel()


@frozen
class HttpxTransport:
    """A `Transport`; each call is a task in the nursery that it was opened with."""

    _client: httpx.AsyncClient = field(repr=False)
    _nursery: trio.Nursery = field(repr=False)
    _limits: Limits

    def start_nowait(self, request: Request, on_reply: OnReply) -> HttpxCall:
        """Start a call; it ends as `Broken` when the transport is closed before its reply."""
        scope = trio.CancelScope()
        self._nursery.start_soon(partial(self._run, request, on_reply, scope), name="httpx call")
        return HttpxCall(scope)

    async def _run(self, request: Request, on_reply: OnReply, scope: trio.CancelScope) -> None:
        reply: Reply = Broken("the transport was closed")
        try:
            with scope:
                reply = await self._exchange(request)
        finally:
            if not scope.cancel_called:
                on_reply(reply)

    async def _exchange(self, request: Request) -> Reply:
        reading = _Reading(self._limits.answer_bytes)
        with trio.move_on_after(self._limits.whole) as reading.scope:
            try:
                return await self._request(request, reading)
            except _CERTAIN as error:
                return NotSent(type(error).__name__)  # its text may hold the URL
            except httpx.RequestError as error:
                return Broken(type(error).__name__)
        return Broken("the answer is too long" if reading.too_long else "no answer in time")

    async def _request(self, request: Request, reading: "_Reading") -> Reply:
        headers = [*request.headers, _IDENTITY]  # answers are too small to be worth packing
        stream = self._client.stream(
            request.method, request.url, content=request.body, headers=headers
        )
        async with stream as answer:
            async for part in answer.aiter_bytes():
                reading.take(part)
            lines = [name + b": " + value for name, value in answer.headers.raw]
            return Answered(answer.status_code, lines, bytes(reading.body))


@define
class _Reading:
    """A body as it comes in, up to its limit."""

    limit: int
    body: bytearray = field(factory=bytearray)
    scope: trio.CancelScope = field(factory=trio.CancelScope)

    @property
    def too_long(self) -> bool:
        return len(self.body) > self.limit

    def take(self, part: bytes) -> None:
        if self.too_long:
            # Leaving the loop would leave httpx's generators behind; this unwinds them.
            self.scope.cancel()
        else:
            self.body += part


@asynccontextmanager
async def open_httpx_transport(
    ca_file: Path | None = None,
    limits: Limits = LIMITS,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[HttpxTransport]:
    """Open it; `transport` stands in for the network, `ca_file` for the public authorities."""
    # httpx logs each URL at INFO, and the URL holds Meta's id of the number.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    client = httpx.AsyncClient(
        timeout=httpx.Timeout(limits.whole, connect=limits.connect, pool=limits.connect),
        limits=_pool(limits),
        verify=authorities(ca_file),
        transport=transport,
        trust_env=False,
    )
    async with client, trio.open_nursery() as nursery:
        yield HttpxTransport(client, nursery, limits)
        nursery.cancel_scope.cancel()


def _pool(limits: Limits) -> httpx.Limits:
    return httpx.Limits(
        max_connections=limits.connections,
        max_keepalive_connections=limits.connections,
        keepalive_expiry=limits.idle,
    )


def authorities(ca_file: Path | None) -> ssl.SSLContext:
    """Return whom to trust: the public authorities, or instead of them those of a file."""
    if ca_file is None:
        return httpx.create_ssl_context(trust_env=False)
    return ssl.create_default_context(cafile=str(ca_file))
