"""What lets us in at an endpoint, sealed as one text: a password, and headers where there are any.

Rule 1: it is opened for sending only; no answer and no log has it.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from attrs import field, frozen

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.engagement.endpoint_rows import Target
from kaisa_relay.ports.engagement import EndpointWish


@frozen
class Credentials:
    """What a provider of text messages wants to see."""

    password: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)


def write_credentials(wish: EndpointWish, before: Target | None = None) -> str:
    """Return what is sealed for an endpoint; what is not asked for stays as it was `before`."""
    if wish.kind is not Kind.SMS:
        return wish.password or ""
    known = Credentials() if before is None else read_credentials(before)
    password = known.password if wish.password is None else wish.password
    headers = known.headers if wish.headers is None else wish.headers
    return msgspec.json.encode({"password": password, "headers": headers}).decode()


def read_credentials(target: Target) -> Credentials:
    """Return what was sealed for an endpoint for text messages."""
    read: dict[str, Any] = msgspec.json.decode(target.secrets[0])
    return Credentials(**read)
