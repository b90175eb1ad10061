"""What an operator can ask for about supervisors' accounts, and what they are told.

Rule 1: a password is hashed where it is typed; only its hash travels and is stored.
"""

from datetime import datetime

from attrs import field, frozen


@frozen
class AddUser:
    """Make an account; its name must be new in the whole installation."""

    workspace: str
    name: str
    role: str
    password_hash: str = field(repr=False)


@frozen
class SetUser:
    """Change an account; what is None stays. A new password or a disabling ends its sessions."""

    name: str
    role: str | None = None
    password_hash: str | None = field(repr=False, default=None)
    disabled: bool | None = None


@frozen
class RemoveUser:
    """Take an account away with its sessions; what it did keeps its id."""

    name: str


@frozen
class ListUsers:
    """Ask for the accounts of one workspace, or of all."""

    workspace: str | None = None


@frozen
class UserFacts:
    """One account without its password."""

    id: str
    workspace: str
    name: str
    role: str
    created_at: datetime
    signed_in_at: datetime | None
    disabled: bool


@frozen
class Users:
    """The accounts that were asked for, the oldest first."""

    users: tuple[UserFacts, ...]


UserCommand = AddUser | SetUser | RemoveUser | ListUsers
