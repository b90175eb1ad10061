"""The ways out, one for each kind of content.

Rule 1: all of them answer with a `Reply`, so that what follows is the same for each.
"""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, assert_never

import certifi
from attrs import evolve, frozen

from kaisa_relay.domain.engagement.addresses import Network
from kaisa_relay.engagement.content import Outward, Posted
from kaisa_relay.engagement.endpoint_rows import Target
from kaisa_relay.engagement.mail_server import MailServer, read_mail_server
from kaisa_relay.engagement.mailing import Mail, Mailer
from kaisa_relay.engagement.posting import Poster, Reply, open_poster
from kaisa_relay.engagement.signing import signed_headers
from kaisa_relay.engagement.texting import Texter, TextMessage

HEADERS: Final = {
    "content-type": "application/cloudevents+json",
    "user-agent": "kaisa_relay (webhooks)",
}


@frozen
class Outlets:
    """Everything that leaves for somebody else's server leaves here."""

    poster: Poster
    mailer: Mailer
    texter: Texter

    async def send(self, target: Target, content: Outward, id: str, at: datetime) -> Reply:
        """Send once; never raises for what the other side does."""
        match content:
            case Posted():
                headers = {**HEADERS, **signed_headers(target.secrets, id, at, content.body)}
                return await self.poster.post(target.url, headers, content.body, at)
            case Mail():
                return await self.mailer.send(_server(target), content, id, at)
            case TextMessage():
                return await self.texter.send(target, content, id, at)
            case _:
                assert_never(content)


@asynccontextmanager
async def open_outlets(
    allowed: Sequence[Network] = (), tls: ssl.SSLContext | None = None
) -> AsyncIterator[Outlets]:
    """Open the ways out; `allowed` are private networks that their operator has named."""
    tls = tls or ssl.create_default_context(cafile=certifi.where())
    async with open_poster(allowed, tls) as poster:
        yield Outlets(poster, Mailer(allowed, tls), Texter(poster))


def _server(target: Target) -> MailServer:
    server = read_mail_server(target.url, plain=True)  # what may be plain was judged when it came
    assert isinstance(server, MailServer), server
    user = target.options.user
    return server if user is None else evolve(server, user=user, password=target.secrets[0])
