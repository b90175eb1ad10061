"""The Graph API's calls: what is asked, and what the answer says; a transport carries them.

Rule 1: no retry here; whether a send is tried again is decided where its row is.
Rule 2: bodies, tokens and URLs are never logged, and never part of an answer.
"""

from collections.abc import Callable
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain.outgoing import Outgoing, Recipient
from kaisa_relay.domain.sending import Accepted, Answer, Rejected
from kaisa_relay.ports import ChannelAccess
from kaisa_relay.whatsapp.errors import classify, refusal, unanswered
from kaisa_relay.whatsapp.outbound import Unsendable, encode, encode_read
from kaisa_relay.whatsapp.transport import Answered, Call, Reply, Request, Transport, call

INVALID_VALUE: Final = 131009
"""Meta's code for a value it does not take."""
OnAnswer = Callable[[Answer], None]


@frozen
class GraphClient:
    """One client for all channels; it is given each call's token. Make it with `graph_client`."""

    _transport: Transport = field(repr=False)
    _base: str = field(repr=False)

    async def send(
        self, access: ChannelAccess, recipient: Recipient, outgoing: Outgoing, opaque: str
    ) -> Answer:
        """Send one message; what breaks a limit of WhatsApp is refused as Meta would."""
        try:
            request = self._message(access, encode(recipient, outgoing, opaque))
        except Unsendable as problem:
            return Rejected(INVALID_VALUE, str(problem))
        return _of_send(await call(self._transport, request))

    def send_nowait(
        self,
        access: ChannelAccess,
        recipient: Recipient,
        outgoing: Outgoing,
        opaque: str,
        on_answer: OnAnswer,
    ) -> Call | Rejected:
        """Start `send` without a task of its own; `on_answer` is called once, later, from Trio's
        thread, and must not raise. What breaks a limit is refused at once, without that call.
        """
        try:
            request = self._message(access, encode(recipient, outgoing, opaque))
        except Unsendable as problem:
            return Rejected(INVALID_VALUE, str(problem))
        return self._transport.start_nowait(request, lambda reply: on_answer(_of_send(reply)))

    async def mark_read(self, access: ChannelAccess, wamid: str) -> Answer:
        """Mark this inbound message, and all before it, as read; harmless to repeat."""
        return _plain(await call(self._transport, self._message(access, encode_read(wamid))))

    async def probe(self, access: ChannelAccess) -> Answer:
        """Ask after the number itself: `Accepted` (with an empty wamid) when it answers."""
        url = f"{self._base}{access.phone_number_id}?fields=id"
        headers = (("Authorization", f"Bearer {access.token}"),)
        return _plain(await call(self._transport, Request("GET", url, headers, None)))

    def _message(self, access: ChannelAccess, body: bytes) -> Request:
        headers = (
            ("Authorization", f"Bearer {access.token}"),
            ("Content-Type", "application/json"),
        )
        return Request("POST", f"{self._base}{access.phone_number_id}/messages", headers, body)


def _of_send(reply: Reply) -> Answer:
    """Return what the reply to a send says."""
    if not isinstance(reply, Answered):
        return unanswered(reply)
    if reply.status == 200:
        return classify(200, reply.body)
    return classify(reply.status, reply.body, reply.header("retry-after"))


def _plain(reply: Reply) -> Answer:
    """Return what the reply to a call without a message says."""
    if not isinstance(reply, Answered):
        return unanswered(reply)
    return Accepted("") if reply.status == 200 else refusal(reply.status, reply.body)


def graph_client(transport: Transport, url: str, version: str) -> GraphClient:
    """Make the client for a base URL (`https://graph.facebook.com`) and a version (`v26.0`)."""
    return GraphClient(transport, f"{url.rstrip('/')}/{version.strip('/')}/")
