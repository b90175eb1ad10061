"""One text message, handed to a provider over HTTP.

Rule 1: what a provider says of a number or of the words ends a delivery; what it says of us, or
nothing, is tried again. Its delivery's id goes along (`Idempotency-Key`), for who looks at it.
Rule 2: the log holds neither the number nor the words, which providers like to repeat.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, assert_never
from urllib.parse import urlencode, urlsplit

import msgspec
import trio
from attrs import evolve, field, frozen

from kaisa_relay.domain.engagement.masking import masked
from kaisa_relay.domain.engagement.sms import (
    Format,
    Provider,
    SmsRequest,
    filled,
    is_service,
    read_sms_request,
)
from kaisa_relay.engagement.bodies import write
from kaisa_relay.engagement.body_bounds import BadBody
from kaisa_relay.engagement.endpoint_rows import Target
from kaisa_relay.engagement.endpoint_secrets import Credentials, read_credentials
from kaisa_relay.engagement.posting import Call, Poster, Reply

AGENT: Final = "kaisa_relay (text messages)"
OURS: Final = frozenset({401, 402, 403, 404, 405, 407, 408, 409, 410, 425, 429})
"""Statuses that speak of us, our account or the moment: any other 4xx speaks of the message."""
ENDS: Final = frozenset({21211, 21217, 21407, 21421, 21602, 21610, 21614, 21617, 21635, 21656})
"""Twilio's codes that speak of the number or the words (their list of errors): no such number, no
mobile, asked to be left alone, too long; others, such as a wrong `From`, can be mended."""
UNSUBSCRIBED: Final = 21610
"""Twilio's code for a number that has answered STOP to the sender."""


@frozen
class TextMessage:
    """What is sent to whom."""

    to: str = field(repr=False)
    """A number with its +."""
    text: str = field(repr=False)


@frozen
class Texter:
    """Hands messages over."""

    poster: Poster

    async def send(self, target: Target, message: TextMessage, id: str, at: datetime) -> Reply:
        """Return what came of it."""
        provider = Provider(target.options.provider or "")
        match provider:
            case Provider.TWILIO:
                reply = _twilio_says(await self.poster.send(_to_twilio(target, message, id), at))
            case Provider.HTTP:
                request = request_of(target)
                try:
                    write = partial(_by_request, target, request, message, id)
                    call = await trio.to_thread.run_sync(write)
                except BadBody as bad:
                    return Reply(why=f"the endpoint's `request` {bad.reason}", final=True)
                reply = _provider_says(request, await self.poster.send(call, at))
            case _:
                assert_never(provider)
        return evolve(reply, answer=masked(reply.answer, message.to, message.text))


def request_of(target: Target) -> SmsRequest:
    """Return the request that an endpoint's author wrote; it had no fault when it was saved."""
    return read_sms_request(target.options.request, "request", lambda text: None)


# --- Twilio (Programmable Messaging, 2010-04-01)


def _to_twilio(target: Target, message: TextMessage, id: str) -> Call:
    account, sender = target.options.account or "", target.options.sender or ""
    whose = "MessagingServiceSid" if is_service(sender) else "From"
    body = urlencode({"To": message.to, whose: sender, "Body": message.text}).encode()
    credentials = read_credentials(target)
    headers = _headers(id, credentials, target.options.user or account, _TYPES[Format.FORM])
    path = f"/2010-04-01/Accounts/{account}/Messages.json"
    return Call(target.url.rstrip("/") + path, headers, body)


def _twilio_says(reply: Reply) -> Reply:
    read = _read(reply.answer)
    known = read if isinstance(read, dict) else {}
    if reply.taken and "sid" not in known:
        return evolve(reply, refused=True, final=True, why="what came back is not Twilio's")
    if reply.taken:
        return evolve(reply, answer=str(known["sid"]))
    if "code" not in known:
        return reply
    code = known["code"]
    if not isinstance(code, int):
        return reply  # Twilio's are numbers
    said, stopped = f"{code}: {known.get('message')}", code == UNSUBSCRIBED
    return evolve(reply, answer=said, final=code in ENDS, declined=stopped)


# --- any other


def _by_request(target: Target, request: SmsRequest, message: TextMessage, id: str) -> Call:
    told = {"to": message.to, "text": message.text, "sender": target.options.sender or "", "id": id}
    body = filled(request.body, lambda source: write(source, told))
    type, sent, url = _TYPES[request.format], b"", target.url
    match request.format:
        case Format.JSON:
            sent = msgspec.json.encode(body)
        case Format.FORM:
            sent = urlencode(_flat(body)).encode()
        case Format.QUERY:
            url += ("&" if urlsplit(url).query else "?") + urlencode(_flat(body))
        case _:
            assert_never(request.format)
    headers = _headers(id, read_credentials(target), target.options.user, type)
    return Call(url, headers, sent, request.method.value)


def _provider_says(request: SmsRequest, reply: Reply) -> Reply:
    status = reply.status
    if reply.taken:
        said = _read(reply.answer)
        good = request.succeeded({"text": reply.answer} if said is None else said)
        why = "its answer does not say what `success` asks for"
        return reply if good else evolve(reply, why=why, refused=True, final=True)
    final = status is not None and 400 <= status < 500 and status not in OURS
    return evolve(reply, final=final)


_TYPES: Final[Mapping[Format, str | None]] = {
    Format.JSON: "application/json",
    Format.FORM: "application/x-www-form-urlencoded",
    Format.QUERY: None,
}


def _flat(body: Mapping[str, Any]) -> dict[str, str]:
    """Return values as a form has them: true and false in small letters, null as nothing."""
    plain = {True: "true", False: "false", None: ""}
    return {
        name: plain[value] if value is None or isinstance(value, bool) else str(value)
        for name, value in body.items()
    }


def _headers(
    id: str, credentials: Credentials, user: str | None, type: str | None
) -> dict[str, str]:
    headers = {"user-agent": AGENT, "idempotency-key": id, "accept": "application/json"}
    if type is not None:
        headers["content-type"] = type
    if user is not None:
        pair = f"{user}:{credentials.password or ''}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return headers | {name.lower(): value for name, value in credentials.headers.items()}


def _read(answer: str) -> Any:
    try:
        return msgspec.json.decode(answer)
    except (msgspec.DecodeError, RecursionError):
        return None
