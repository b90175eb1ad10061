"""Accounts and sessions in the tables. These functions run inside a transaction of the store's.

Rule 1: whoever changes an account first locks the configuration's version, so checks hold.
Rule 2: what takes power from an account ends its sessions in the same transaction.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, assert_never

from attrs import evolve, field, frozen
from sqlalchemy import Connection, Row, delete, insert, select, update

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.commands import Why
from kaisa_relay.accounts.listing import find_workspace
from kaisa_relay.accounts.passwords import is_hash
from kaisa_relay.accounts.refusal import Refusal, require_valid
from kaisa_relay.accounts.transactions import Transactions
from kaisa_relay.accounts.users import (
    AddUser,
    ListUsers,
    RemoveUser,
    SetUser,
    UserCommand,
    UserFacts,
    Users,
)
from kaisa_relay.accounts.validation import name_problems
from kaisa_relay.domain.ids import USER, WorkspaceId, to_text
from kaisa_relay.ports.users import Role
from kaisa_relay.store import tables
from kaisa_relay.store.instants import from_micros, to_micros

_USERS = tables.user_account
_SESSIONS = tables.user_session


@frozen
class UserRow:
    """One account."""

    workspace: WorkspaceId
    id: int
    name: str = field(repr=False)
    password_hash: str = field(repr=False)
    role: Role
    created_at: datetime
    signed_in_at: datetime | None = None
    disabled: bool = False


async def execute(
    command: UserCommand, store: Transactions, new_id: Callable[[], int], at: datetime
) -> UserFacts | Users:
    """Do what is asked; raises `Refusal`."""
    match command:
        case ListUsers():
            return await store.read(partial(list_users, command))
        case AddUser():
            return await store.write(partial(add_user, command, new_id(), at))
        case SetUser():
            return await store.write(partial(set_user, command))
        case RemoveUser():
            return await store.write(partial(remove_user, command))
        case _:
            assert_never(command)


def find_user(name: str, connection: Connection) -> UserRow | None:
    """Return the account of a name, however it is capitalised."""
    row = connection.execute(select(_USERS).where(_USERS.c.name == name.casefold())).one_or_none()
    return _user(row) if row else None


def list_users(command: ListUsers, connection: Connection) -> Users:
    """Return the accounts of one workspace, or of all."""
    names = {row.id: row.name for row in rows.workspaces(connection)}
    wanted = select(_USERS).order_by(_USERS.c.id)
    if command.workspace is not None:
        wanted = wanted.where(
            _USERS.c.workspace == find_workspace(connection, command.workspace).id
        )
    found = [_user(row) for row in connection.execute(wanted)]
    return Users(tuple(_facts(user, names[user.workspace]) for user in found))


def add_user(command: AddUser, id: int, at: datetime, connection: Connection) -> UserFacts:
    """Add an account whose name is new."""
    require_valid([*name_problems(command.name), *_problems(command.role, command.password_hash)])
    rows.version(connection, lock=True)
    workspace = find_workspace(connection, command.workspace)
    name = command.name.casefold()
    if find_user(name, connection) is not None:
        raise Refusal(Why.DUPLICATE, f"there is a user {name!r} already")
    user = UserRow(workspace.id, id, name, command.password_hash, Role(command.role), at)
    connection.execute(
        insert(_USERS).values(
            workspace=user.workspace,
            id=user.id,
            name=user.name,
            password_hash=user.password_hash,
            role=user.role,
            created_at=to_micros(at),
        )
    )
    return _facts(user, workspace.name)


def set_user(command: SetUser, connection: Connection) -> UserFacts:
    """Change an account."""
    require_valid(_problems(command.role, command.password_hash))
    rows.version(connection, lock=True)
    user = _known(command.name, connection)
    changed = evolve(
        user,
        role=user.role if command.role is None else Role(command.role),
        password_hash=command.password_hash or user.password_hash,
        disabled=user.disabled if command.disabled is None else command.disabled,
    )
    connection.execute(
        update(_USERS)
        .where(_USERS.c.workspace == user.workspace, _USERS.c.id == user.id)
        .values(role=changed.role, password_hash=changed.password_hash, disabled=changed.disabled)
    )
    if command.password_hash or changed.disabled:
        _end_sessions(user, connection)
    return _facts(changed, _workspace_name(user, connection))


def remove_user(command: RemoveUser, connection: Connection) -> UserFacts:
    """Take an account away."""
    rows.version(connection, lock=True)
    user = _known(command.name, connection)
    _end_sessions(user, connection)
    connection.execute(
        delete(_USERS).where(_USERS.c.workspace == user.workspace, _USERS.c.id == user.id)
    )
    return _facts(user, _workspace_name(user, connection))


def _known(name: str, connection: Connection) -> UserRow:
    user = find_user(name, connection)
    if user is None:
        raise Refusal(Why.UNKNOWN, f"there is no user {name[:80]!r}: see kaisa-relay user list")
    return user


def _problems(role: str | None, password_hash: str | None) -> list[str]:
    found = []
    if role is not None and role not in set(Role):
        found.append(f"there is no role {role[:40]!r}; known are: {', '.join(Role)}")
    if password_hash is not None and not is_hash(password_hash):
        found.append("the password is not hashed as this version does it")
    return found


def _end_sessions(user: UserRow, connection: Connection) -> None:
    mine = (_SESSIONS.c.workspace == user.workspace, _SESSIONS.c.user_id == user.id)
    connection.execute(delete(_SESSIONS).where(*mine))


def _workspace_name(user: UserRow, connection: Connection) -> str:
    return next(row.name for row in rows.workspaces(connection) if row.id == user.workspace)


def _user(row: Row[Any]) -> UserRow:
    return UserRow(
        workspace=WorkspaceId(row.workspace),
        id=row.id,
        name=row.name,
        password_hash=row.password_hash,
        role=Role(row.role),
        created_at=from_micros(row.created_at),
        signed_in_at=from_micros(row.signed_in_at),
        disabled=row.disabled,
    )


def _facts(user: UserRow, workspace: str) -> UserFacts:
    return UserFacts(
        id=to_text(USER, user.id),
        workspace=workspace,
        name=user.name,
        role=user.role,
        created_at=user.created_at,
        signed_in_at=user.signed_in_at,
        disabled=user.disabled,
    )
