"""Connections to the Graph API: a few in each of many small pools.

Rule 1: httpcore looks at all connections of a pool, several times per call, so a pool is small:
with 32 calls at once one pool of all costs four times the CPU (benchmarks/README.md).
Rule 2: the pool with the fewest calls takes the next one, so none waits while another has room.
"""

import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import httpx
from attrs import define, field

TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0, pool=5.0)
"""Seconds; connecting and waiting for a connection are short because they are safe to repeat."""
POOLS: Final = 25
EACH: Final = 4
LIMITS: Final = httpx.Limits(
    max_connections=EACH,
    max_keepalive_connections=EACH,
    keepalive_expiry=15.0,  # well before the far end gives up, or a reused one leaves doubt
)


@define(eq=False)
class Connections:
    """Calls one of its clients; equals are taken from the front, so that few stay warm."""

    _clients: Sequence[httpx.AsyncClient] = field(repr=False)
    _calls: list[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._calls = [0] * len(self._clients)

    async def request(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        """Return the answer, read to its end. Raises `httpx.RequestError`."""
        at = self._calls.index(min(self._calls))
        self._calls[at] += 1
        try:
            client = self._clients[at]
            return await client.request(method, url, content=content, headers=headers)
        finally:
            self._calls[at] -= 1


@asynccontextmanager
async def open_connections(
    base_url: str, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Connections]:
    """Open the pools; `transport` stands in for all of them."""
    context = httpx.create_ssl_context(trust_env=False)  # one: each costs memory and milliseconds
    async with AsyncExitStack() as stack:
        opened = [_client(base_url, context, transport) for _ in range(POOLS)]
        yield Connections([await stack.enter_async_context(client) for client in opened])


def _client(
    base_url: str, context: ssl.SSLContext, transport: httpx.AsyncBaseTransport | None
) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=TIMEOUT,
        limits=LIMITS,
        verify=context,
        headers={"Accept-Encoding": "identity"},  # answers are too small to be worth packing
        transport=transport,
        trust_env=False,  # only the settings read the environment
    )
