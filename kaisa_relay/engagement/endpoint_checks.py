"""What an endpoint must be, by its kind."""

from typing import Final

from attrs import evolve

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.mail_address import read_mailbox
from kaisa_relay.engagement.endpoint_url import bad_url
from kaisa_relay.engagement.mail_server import read_mail_server
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
    if wish.kind is Kind.WEBHOOK:
        return _bad_webhook(wish, plain)
    return _bad_mail_server(wish, plain, signs_in)


def wanted(view: EndpointView, change: EndpointChange) -> EndpointWish:
    """Return an endpoint as a change would have it."""
    given = {"user": change.user, "sender": change.sender}
    options = evolve(view.options, **{name: each for name, each in given.items() if each})
    return EndpointWish(view.kind, change.url or view.url, options, change.password)


def _bad_webhook(wish: EndpointWish, plain: bool) -> BadEndpoint | None:
    wrong = bad_url(wish.url, plain)
    if wrong is not None:
        return BadEndpoint("url", wrong)
    if wish.options != Options() or wish.password is not None:
        return BadEndpoint("kind", "is webhook, which has no user, password or sender")
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
    if any(len(each or "") > LONGEST or "\0" in (each or "") for each in (user, password)):
        return BadEndpoint("password", f"and user must be texts of up to {LONGEST} characters")
    return None
