"""What an endpoint must be, by its kind."""

from collections.abc import Mapping
from typing import Any, Final, assert_never
from urllib.parse import urlsplit

import trio
from attrs import evolve

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.mail_address import read_mailbox
from kaisa_relay.engagement.endpoint_url import bad_url
from kaisa_relay.engagement.mail_server import read_mail_server
from kaisa_relay.engagement.sms_checks import bad_sms_endpoint
from kaisa_relay.ports.engagement import (
    BadEndpoint,
    EndpointChange,
    EndpointView,
    EndpointWish,
    Options,
)

LONGEST: Final = 500
"""Characters of a user or a password."""


def bad_endpoint(wish: EndpointWish, plain: bool, signs_in: bool) -> BadEndpoint | None:
    """Say what is wrong with an endpoint, or None.

    `plain` lets it be reached in the clear; `signs_in` says that there is a password already.
    """
    if any(len(each or "") > LONGEST or "\0" in (each or "") for each in _let_in(wish)):
        return BadEndpoint("password", f"and user must be texts of up to {LONGEST} characters")
    match wish.kind:
        case Kind.WEBHOOK:
            return _bad_webhook(wish, plain)
        case Kind.EMAIL:
            return _bad_mail_server(wish, plain, signs_in)
        case Kind.SMS:
            return bad_sms_endpoint(wish, plain, signs_in)
        case Kind.TEMPLATE:
            return BadEndpoint("kind", "is template, which goes out on a channel and needs none")
        case _:
            assert_never(wish.kind)


async def judge(wish: EndpointWish, plain: bool, *, signs_in: bool) -> BadEndpoint | None:
    """Say what is wrong with an endpoint, off the loop: a request's texts take long to read."""
    return await trio.to_thread.run_sync(bad_endpoint, wish, plain, signs_in)


def wanted(view: EndpointView, change: EndpointChange) -> EndpointWish:
    """Return an endpoint as a change would have it."""
    given: dict[str, Any] = {
        "user": change.user,
        "sender": change.sender,
        "account": change.account,
        "request": change.request,
        "header_names": None if change.headers is None else names_of(change.headers),
    }
    options = evolve(
        view.options, **{name: each for name, each in given.items() if each is not None}
    )
    url = change.url or view.url
    return EndpointWish(view.kind, url, options, change.password, change.headers)


def signs_in(view: EndpointView) -> bool:
    """Say whether an endpoint has a password; Twilio's account signs in by its number."""
    return view.options.user is not None or view.options.account is not None


def bad_move(view: EndpointView, change: EndpointChange) -> BadEndpoint | None:
    """Say what is missing to go to another server, or None: what lets us in at one is shown to no
    other, or whoever may change a URL could read the passwords that nobody is shown."""
    if change.url is None or _server(change.url) == _server(view.url):
        return None
    if change.password is None and signs_in(view):
        return BadEndpoint("password", "must be given again with another server")
    if change.headers is None and view.options.header_names:
        return BadEndpoint("headers", "must be given again with another server")
    return None


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def names_of(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of headers, which may be shown."""
    return tuple(sorted(name.lower() for name in headers))


def _let_in(wish: EndpointWish) -> tuple[str | None, str | None]:
    return wish.options.user, wish.password


def _bad_webhook(wish: EndpointWish, plain: bool) -> BadEndpoint | None:
    wrong = bad_url(wish.url, plain)
    if wrong is not None:
        return BadEndpoint("url", wrong)
    if wish.options != Options() or wish.password is not None or wish.headers:
        return BadEndpoint("kind", "is webhook, which has a URL only")
    return None


def _bad_mail_server(wish: EndpointWish, plain: bool, signs_in: bool) -> BadEndpoint | None:
    server = read_mail_server(wish.url, plain)
    if isinstance(server, str):
        return BadEndpoint("url", server)
    user, password = wish.options.user, wish.password
    if read_mailbox(wish.options.sender or "") is None:
        return BadEndpoint("sender", "must be like `Acme <hello@acme.example>`")
    if (user is None) is not (password is None and not signs_in):
        return BadEndpoint("password", "goes with a user, and a user with it")
    if not f"{user or ''}{password or ''}".isascii():
        return BadEndpoint("password", "and user must be in ASCII")
    if wish.options != Options(user, wish.options.sender) or wish.headers:
        return BadEndpoint("kind", "is email, which has a user, a password and a sender only")
    return None
