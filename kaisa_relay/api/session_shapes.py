"""Signing in, as it travels."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from kaisa_relay.ports.users import Role


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A supervisor's name and password."""

    name: str
    password: str


class SessionAnswer(Struct, frozen=True, kw_only=True):
    """Who is signed in, and until when; `powers` are scopes, as keys have them."""

    user: str
    name: str
    role: Role
    powers: Annotated[list[str], Meta(description="What the role may do.")]
    workspace: str
    expires_at: datetime
