"""Supervisors who sign in: people, where `ports.keys` is about programs.

Rule 1: an account belongs to one workspace, and nothing outside that workspace exists for it.
Rule 2: nobody learns from a refusal whether an account of that name exists.
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from kaisa_relay.domain.ids import WorkspaceId


class Role(StrEnum):
    """What an account is for; each may do what those before it may."""

    VIEWER = "viewer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@frozen
class Session:
    """Somebody who is signed in; `user` is the id of the account."""

    user: int
    workspace: WorkspaceId
    name: str = field(repr=False)
    role: Role
    expires_at: datetime


@frozen
class SignedIn:
    """A new session, and the secret that proves it: told once, to the browser.

    `device` is what the browser shows at later attempts, when it has no session any more: it opens
    nothing, and keeps those who guess elsewhere from locking its owner out.
    """

    session: Session
    token: str = field(repr=False)
    device: str = field(repr=False)


@frozen
class Account:
    """Whose name was tried; for the audit log, never for whoever tried."""

    id: int
    workspace: WorkspaceId


@frozen
class WrongSignIn:
    """No account has this name and password, or it is disabled: nobody is told which."""

    whose: Account | None = field(default=None, eq=False)


@frozen
class LockedOut:
    """Too many wrong passwords for this name, or from this address or device; ask again in so many
    seconds."""

    seconds: float
    whose: Account | None = field(default=None, eq=False)


class Users(Protocol):
    """Accounts and sessions. Everything here raises `StoreUnavailable`."""

    async def sign_in(
        self, name: str, password: str, address: str, device: str | None = None
    ) -> SignedIn | WrongSignIn | LockedOut:
        """Begin a session; takes as long for a name that nobody has."""
        ...

    async def session(self, token: str) -> Session | None:
        """Return the session of a cookie, while it lasts and its account is not disabled."""
        ...

    async def sign_out(self, token: str) -> None:
        """End a session; one that is over already stays so."""
        ...
