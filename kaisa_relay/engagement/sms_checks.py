"""What an endpoint for text messages must be."""

import re
from collections.abc import Mapping
from typing import Final, assert_never

from kaisa_relay.domain.engagement.definition import BadDefinition
from kaisa_relay.domain.engagement.sms import (
    NAMES,
    Provider,
    is_account,
    is_sender,
    is_service,
    read_sms_request,
)
from kaisa_relay.engagement.bodies import fault_among
from kaisa_relay.engagement.endpoint_url import bad_url
from kaisa_relay.ports.engagement import BadEndpoint, EndpointWish

MOST_HEADERS: Final = 20
LONGEST_HEADER: Final = 2_000
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE: Final = re.compile(rf"[!-~]([ -~]{{0,{LONGEST_HEADER}}}[!-~])?")
_OURS: Final = frozenset(
    {"connection", "content-length", "content-type", "host", "idempotency-key", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip


def bad_sms_endpoint(wish: EndpointWish, plain: bool, signs_in: bool) -> BadEndpoint | None:
    """Say what is wrong with an endpoint for text messages, or None."""
    wrong = bad_url(wish.url, plain)
    if wrong is not None:
        return BadEndpoint("url", wrong)
    if wish.options.provider not in list(Provider):
        return BadEndpoint("provider", f"must be one of: {', '.join(Provider)}")
    provider = Provider(wish.options.provider)
    match provider:
        case Provider.TWILIO:
            return _bad_twilio(wish, signs_in)
        case Provider.HTTP:
            return _bad_request(wish, signs_in) or _bad_headers(wish.headers or {})
        case _:
            assert_never(provider)


def _bad_twilio(wish: EndpointWish, signs_in: bool) -> BadEndpoint | None:
    options = wish.options
    if not is_account(options.account or ""):
        return BadEndpoint("account", "must be an account's SID: AC and 32 hexadecimal digits")
    if not (is_service(options.sender or "") or is_sender(options.sender or "")):
        reason = "must be a number such as +46…, a name of up to 11 letters, or a service (MG…)"
        return BadEndpoint("sender", reason)
    if wish.password is None and not signs_in:
        return BadEndpoint("password", "is missing: the account's auth token, or an API key's")
    if wish.options.request is not None or wish.headers:
        return BadEndpoint("request", "and `headers` are for the provider http only")
    return None


def _bad_request(wish: EndpointWish, signs_in: bool) -> BadEndpoint | None:
    options = wish.options
    if options.account is not None:
        return BadEndpoint("account", "is for the provider twilio only")
    if (options.user is None) is not (wish.password is None and not signs_in):
        return BadEndpoint("password", "goes with a user, and a user with it")
    if options.sender is not None and not is_sender(options.sender):
        return BadEndpoint("sender", "must be a number such as +46…, or a name of up to 11 letters")
    try:
        read_sms_request(options.request, "request", lambda text: fault_among(text, NAMES))
    except BadDefinition as bad:
        return BadEndpoint(bad.field, bad.reason)
    return None


def _bad_headers(headers: Mapping[str, str]) -> BadEndpoint | None:
    if len(headers) > MOST_HEADERS:
        return BadEndpoint("headers", f"must be at most {MOST_HEADERS}")
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or name.lower() in _OURS:
            return BadEndpoint("headers", "has a name that no header may have here")
        if not _VALUE.fullmatch(value):
            return BadEndpoint(f"headers.{name}", "must be a text in printable ASCII")
    return None
