"""The kinds of transport, and the calls that their tests make."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import trio

from kaisa_relay.whatsapp.curl_transport import open_curl_transport
from kaisa_relay.whatsapp.httpx_transport import open_httpx_transport
from kaisa_relay.whatsapp.transport import Limits, Reply, Request, Transport, call
from tests.contracts.far_end import Script, far_end, http1

Opener = Callable[..., AbstractAsyncContextManager[Transport]]
OPENERS: dict[str, Opener] = {"curl": open_curl_transport, "httpx": open_httpx_transport}
BODY = '{"text":{"body":"Åsa 👋"}}'.encode()
HEADERS = (("Authorization", "Bearer token"), ("Content-Type", "application/json"))


def post(url: str, body: bytes = BODY) -> Request:
    """Return a send."""
    return Request("POST", f"{url}/v26.0/2000/messages", HEADERS, body)


async def one(opener: Opener, script: Script, limits: Limits | None = None) -> Reply:
    """Return what becomes of a single call."""
    async with far_end(http1(script)) as far, opener(None, limits or Limits()) as transport:
        with trio.fail_after(10):
            return await call(transport, post(far.url))
