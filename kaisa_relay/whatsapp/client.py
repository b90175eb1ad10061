"""The way out to the Graph API over httpx: every answer is a value, only cancellation is raised.

Rule 1: no retry here; whether a send is tried again is decided where its row is.
Rule 2: bodies, tokens and URLs are never logged, and never part of an answer.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx
import trio
from attrs import field, frozen

from kaisa_relay.domain.outgoing import Outgoing, Recipient
from kaisa_relay.domain.sending import Accepted, Answer, Rejected, Uncertain
from kaisa_relay.ports import ChannelAccess
from kaisa_relay.whatsapp.connections import Connections, open_connections
from kaisa_relay.whatsapp.errors import classify, refusal, transport_failure
from kaisa_relay.whatsapp.outbound import Unsendable, encode, encode_read

WHOLE_CALL: Final = 35.0
"""Seconds for everything together: an answer that drips in byte by byte is no answer."""
INVALID_VALUE: Final = 131009
"""Meta's code for a value it does not take."""


@frozen
class GraphClient:
    """One client for all channels; it is given each call's token."""

    _connections: Connections = field(repr=False)

    async def send(
        self, access: ChannelAccess, recipient: Recipient, outgoing: Outgoing, opaque: str
    ) -> Answer:
        """Send one message; what breaks a limit of WhatsApp is refused as Meta would."""
        try:
            body = encode(recipient, outgoing, opaque)
        except Unsendable as problem:
            return Rejected(INVALID_VALUE, str(problem))
        answer = await self._call(access, "POST", "/messages", body)
        return classify(*answer) if isinstance(answer, tuple) else answer

    async def mark_read(self, access: ChannelAccess, wamid: str) -> Answer:
        """Mark this inbound message, and all before it, as read; harmless to repeat."""
        return _plain(await self._call(access, "POST", "/messages", encode_read(wamid)))

    async def probe(self, access: ChannelAccess) -> Answer:
        """Ask after the number itself: `Accepted` (with an empty wamid) when it answers."""
        return _plain(await self._call(access, "GET", "?fields=id", None))

    async def _call(
        self, access: ChannelAccess, method: str, path: str, body: bytes | None
    ) -> tuple[int, bytes] | Answer:
        """Return status and body, or what a call without them means."""
        headers = {"Authorization": f"Bearer {access.token}", "Content-Type": "application/json"}
        url = access.phone_number_id + path
        with trio.move_on_after(WHOLE_CALL):
            try:
                answer = await self._connections.request(method, url, body, headers)
            except httpx.RequestError as error:
                return transport_failure(error)
            return answer.status_code, answer.content
        return Uncertain("no answer in time")


def _plain(answer: tuple[int, bytes] | Answer) -> Answer:
    """Return what the answer to a call without a message says."""
    if not isinstance(answer, tuple):
        return answer
    return Accepted("") if answer[0] == 200 else refusal(*answer)


@asynccontextmanager
async def open_graph_client(
    url: str, version: str, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[GraphClient]:
    """Open the client for a base URL (`https://graph.facebook.com`) and a version (`v26.0`)."""
    # httpx logs each URL at INFO, and the URL holds Meta's id of the number.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    base_url = f"{url.rstrip('/')}/{version.strip('/')}/"
    async with open_connections(base_url, transport) as connections:
        yield GraphClient(connections)
